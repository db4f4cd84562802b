"""A whole control plane on loopback, with KWOK for its nodes' kubelets."""

from __future__ import annotations

import json
import pathlib
from concurrent.futures import ThreadPoolExecutor

from harness.api import CORE
from harness.control_plane import ControlPlane, find_tool
from harness.process import Program, free_ports, wait_for

HERE = pathlib.Path(__file__).parent
NODE_CAPACITY = {"cpu": "32", "memory": "256Gi", "pods": "110", "nvidia.com/gpu": "8"}
# A lease is renewed at a quarter of this; the usual 40 would be 50 writes a second for nothing.
NODE_LEASE_SECONDS = 200
# What every trainer prints, as container runtimes keep it.
LOG = "".join(f"2026-01-01T00:00:00.000000000Z stdout F {line}\n" for line in ("epoch 1", "loss=0.31", "accuracy=0.93"))


class ScalePlane(ControlPlane):
    api_server_flags = ()
    # Their own limits are made for clusters where nobody measures.
    controller_flags = ("--kube-api-qps=2000", "--kube-api-burst=4000", "--concurrent-job-syncs=20", "--concurrent-deployment-syncs=20",
                        "--concurrent-replicaset-syncs=20", f"--node-monitor-grace-period={2 * NODE_LEASE_SECONDS}s")

    def __init__(self, folder: pathlib.Path):
        super().__init__(folder, controllers=("*",))
        self._others: list[Program] = []
        self.pids: dict[str, int] = {}

    def start(self) -> None:
        super().start()
        self._begin("kube-scheduler", [str(self._kubernetes / "kube-scheduler"), f"--config={self._scheduler_config()}", "--secure-port=0"])
        (self._kubelet_port,) = free_ports(1)
        certificate, key = self.serving_pair
        self._begin("kwok", [
            str(find_tool("kwok") / "kwok"), f"--kubeconfig={self.kubeconfig(name='kwok.kubeconfig')}", f"--config={self._kwok_config()}",
            "--manage-all-nodes", f"--node-lease-duration-seconds={NODE_LEASE_SECONDS}", "--node-ip=127.0.0.1",
            f"--node-port={self._kubelet_port}", f"--server-address=127.0.0.1:{self._kubelet_port}",
            f"--tls-cert-file={certificate}", f"--tls-private-key-file={key}",
        ])
        for name, program in (("etcd", self._etcd), ("kube-apiserver", self._api_server), ("kube-controller-manager", self._controller_manager)):
            self.pids[name] = program.pid

    def stop(self) -> None:
        for program in self._others:
            if program.is_running():
                program.kill()
        super().stop()

    def check(self) -> None:
        for program in (*self._others, self._controller_manager, self._api_server, self._etcd):
            program.check()

    def make_namespace(self, name: str) -> None:
        api = self.api()
        api.create(f"{CORE}/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        wait_for(f"the account of namespace {name}", lambda: api.find(f"{CORE}/namespaces/{name}/serviceaccounts/default"), 60)

    def make_nodes(self, count: int) -> None:
        api = self.api()
        status = {
            "capacity": NODE_CAPACITY, "allocatable": NODE_CAPACITY,
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": self._kubelet_port}},
        }

        def make(number: int) -> None:
            api.create(f"{CORE}/nodes", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"node-{number}"}, "status": status})

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(make, range(count)))

    def _begin(self, name: str, command: list[str]) -> None:
        program = Program(command, self.folder / f"{name}.log")
        self._others.append(program)
        self.pids[name] = program.pid

    def _scheduler_config(self) -> pathlib.Path:
        file = self.folder / "scheduler.json"
        file.write_text(json.dumps({
            "apiVersion": "kubescheduler.config.k8s.io/v1", "kind": "KubeSchedulerConfiguration", "leaderElection": {"leaderElect": False},
            "clientConnection": {"kubeconfig": str(self.kubeconfig(name="scheduler.kubeconfig")), "qps": 2000, "burst": 4000},
        }))
        return file

    def _kwok_config(self) -> pathlib.Path:
        log = self.folder / "trainer.log"
        log.write_text(LOG)
        logs = {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "ClusterLogs", "metadata": {"name": "trainers"},
                "spec": {"logs": [{"logsFile": str(log)}]}}
        options = {"apiVersion": "config.kwok.x-k8s.io/v1alpha1", "kind": "KwokConfiguration",
                   "options": {"enableDebuggingHandlers": True, "podPlayStageParallelism": 16, "nodePlayStageParallelism": 4, "nodeLeaseParallelism": 4,
                               "podsOnNodeSyncParallelism": 8}}
        file = self.folder / "kwok.yaml"
        file.write_text("\n---\n".join([json.dumps(options), json.dumps(logs), (HERE / "stages.yaml").read_text()]))
        return file
