"""Watching two namespaces with the Roles of the chart alone, against a real API server."""

import base64
import json

import pytest
import urllib3

from tests.faults.harness.api import BATCH, GYRE, Api
from tests.faults.harness.control_plane import ControlPlane
from tests.faults.harness.operator import Operator
from tests.faults.harness.process import wait_for

NAMESPACE = "gyre-system"
WATCHED, OTHER = ("a", "b"), "other"
PATHS = {
    "ServiceAccount": "/api/v1/namespaces/{ns}/serviceaccounts",
    "ConfigMap": "/api/v1/namespaces/{ns}/configmaps",
    "Role": "/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings",
    "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "ValidatingWebhookConfiguration": "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
}
HOOKS = PATHS["ValidatingWebhookConfiguration"] + "/gyre-gyre-system"


def training_job(name: str = "t") -> dict:
    container = {"name": "trainer", "image": "trainer", "command": ["true"]}
    return {"apiVersion": "gyre.dev/v1alpha1", "kind": "TrainingJob", "metadata": {"name": name},
            "spec": {"template": {"spec": {"containers": [container]}}}}


def pod() -> dict:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
            "spec": {"serviceAccountName": "default", "containers": [{"name": "c", "image": "x"}]}}


def token(api: Api, namespace: str, account: str, audience: str | None = None, bound_to: dict | None = None) -> str:
    spec: dict = {"audiences": [audience] if audience else []}
    if bound_to:
        spec["boundObjectRef"] = {"apiVersion": "v1", "kind": "Pod", "name": bound_to["metadata"]["name"], "uid": bound_to["metadata"]["uid"]}
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
    return api.create(f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token", request)["status"]["token"]


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    with ControlPlane(tmp_path_factory.mktemp("plane")) as started:
        for namespace in (*WATCHED, OTHER, NAMESPACE):
            started.make_namespace(namespace)
        yield started


@pytest.fixture(scope="module")
def operator(plane, render):
    """Started with the arguments of the chart's Deployment and a token of its account."""
    api = plane.api()
    # The webhook's Service leads nowhere here: its calls fail, and are let through.
    objects = render(watchNamespaces=list(WATCHED), webhook={"failurePolicy": "Ignore", "timeoutSeconds": 1})
    for obj in objects:
        if obj["kind"] in PATHS:
            api.create(PATHS[obj["kind"]].format(ns=obj["metadata"].get("namespace")), obj)
    kubeconfig = plane.kubeconfig(name="account", token=token(api, NAMESPACE, "gyre-operator"))
    [deployment] = [obj for obj in objects if obj["kind"] == "Deployment"]
    args = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
    watches = [arg.removeprefix("--namespace=") for arg in args if arg.startswith("--namespace=")]
    [configuration] = [arg for arg in args if arg.startswith("--webhook-configuration=")]
    program = Operator(kubeconfig, NAMESPACE, plane.folder, "gyre-operator-0", configuration, "--webhook-port=0",
                       elects_leader=True, watches=watches)
    program.start().wait_ready()
    yield program
    program.stop()


def sync(operator: Operator, plane: ControlPlane, bearer: str) -> tuple[int, str]:
    """What an agent's report with this token is answered."""
    ca = base64.b64decode(plane.api().get(HOOKS)["webhooks"][0]["clientConfig"]["caBundle"]).decode()
    pool = urllib3.HTTPSConnectionPool("127.0.0.1", operator.collector_port, ca_cert_data=ca, retries=False, timeout=30,
                                       server_hostname=f"gyre-collector.{NAMESPACE}.svc", assert_hostname=f"gyre-collector.{NAMESPACE}.svc")
    body = {"service": "s", "revision": "12345678", "generation": 0, "waitMilliseconds": 0}
    answer = pool.request("POST", "/v1/sync", body=json.dumps(body),
                          headers={"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"})
    return answer.status, answer.data.decode()


def test_the_operator_works_in_its_namespaces_and_nowhere_else(operator, plane):
    api = plane.api()
    for namespace in (OTHER, *WATCHED):
        api.create(f"{GYRE}/namespaces/{namespace}/trainingjobs", training_job())
    for namespace in WATCHED:
        wait_for(f"the Job in {namespace}", lambda: api.find(f"{BATCH}/namespaces/{namespace}/jobs/t-0"), 30)
    assert api.list(f"{BATCH}/namespaces/{OTHER}/jobs") == []


def test_our_ca_is_in_the_webhook_configuration(operator, plane):
    assert all("caBundle" in hook["clientConfig"] for hook in plane.api().get(HOOKS)["webhooks"])


def test_agents_are_known_by_the_keys_that_the_cluster_publishes(operator, plane):
    api = plane.api()
    running = {namespace: api.create(f"/api/v1/namespaces/{namespace}/pods", pod()) for namespace in ("a", OTHER)}
    good = token(api, "a", "default", "gyre.dev", running["a"])
    status, said = sync(operator, plane, good)
    assert status == 200, said

    head, claims, signature = good.split(".")
    changed = json.loads(base64.urlsafe_b64decode(claims + "=="))
    changed["kubernetes.io"]["pod"]["name"] = "another"
    claims = base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip("=")
    refused = {
        "did not sign": f"{head}.{claims}.{signature}",
        "audience gyre.dev": token(api, "a", "default", None, running["a"]),
        "not bound to a pod": token(api, "a", "default", "gyre.dev"),
        "does not watch": token(api, OTHER, "default", "gyre.dev", running[OTHER]),
    }
    gone = token(api, "b", "default", "gyre.dev", api.create("/api/v1/namespaces/b/pods", pod()))
    api.delete("/api/v1/namespaces/b/pods/p", gracePeriodSeconds=0)
    refused["does not exist any more"] = gone
    for words, bearer in refused.items():
        status, said = sync(operator, plane, bearer)
        assert (status, words in said) == (401, True), f"{words}: {status} {said}"


def test_nothing_was_asked_for_that_the_roles_do_not_give(operator):
    assert operator.metric("gyre_api_requests_total", code="200") > 5
    samples = operator.samples("gyre_api_requests_total")
    assert [labels for labels, _ in samples if labels["code"] in ("401", "403")] == []


def test_the_account_may_do_nothing_cluster_wide(operator, plane):
    """What the API server itself says: reads of all namespaces, and the reviews that only a cluster can give."""
    api = plane.api()
    user = f"system:serviceaccount:{NAMESPACE}:gyre-operator"

    def may(**attributes: str) -> bool:
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
                  "spec": {"user": user, "groups": ["system:serviceaccounts"], "resourceAttributes": attributes}}
        return api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)["status"]["allowed"]

    assert may(verb="list", group="batch", resource="jobs", namespace="a")
    for group, resource in (("batch", "jobs"), ("gyre.dev", "trainingjobs"), ("", "pods"), ("", "configmaps"), ("", "secrets")):
        for where in ({}, {"namespace": OTHER}):
            assert not may(verb="list", group=group, resource=resource, **where), (resource, where)
    assert not may(verb="create", group="authentication.k8s.io", resource="tokenreviews")
    assert not may(verb="list", group="admissionregistration.k8s.io", resource="validatingwebhookconfigurations")


def test_a_namespace_whose_role_is_gone_is_left_out_until_it_is_back(operator, plane):
    """As when the namespace was deleted: its Role and RoleBinding go with it."""
    api = plane.api()
    place = PATHS["RoleBinding"].format(ns="b")
    bindings = api.list(place)
    assert bindings
    for binding in bindings:
        api.delete(f"{place}/{binding['metadata']['name']}")
    operator.stop()
    operator.start().wait_ready()
    api.create(f"{GYRE}/namespaces/a/trainingjobs", training_job("without-b"))
    wait_for("the Job in a", lambda: api.find(f"{BATCH}/namespaces/a/jobs/without-b-0"), 30)
    assert operator.metric("gyre_watch_stale") > 0

    for binding in bindings:
        kept = {key: value for key, value in binding["metadata"].items() if key in ("name", "namespace", "labels")}
        api.create(place, binding | {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": kept})
    api.create(f"{GYRE}/namespaces/b/trainingjobs", training_job("again"))
    wait_for("the Job in b", lambda: api.find(f"{BATCH}/namespaces/b/jobs/again-0"), 90)
    assert operator.is_ready()
