"""What the chart installs beside the operator's Deployment, for an operator that runs outside the cluster."""

import pathlib
import subprocess
from typing import Sequence

import yaml

from harness.api import CORE
from harness.control_plane import ControlPlane
from harness.operator import Operator
from harness.process import ROOT, free_ports

KINDS = ("ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "ConfigMap",
         "ValidatingWebhookConfiguration")
ACCOUNT = "gyre-operator"


def helm() -> pathlib.Path:
    lib = ROOT / "e2e/cluster/lib"
    script = f"source {lib}/common.sh; source {lib}/tools.sh; tool_bin helm"
    return pathlib.Path(subprocess.run(["bash", "-ec", script], capture_output=True, text=True, check=True).stdout.strip()) / "helm"


def render(namespace: str, *settings: str) -> list[dict]:
    """With settings as helm's --set takes them."""
    command = [str(helm()), "template", "gyre", str(ROOT / "charts/gyre"), f"--namespace={namespace}", *(f"--set={each}" for each in settings)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [found for found in yaml.safe_load_all(text) if found and found["kind"] in KINDS]


def path_of(found: dict) -> str:
    group = found["apiVersion"]
    base = CORE if group == "v1" else f"/apis/{group}"
    namespace = found["metadata"].get("namespace")
    plural = found["kind"].lower() + "s"
    return f"{base}/namespaces/{namespace}/{plural}" if namespace else f"{base}/{plural}"


class Installed:
    """The chart's objects, and the operator with its own account and the webhooks of the chart.

    The API server reaches webhooks at their Service; here that is a name for loopback, with the operator's port.
    """

    def __init__(self, plane: ControlPlane, namespace: str, *flags: str, settings: Sequence[str] = ()):
        self.plane = plane
        self.namespace = namespace
        self.port, = free_ports(1)
        self.objects = render(namespace, *settings)
        self._install()
        token = plane.api().create(f"{CORE}/namespaces/{namespace}/serviceaccounts/{ACCOUNT}/token", {
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 7200}})
        kubeconfig = plane.kubeconfig(name=f"{namespace}.kubeconfig", token=token["status"]["token"])
        self.operator = Operator(kubeconfig, namespace, plane.folder, "gyre-operator-0",
                                 f"--webhook-configuration={self.configuration}", f"--webhook-port={self.port}", *flags)

    @property
    def configuration(self) -> str:
        return next(found["metadata"]["name"] for found in self.objects if found["kind"] == "ValidatingWebhookConfiguration")

    def _install(self) -> None:
        api = self.plane.api()
        service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "gyre-webhooks"},
                   "spec": {"type": "ExternalName", "externalName": "localhost"}}
        api.create(f"{CORE}/namespaces/{self.namespace}/services", service)
        for found in self.objects:
            for hook in found.get("webhooks", []):
                hook["clientConfig"]["service"]["port"] = self.port
            api.create(path_of(found), found)

    def remove(self) -> None:
        """What lies in no namespace, so that who comes next finds the API server as it was."""
        for found in self.objects:
            if "namespace" not in found["metadata"]:
                self.plane.api().delete(f"{path_of(found)}/{found['metadata']['name']}")
