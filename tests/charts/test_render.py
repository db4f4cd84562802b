"""What the chart makes of its values."""

import itertools

import pytest

NAMESPACE = "gyre-system"
OPERATOR = {"kind": "ServiceAccount", "name": "gyre-operator", "namespace": NAMESPACE}
CERT_MANAGER = {"webhook": {"certManager": {"enabled": True}}}
TWO = {"watchNamespaces": ["a", "b"]}
# What lies in no namespace and may be asked for all the same: one object, by its name.
WEBHOOK_RULE = {"apiGroups": ["admissionregistration.k8s.io"], "resources": ["validatingwebhookconfigurations"],
                "resourceNames": ["gyre-gyre-system"], "verbs": ["get", "patch"]}


def of_kind(objects: list[dict], kind: str) -> list[dict]:
    return [obj for obj in objects if obj["kind"] == kind]


def one(objects: list[dict], kind: str, name: str, namespace: str | None = None) -> dict:
    found = [obj for obj in of_kind(objects, kind)
             if obj["metadata"]["name"] == name and (namespace is None or obj["metadata"].get("namespace") == namespace)]
    assert len(found) == 1, f"{kind} {name}: {len(found)}"
    return found[0]


def bound_to_operator(objects: list[dict], kind: str) -> list[dict]:
    """The roles of that kind that the operator's account has."""
    binding = kind + "Binding"
    bound = [obj for obj in of_kind(objects, binding) if obj["subjects"] == [OPERATOR]]
    names = {(obj["metadata"].get("namespace"), obj["roleRef"]["name"]) for obj in bound}
    return [obj for obj in of_kind(objects, kind) if (obj["metadata"].get("namespace"), obj["metadata"]["name"]) in names]


def rights(rules: list[dict]) -> set[tuple]:
    return {right for rule in rules
            for right in itertools.product(rule["apiGroups"], rule["resources"], rule["verbs"], rule.get("resourceNames", [None]))}


def operator_container(objects: list[dict]) -> dict:
    return one(objects, "Deployment", "gyre-operator")["spec"]["template"]["spec"]["containers"][0]


def names(objects: list[dict]) -> set[tuple]:
    return {(obj["kind"], obj["metadata"].get("namespace"), obj["metadata"]["name"]) for obj in objects}


def test_by_default_the_operator_watches_all_and_makes_its_own_certificates(render):
    objects = render()
    [role] = bound_to_operator(objects, "ClusterRole")
    assert WEBHOOK_RULE in role["rules"]
    assert ("authentication.k8s.io", "tokenreviews", "create", None) in rights(role["rules"])
    assert not any(arg.startswith(("--namespace", "--certificate-folder")) for arg in operator_container(objects)["args"])
    assert not [obj for obj in objects if obj["apiVersion"].startswith("cert-manager.io")]
    for hook in one(objects, "ValidatingWebhookConfiguration", "gyre-gyre-system")["webhooks"]:
        assert "namespaceSelector" not in hook and "caBundle" not in hook["clientConfig"]


def test_webhooks_are_quick_leave_the_operator_alone_and_let_namespaces_go(render):
    hooks = {hook["name"]: hook for hook in one(render(), "ValidatingWebhookConfiguration", "gyre-gyre-system")["webhooks"]}
    for hook in hooks.values():
        assert hook["timeoutSeconds"] == 5
        [condition] = hook["matchConditions"]
        assert condition["expression"] == "request.userInfo.username != 'system:serviceaccount:gyre-system:gyre-operator'"
    assert hooks["validate.gyre.dev"]["failurePolicy"] == "Fail"
    assert hooks["validate.gyre.dev"]["rules"][0]["operations"] == ["CREATE", "UPDATE"]
    assert hooks["protect.gyre.dev"]["failurePolicy"] == "Ignore"
    assert hooks["protect.gyre.dev"]["rules"][0]["operations"] == ["DELETE"]


def test_a_list_of_namespaces_gets_roles_there_and_nothing_in_the_cluster(render):
    everywhere, objects = render(), render(**TWO)
    roles = {role["metadata"]["namespace"]: role for role in bound_to_operator(objects, "Role")}
    assert set(roles) == {"a", "b", NAMESPACE}
    assert roles["a"]["rules"] == roles["b"]["rules"]
    [before] = bound_to_operator(everywhere, "ClusterRole")
    [now] = bound_to_operator(objects, "ClusterRole")
    assert now["rules"] == [WEBHOOK_RULE]
    # Nothing is lost on the way but the two rights that only a cluster can give.
    assert rights(before["rules"]) - rights(roles["a"]["rules"]) == rights([WEBHOOK_RULE]) | {
        ("authentication.k8s.io", "tokenreviews", "create", None)}
    assert ("", "configmaps", "get", "gyre-runtimes") in rights(roles[NAMESPACE]["rules"])
    issuer = one(objects, "ClusterRoleBinding", "gyre-gyre-system-issuer")
    assert issuer["roleRef"]["name"] == "system:service-account-issuer-discovery" and issuer["subjects"] == [OPERATOR]
    assert [arg for arg in operator_container(objects)["args"] if arg.startswith("--namespace")] == ["--namespace=a", "--namespace=b"]
    for hook in one(objects, "ValidatingWebhookConfiguration", "gyre-gyre-system")["webhooks"]:
        assert hook["namespaceSelector"] == {
            "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["a", "b"]}]}


def test_with_cert_manager_too_no_role_of_the_operator_reaches_the_cluster(render):
    objects = render(**TWO, **CERT_MANAGER)
    assert bound_to_operator(objects, "ClusterRole") == []
    [role] = [role for role in bound_to_operator(objects, "Role") if role["metadata"]["namespace"] == NAMESPACE]
    assert not any(resource == "secrets" for _, resource, _, _ in rights(role["rules"]))


def test_cert_manager_makes_what_the_operator_reads(render):
    objects = render(**CERT_MANAGER)
    serving = one(objects, "Certificate", "gyre-serving")["spec"]
    assert serving["issuerRef"] == {"group": "cert-manager.io", "kind": "Issuer", "name": "gyre-ca"}
    assert {f"gyre-{which}.gyre-system.svc" for which in ("webhooks", "collector", "metrics")} <= set(serving["dnsNames"])
    ca = one(objects, "Certificate", "gyre-ca")["spec"]
    assert ca["isCA"] and one(objects, "Issuer", "gyre-ca")["spec"] == {"ca": {"secretName": ca["secretName"]}}
    assert one(objects, "Issuer", ca["issuerRef"]["name"])["spec"] == {"selfSigned": {}}
    hooks = one(objects, "ValidatingWebhookConfiguration", "gyre-gyre-system")
    assert hooks["metadata"]["annotations"] == {"cert-manager.io/inject-ca-from": "gyre-system/gyre-serving"}

    container = operator_container(objects)
    [mount] = container["volumeMounts"]
    assert f"--certificate-folder={mount['mountPath']}" in container["args"] and mount["readOnly"]
    pod = one(objects, "Deployment", "gyre-operator")["spec"]["template"]["spec"]
    [volume] = pod["volumes"]
    assert volume["name"] == mount["name"] and volume["secret"]["secretName"] == serving["secretName"]
    # A Secret's files are root's: the group lets our user read them.
    assert volume["secret"]["defaultMode"] == 0o440 and pod["securityContext"]["fsGroup"] == 65532


def test_cert_manager_may_use_an_issuer_that_is_there(render):
    objects = render(webhook={"certManager": {"enabled": True, "issuerRef": {"kind": "ClusterIssuer", "name": "corporate"}}})
    assert of_kind(objects, "Issuer") == []
    [serving] = of_kind(objects, "Certificate")
    assert serving["spec"]["issuerRef"] == {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "corporate"}


def test_a_replica_that_ends_serves_until_nodes_know_of_it(render):
    def pod(**values) -> dict:
        return one(render(**values), "Deployment", "gyre-operator")["spec"]["template"]["spec"]

    # What comes after the delay takes 20 s of draining, 6 s for the Lease and 3 s for traces at most.
    for delay in (5, 12):
        ends = pod() if delay == 5 else pod(shutdownDelaySeconds=delay)
        assert ends["containers"][0]["lifecycle"] == {"preStop": {"sleep": {"seconds": delay}}}
        assert ends["terminationGracePeriodSeconds"] == delay + 35
    # A sleep of 0 s is refused by API servers before 1.33.
    at_once = pod(shutdownDelaySeconds=0)
    assert "lifecycle" not in at_once["containers"][0] and at_once["terminationGracePeriodSeconds"] == 35


@pytest.mark.parametrize("values, arguments", [
    ({"concurrency": 4, "concurrencyByKind": {"TrainingJob": 8}}, ["--concurrency=4", "--concurrency=TrainingJob=8"]),
    ({"apiRate": {"qps": 50, "burst": 100}}, ["--kube-api-qps=50", "--kube-api-burst=100"]),
    ({"leaderElection": {"leaseDuration": "60s", "renewDeadline": "40s", "retryPeriod": "5s"}},
     ["--leader-lease-duration=60s", "--leader-renew-deadline=40s", "--leader-retry-period=5s"]),
    ({"log": {"level": "debug", "format": "text"}}, ["--log-level=debug", "--log-format=text"]),
    ({"agentImage": "mirror/agent:1", "workerImage": "mirror/worker:1"}, ["--agent-image=mirror/agent:1", "--worker-image=mirror/worker:1"]),
], ids=str)
def test_what_is_said_of_the_operator_becomes_its_arguments(render, values, arguments):
    before, now = operator_container(render())["args"], operator_container(render(**values))["args"]
    assert set(arguments) <= set(now) and not set(arguments) & set(before)


def test_what_is_said_of_its_pods_reaches_them(render):
    secrets = [{"name": "registry"}]
    volume, mount = {"name": "ca", "configMap": {"name": "corporate"}}, {"name": "ca", "mountPath": "/ca"}
    proxy = {"name": "HTTPS_PROXY", "value": "http://proxy:3128"}
    values = {"imagePullSecrets": secrets, "extraEnv": [proxy], "extraVolumes": [volume], "extraVolumeMounts": [mount]}
    for more in ({}, CERT_MANAGER):
        objects = render(**values, **more)
        pod = one(objects, "Deployment", "gyre-operator")["spec"]["template"]["spec"]
        container = operator_container(objects)
        assert pod["imagePullSecrets"] == secrets and volume in pod["volumes"]
        assert mount in container["volumeMounts"] and proxy in container["env"]
        # What comes with the chart stays.
        assert {"POD_NAME", "POD_NAMESPACE"} <= {each["name"] for each in container["env"]}


def test_custom_resource_definitions_are_left_out_when_asked_and_kept_at_the_end(render):
    everything, without = render(), render(crds={"install": False})
    definitions = of_kind(everything, "CustomResourceDefinition")
    assert len(definitions) == 5
    assert all(each["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep" for each in definitions)
    assert names(everything) - names(without) == names(definitions)


def test_traces_go_nowhere_unless_asked_for(render):
    def variables(**tracing) -> dict:
        return {each["name"]: each.get("value", each.get("valueFrom")) for each in operator_container(render(tracing=tracing))["env"]
                if each["name"].startswith("OTEL_")}

    assert variables() == {}
    asked = variables(endpoint="http://otel:4318", sampler="traceidratio", samplerArg="0.1",
                      headersSecret={"name": "otel", "key": "headers"})
    assert asked["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://otel:4318"
    assert (asked["OTEL_TRACES_SAMPLER"], asked["OTEL_TRACES_SAMPLER_ARG"]) == ("traceidratio", "0.1")
    assert asked["OTEL_SERVICE_NAME"] == "gyre-operator"
    assert asked["OTEL_EXPORTER_OTLP_HEADERS"] == {"secretKeyRef": {"name": "otel", "key": "headers"}}


@pytest.mark.parametrize("values, words", [
    ({"watchNamespaces": "a"}, "watchNamespaces"),
    ({"watchNamespaces": ["A_b"]}, "watchNamespaces"),
    ({"watchNamespaces": ["a", "a"]}, "watchNamespaces"),
    ({"webhook": {"certManager": {"enable": True}}}, "certManager"),
    ({"webhook": {"certManager": {"enabled": True, "issuerRef": {"kind": "ClusterIssuer"}}}}, "name"),
    ({"webhook": {"timeoutSeconds": 31}}, "timeoutSeconds"),
    ({"shutdownDelaySeconds": "5s"}, "shutdownDelaySeconds"),
    ({"shutdownDelaySeconds": -1}, "shutdownDelaySeconds"),
    ({"tracing": {"endpoint": "otel:4318"}}, "endpoint"),
    ({"tracing": {"samplerArg": "2"}}, "samplerArg"),
    ({"tracing": {"headersSecret": {"name": "x"}}}, "key"),
    ({"webhooks": {}}, "webhooks"),
], ids=str)
def test_values_that_cannot_be_meant_are_refused(render, values, words):
    said = render(**values)
    assert isinstance(said, str) and words in said


@pytest.mark.parametrize("values", [{}, TWO, CERT_MANAGER, TWO | CERT_MANAGER], ids=str)
def test_no_object_is_rendered_twice(render, values):
    objects = render(**values)
    assert len(names(objects)) == len(objects)
