"""The control plane of tests/faults, and what an operator wrote to it by the API server's own count."""

import re
import shutil
from collections import Counter
from pathlib import Path

from harness.control_plane import ControlPlane
from harness.process import cpu_seconds

WRITES = ("POST", "PUT", "PATCH", "APPLY", "DELETE")
# What the operators write. The world writes InferenceServices and Deployments' statuses, and deletes in the end.
OPERATOR_WRITES = ("controllerrevisions", "deployments", "services", "configmaps", "inferenceservices/status")
REFUSED = " refused"


class BenchPlane(ControlPlane):
    """Nothing runs beside etcd and the API server, so that a turn measures the operator."""

    def __init__(self, folder: Path):
        shutil.rmtree(folder, ignore_errors=True)
        super().__init__(folder, controllers=())

    def stop(self) -> None:
        super().stop()
        shutil.rmtree(self.folder / "etcd", ignore_errors=True)

    def restart_api_server(self) -> None:
        self.stop_api_server()
        self.start_api_server()

    def api_server_cpu(self) -> float:
        return cpu_seconds(self._api_server.pid)

    def writes(self) -> Counter:
        """The operator's, by verb and resource, since the API server's start; refused ones apart."""
        found = Counter()
        for line in self.api().text("/metrics").splitlines():
            if not line.startswith("apiserver_request_total{"):
                continue
            labels = dict(re.findall(r'(\w+)="([^"]*)"', line))
            what = "/".join(filter(None, (labels["resource"], labels["subresource"])))
            if labels["verb"] in WRITES and what in OPERATOR_WRITES:
                outcome = "" if labels["code"].startswith("2") else REFUSED
                found[f"{labels['verb']} {what}{outcome}"] += int(float(line.rsplit(" ", 1)[1]))
        return found
