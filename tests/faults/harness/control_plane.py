"""etcd and kube-apiserver on loopback, with a garbage collector or more, and no nodes. Ready within seconds.

    with ControlPlane(folder) as plane:
        plane.make_namespace("one")
        Operator(plane.kubeconfig(), "one", folder).start()
"""

from __future__ import annotations

import base64
import os
import pathlib
import secrets
import subprocess
from typing import Sequence

import urllib3
import yaml

from .api import GYRE, Api, ApiError
from .process import ROOT, Program, free_ports, wait_for

START_SECONDS = 90
ISSUER = "https://kubernetes.default.svc.cluster.local"


def find_tool(name: str) -> pathlib.Path:
    """The folder of its programs. Builds nothing."""
    lib = ROOT / "e2e/cluster/lib"
    script = f"source {lib}/common.sh; source {lib}/tools.sh; tool_bin {name}"
    folder = pathlib.Path(subprocess.run(["bash", "-ec", script], capture_output=True, text=True, check=True).stdout.strip())
    if not (folder / ".done").exists():
        raise RuntimeError(f"{folder} is not built; run e2e/cluster/build-tools.sh")
    return folder


def find_tools() -> tuple[pathlib.Path, pathlib.Path]:
    """The folder of Kubernetes' programs, and etcd."""
    etcd = find_tool("etcd")
    # Go names the program after the last element of its package path, the module's major version left out.
    return find_tool("kubernetes"), next(file for file in etcd.iterdir() if os.access(file, os.X_OK) and file.is_file())


class ControlPlane:
    # Pods here run nowhere, so nobody makes their namespace's account, and none is needed.
    api_server_flags: Sequence[str] = ("--disable-admission-plugins=ServiceAccount",)
    controller_flags: Sequence[str] = ()

    def __init__(self, folder: pathlib.Path, controllers: Sequence[str] = ("garbage-collector-controller",)):
        """With these of kube-controller-manager's controllers; "*" are all that it usually runs."""
        self.folder = folder
        self._controllers = controllers
        self.token = secrets.token_hex(16)
        self._kubernetes, self._etcd_program = find_tools()
        self._etcd_port, self._etcd_peer_port, self._port = free_ports(3)
        self._etcd: Program | None = None
        self._api_server: Program | None = None
        self._controller_manager: Program | None = None

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._port}"

    @property
    def ca_file(self) -> pathlib.Path:
        return self.folder / "certs/apiserver.crt"

    @property
    def serving_pair(self) -> tuple[pathlib.Path, pathlib.Path]:
        """Certificate and key of the API server, good for anything on loopback."""
        return self.ca_file, self.folder / "certs/apiserver.key"

    @property
    def kubectl(self) -> pathlib.Path:
        return self._kubernetes / "kubectl"

    def api(self) -> Api:
        """A client that goes straight to the API server. One for each thread."""
        return Api(self.url, self.token, self.ca_file)

    def __enter__(self) -> ControlPlane:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write_keys()
        self._start_etcd()
        self.start_api_server()
        self._install_crds()
        if self._controllers:
            # Its garbage collector looks for new kinds every thirty seconds only.
            self._start_controller_manager()

    def stop(self) -> None:
        for program in (self._controller_manager, self._api_server, self._etcd):
            if program and program.is_running():
                # Nothing of it is needed again, and a gentle API server waits for its watches.
                program.kill()

    def start_api_server(self) -> None:
        """Also again, after stop_api_server, on the same port and with the same data."""
        certs = self.folder / "certs"
        self._api_server = Program([
            str(self._kubernetes / "kube-apiserver"),
            f"--etcd-servers=http://127.0.0.1:{self._etcd_port}", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
            f"--secure-port={self._port}", f"--cert-dir={certs}", "--endpoint-reconciler-type=none",
            f"--token-auth-file={certs}/tokens.csv", "--anonymous-auth=false", "--authorization-mode=RBAC",
            f"--service-account-issuer={ISSUER}", f"--service-account-signing-key-file={certs}/service-accounts.key",
            f"--service-account-key-file={certs}/service-accounts.key",
            "--service-cluster-ip-range=10.0.0.0/16", "--allow-privileged", "--profiling=false", *self.api_server_flags,
        ], self.folder / "kube-apiserver.log")
        wait_for("the API server", self._is_ready, START_SECONDS)

    def stop_api_server(self) -> None:
        assert self._api_server
        self._api_server.stop()

    def kill_api_server(self) -> None:
        """Without a word."""
        assert self._api_server
        self._api_server.kill()

    def api_server_pid(self) -> int:
        assert self._api_server
        return self._api_server.pid

    def kubeconfig(self, server: str | None = None, name: str = "kubeconfig", token: str | None = None) -> pathlib.Path:
        """A file for a client of the API server, or of a proxy before it."""
        server = server or self.url
        cluster = {"server": server}
        if server.startswith("https:"):
            cluster["certificate-authority-data"] = base64.b64encode(self.ca_file.read_bytes()).decode()
        file = self.folder / name
        file.write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "faults",
            "clusters": [{"name": "faults", "cluster": cluster}],
            "users": [{"name": "faults", "user": {"token": token or self.token}}],
            "contexts": [{"name": "faults", "context": {"cluster": "faults", "user": "faults"}}],
        }))
        return file

    def make_namespace(self, name: str) -> None:
        """With the account that a controller of a whole cluster would make."""
        api = self.api()
        api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": name}}
        api.create(f"/api/v1/namespaces/{name}/serviceaccounts", account)

    def _write_keys(self) -> None:
        certs = self.folder / "certs"
        certs.mkdir(exist_ok=True)
        (certs / "tokens.csv").write_text(f'{self.token},gyre-admin,gyre-admin,"system:masters"\n')
        key = certs / "service-accounts.key"
        subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)

    def _start_etcd(self) -> None:
        client, peer = f"http://127.0.0.1:{self._etcd_port}", f"http://127.0.0.1:{self._etcd_peer_port}"
        # Without fsync: this cluster's state is not worth a disk's patience.
        self._etcd = Program([
            str(self._etcd_program), "--name=faults", f"--data-dir={self.folder}/etcd", "--unsafe-no-fsync",
            f"--listen-client-urls={client}", f"--advertise-client-urls={client}", f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=faults={peer}", "--log-level=warn",
        ], self.folder / "etcd.log")

    # Children go when their owner goes, as in any cluster; what no controller here does is the simulated world's part.
    def _start_controller_manager(self) -> None:
        self._controller_manager = Program([
            str(self._kubernetes / "kube-controller-manager"), f"--kubeconfig={self.kubeconfig(name='controllers.kubeconfig')}",
            f"--controllers={','.join(self._controllers)}", "--leader-elect=false", "--secure-port=0", *self.controller_flags,
        ], self.folder / "kube-controller-manager.log")

    def _is_ready(self) -> bool:
        assert self._etcd and self._api_server
        self._etcd.check()
        self._api_server.check()
        if not self.ca_file.exists():
            return False
        try:
            self.api().text("/readyz")
        except (ApiError, urllib3.exceptions.HTTPError):
            return False
        return True

    def _install_crds(self) -> None:
        api = self.api()
        crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        names = []
        for file in sorted((ROOT / "crds/manifests").glob("*.yaml")):
            names.append(api.create_from_yaml(crds, file.read_text())["metadata"]["name"])

        # Established comes first; their caches are filled only by and by.
        def are_served() -> bool:
            try:
                return all(api.get(f"{GYRE}/{name.split('.')[0]}") for name in names)
            except ApiError:
                return False

        wait_for("the custom resources", are_served, START_SECONDS)
