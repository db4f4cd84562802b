"""A bare etcd and kube-apiserver on loopback, new for every contestant: no history of another one slows it down."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections import Counter
from pathlib import Path

KUBERNETES = Path(os.environ.get("GYRE_KUBERNETES", ""))
ETCD = Path(os.environ.get("GYRE_ETCD", ""))
MANIFESTS = Path(__file__).parents[2] / "crds" / "manifests"
WRITES = ("POST", "PUT", "PATCH", "APPLY", "DELETE")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ControlPlane:
    def __init__(self, folder: Path):
        self.folder = folder
        self.etcd_port, self.api_port = free_port(), free_port()
        self.kubeconfig = folder / "kubeconfig"
        self.etcd: subprocess.Popen | None = None
        self.api: subprocess.Popen | None = None

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        key = self.folder / "service-accounts.key"
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        (self.folder / "tokens.csv").write_text('gyre-bench,bench,1,"system:masters"\n')
        self.start_etcd()
        try:
            self.start_api()
            for file in sorted(MANIFESTS.glob("*.yaml")):
                self.kubectl("apply", "--filename", file)
            self.kubectl("wait", "--for", "condition=Established", "--all", "crd")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in (self.api, self.etcd):
            if process:
                end(process)
        shutil.rmtree(self.folder / "etcd", ignore_errors=True)

    def start(self, name: str, *command: object) -> subprocess.Popen:
        with (self.folder / f"{name}.log").open("a") as log:
            return subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)

    def start_etcd(self) -> None:
        client, peer = f"http://127.0.0.1:{self.etcd_port}", f"http://127.0.0.1:{free_port()}"
        # Without fsync: what is measured is the operator, not this machine's disk.
        self.etcd = self.start(
            "etcd", ETCD, "--name", "bench", "--data-dir", self.folder / "etcd", "--unsafe-no-fsync",
            "--quota-backend-bytes", 8 << 30, "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"bench={peer}",
            "--log-level", "warn")

    def start_api(self) -> None:
        accounts = self.folder / "service-accounts.key"
        self.api = self.start(
            "kube-apiserver", KUBERNETES / "kube-apiserver", "--etcd-servers", f"http://127.0.0.1:{self.etcd_port}",
            "--bind-address", "127.0.0.1", "--secure-port", self.api_port, "--cert-dir", self.folder / "certs",
            "--token-auth-file", self.folder / "tokens.csv", "--authorization-mode", "AlwaysAllow",
            "--service-cluster-ip-range", "10.96.0.0/16", "--endpoint-reconciler-type", "none",
            "--service-account-issuer", "https://bench", "--service-account-key-file", accounts,
            "--service-account-signing-key-file", accounts, "--profiling=false")
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 120
        certificate = self.folder / "certs" / "apiserver.crt"
        while time.monotonic() < deadline and self.api.poll() is None:
            if certificate.exists():
                self.write_kubeconfig(certificate)
                if self.try_kubectl("get", "--raw", "/readyz").returncode == 0:
                    return
            time.sleep(0.2)
        raise SystemExit(f"the API server is not ready; read {self.folder}/kube-apiserver.log")

    def write_kubeconfig(self, certificate: Path) -> None:
        self.kubeconfig.write_text(f"""\
apiVersion: v1
kind: Config
clusters:
- name: bench
  cluster: {{server: "https://127.0.0.1:{self.api_port}", certificate-authority: {certificate}}}
users:
- name: bench
  user: {{token: gyre-bench}}
contexts:
- name: bench
  context: {{cluster: bench, user: bench}}
current-context: bench
""")

    def restart_api(self) -> None:
        end(self.api)
        self.start_api()

    def try_kubectl(self, *arguments: object) -> subprocess.CompletedProcess:
        return subprocess.run([str(KUBERNETES / "kubectl"), "--kubeconfig", str(self.kubeconfig), *map(str, arguments)],
                              capture_output=True, text=True, check=False)

    def kubectl(self, *arguments: object) -> str:
        done = self.try_kubectl(*arguments)
        if done.returncode:
            raise SystemExit(f"kubectl {' '.join(map(str, arguments))}: {done.stderr.strip()}")
        return done.stdout

    def writes(self) -> Counter:
        """Successful writes of the operator by verb and resource, by the API server's own count since it started.

        The world writes InferenceServices' specs and Deployments' statuses, and the operator neither, so what is
        neither is the operator's.
        """
        found = Counter()
        for line in self.kubectl("get", "--raw", "/metrics").splitlines():
            if not line.startswith("apiserver_request_total{"):
                continue
            labels = dict(re.findall(r'(\w+)="([^"]*)"', line))
            what = "/".join(filter(None, (labels["resource"], labels["subresource"])))
            if labels["verb"] in WRITES and what in OPERATOR_WRITES:
                outcome = "" if labels["code"].startswith("2") else " refused"
                found[f"{labels['verb']} {what}{outcome}"] += int(float(line.rsplit(" ", 1)[1]))
        return found


OPERATOR_WRITES = ("controllerrevisions", "deployments", "services", "configmaps", "inferenceservices/status")


def end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
