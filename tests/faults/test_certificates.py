"""Certificates and who trusts them, when somebody else makes them, or keeps us from saying whom to trust."""

from __future__ import annotations

import base64
import dataclasses
import os
import pathlib
import ssl
import subprocess
import time

import pytest

from campaign.bases import bases
from campaign.install import Installed
from harness.api import GYRE, Api, ApiError
from harness.process import wait_for

SECONDS = 60  # The operator looks at files every ten.
HOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
TROUBLE = "Certificates cannot be looked after"
ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"


@dataclasses.dataclass
class Authority:
    """A CA, and what cert-manager would put into the Secret that the chart mounts."""
    folder: pathlib.Path
    name: str

    def __post_init__(self):
        # Without it OpenSSL's own adds what only a CA has to each.
        (self.folder / "openssl.cnf").write_text("[req]\ndistinguished_name = name\n[name]\n")
        self.crt, self.key = self.folder / f"{self.name}.crt", self.folder / f"{self.name}.key"
        self._make(self.crt, self.key, self.name, "basicConstraints=critical,CA:TRUE")

    @property
    def pem(self) -> str:
        return self.crt.read_text()

    def issue(self, dns_name: str) -> tuple[str, str]:
        """A certificate for this name and its key."""
        crt, key = self.folder / "leaf.crt", self.folder / "leaf.key"
        self._make(crt, key, "gyre", f"subjectAltName=DNS:{dns_name}", "-CA", str(self.crt), "-CAkey", str(self.key))
        return crt.read_text(), key.read_text()

    def _make(self, crt: pathlib.Path, key: pathlib.Path, name: str, extension: str, *signer: str) -> None:
        command = ["openssl", "req", "-x509", "-config", str(self.folder / "openssl.cnf"), "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                   "-nodes", "-days", "90", "-subj", f"/CN={name}", "-addext", extension, "-out", str(crt), "-keyout", str(key), *signer]
        subprocess.run(command, check=True, capture_output=True)


class Mount:
    """A Secret's volume as a kubelet keeps it: all of its files change at once."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        folder.mkdir()
        self._generation = 0

    def put(self, certificate: str, key: str, ca: str) -> None:
        self._generation += 1
        data = self.folder / f"..{self._generation}"
        data.mkdir()
        for name, text in (("tls.crt", certificate), ("tls.key", key), ("ca.crt", ca)):
            (data / name).write_text(text)
            if not (self.folder / name).is_symlink():
                (self.folder / name).symlink_to(f"..data/{name}")
        (self.folder / "..next").symlink_to(data.name)
        os.rename(self.folder / "..next", self.folder / "..data")


def trust(api: Api, configuration: str, *authorities: Authority) -> None:
    """What cert-manager's CA injector does."""
    bundle = base64.b64encode("".join(each.pem for each in authorities).encode()).decode()
    count = len(api.get(f"{HOOKS}/{configuration}")["webhooks"])
    api.patch(f"{HOOKS}/{configuration}", [{"op": "add", "path": f"/webhooks/{number}/clientConfig/caBundle", "value": bundle}
                                           for number in range(count)], "application/json-patch+json")


def refusal(api: Api, namespace: str) -> str:
    """Of a TrainingJob that the schema takes and only the webhook can refuse."""
    spec = next(base for base in bases() if base.label == "torch").object("x")["spec"]
    spec["template"]["spec"]["containers"][0]["imagePullPolicy"] = "Sometimes"
    body = {"apiVersion": "gyre.dev/v1alpha1", "kind": "TrainingJob", "metadata": {"name": "wrong"}, "spec": spec}
    with pytest.raises(ApiError) as refused:
        api.create(f"{GYRE}/namespaces/{namespace}/trainingjobs?dryRun=All", body)
    return refused.value.body


def presented(port: int) -> str:
    """Empty while nobody listens."""
    try:
        return ssl.get_server_certificate(("127.0.0.1", port))
    except OSError:
        return ""


@pytest.fixture
def install(environment):
    made = []

    def make(name: str, *flags: str, settings=()) -> Installed:
        environment.plane.make_namespace(name)
        made.append(Installed(environment.plane, name, *flags, settings=settings))
        return made[-1]

    yield make
    for installed in made:
        installed.operator.stop()
        installed.remove()


@pytest.mark.sample
def test_files_of_cert_manager_are_waited_for_reread_and_never_lost(environment, install, tmp_path):
    namespace, mount = "cert-manager", Mount(tmp_path / "mount")
    installed = install(namespace, f"--certificate-folder={mount.folder}", settings=["webhook.certManager.enabled=true"])
    operator, api, name = installed.operator, environment.plane.api(), f"gyre-webhooks.{namespace}.svc"
    operator.start()
    wait_for("words about the file", lambda: str(mount.folder / "tls.crt") in operator.log.read_text(), SECONDS)
    assert not operator.is_ready()

    old, new = Authority(tmp_path, "old"), Authority(tmp_path, "new")
    first, key = old.issue(name)
    mount.put(first, key, old.pem)
    trust(api, installed.configuration, old)
    operator.wait_ready()
    wait_for("a review", lambda: "imagePullPolicy" in refusal(api, namespace), SECONDS)
    assert presented(installed.port) == first

    # The next CA: told before it is shown, and reviewed by whoever is asked all the while.
    second, key = new.issue(name)
    trust(api, installed.configuration, old, new)
    time.sleep(2)  # The API server hears of it by a watch of its own.
    mount.put(second, key, new.pem)

    def is_shown() -> bool:
        assert "imagePullPolicy" in refusal(api, namespace)
        return presented(installed.port) == second

    wait_for("the new certificate", is_shown, SECONDS, every=0.2)
    trust(api, installed.configuration, new)

    # A key that is not the certificate's: what was good stays.
    before = operator.log.read_text().count(TROUBLE)
    mount.put(old.issue(name)[0], key, old.pem)
    wait_for("words about the key", lambda: operator.log.read_text().count(TROUBLE) > before, SECONDS)
    assert presented(installed.port) == second and operator.is_ready()
    assert "imagePullPolicy" in refusal(api, namespace)

    resources = {labels["resource"] for labels, _ in operator.samples("gyre_api_requests_total")}
    assert not [each for each in resources if each.startswith(("secrets", "validatingwebhookconfigurations"))], resources
    assert [value for _, value in operator.samples("controller_runtime_webhook_requests_in_flight")] == [0]
    assert not operator.metric("controller_runtime_webhook_panics_total")
    assert [labels["certificate"] for labels, _ in operator.samples("gyre_certificate_expiration_timestamp_seconds")] == ["serving"]


@pytest.mark.sample
def test_who_may_not_say_whom_to_trust_is_not_ready_until_it_may(environment, install):
    namespace = "no-bundle"
    installed = install(namespace)
    operator, api = installed.operator, environment.plane.api()
    [role] = [found for found in installed.objects if found["kind"] == "ClusterRole"
              and any("validatingwebhookconfigurations" in rule["resources"] for rule in found["rules"])]
    path = f"{ROLES}/{role['metadata']['name']}"
    without = [rule for rule in role["rules"] if "validatingwebhookconfigurations" not in rule["resources"]]
    api.patch(path, {"rules": without})
    operator.start()
    wait_for("the reason", lambda: "validatingwebhookconfigurations" in operator.readiness(), SECONDS)
    # It serves all the same: the bundle may be there from before.
    wait_for("the webhook", lambda: presented(installed.port), SECONDS)

    api.patch(path, {"rules": role["rules"]})
    operator.wait_ready()
    wait_for("a review", lambda: "imagePullPolicy" in refusal(api, namespace), SECONDS)
