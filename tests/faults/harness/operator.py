"""gyre-operator as a process beside the API server."""

from __future__ import annotations

import os
import pathlib
import re
from typing import Sequence

import urllib3

from .process import ROOT, GaveUp, Program, free_ports, wait_for

BINARY = pathlib.Path(os.environ.get("GYRE_BIN_DIR", ROOT / "build/dev/bin")) / "gyre-operator"
IMAGE = "docker.io/gyre/operator:dev"
READY_SECONDS = 60
WRITES = ("create", "update", "apply", "patch", "delete")
_SAMPLE = re.compile(r'^(\w+)(?:\{(.*)\})? (\S+)$')
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def image_environment() -> dict[str, str]:
    """What the operator's image sets."""
    lines = (ROOT / "operator/Dockerfile").read_text().splitlines()
    return dict(line.removeprefix("ENV ").split("=", 1) for line in lines if line.startswith("ENV "))


class Scrape:
    """All series of one moment."""

    def __init__(self, text: str):
        self._series: dict[str, list[tuple[dict[str, str], float]]] = {}
        for line in text.splitlines():
            if found := _SAMPLE.match(line):
                self._series.setdefault(found[1], []).append((dict(_LABEL.findall(found[2] or "")), float(found[3])))

    def samples(self, name: str) -> list[tuple[dict[str, str], float]]:
        """Labels and value of each series of that name."""
        return self._series.get(name, [])

    def sum(self, name: str, **labels: str) -> float:
        """Over all series of that name that have these labels."""
        return sum(value for found, value in self.samples(name) if labels.items() <= found.items())


class Operator:
    """Watches one namespace, which is also its release's, or those of `watches`, all when there are none; no webhooks, and by default no election.

    `start` may be called again after `kill` or `stop`: it is the same pod in another life, on the same ports.
    """

    def __init__(self, kubeconfig: pathlib.Path, namespace: str, folder: pathlib.Path, name: str = "gyre-operator-0",
                 *flags: str, elects_leader: bool = False, binary: pathlib.Path = BINARY,
                 watches: Sequence[str] | None = None, log_level: str = "debug"):
        self.name = name
        self.log = folder / f"{namespace}.{name}.log"
        self.health_port, self.metrics_port, self.collector_port = free_ports(3)
        self._command = [
            str(binary), f"--kubeconfig={kubeconfig}", *(f"--namespace={each}" for each in ([namespace] if watches is None else watches)),
            f"--agent-image={IMAGE}", f"--worker-image={IMAGE}",
            f"--health-port={self.health_port}", f"--metrics-port={self.metrics_port}", f"--collector-port={self.collector_port}",
            "--log-format=text", f"--log-level={log_level}", *([] if elects_leader else ["--no-leader-election"]), *flags,
        ]
        self.environment = image_environment() | {"POD_NAME": name, "POD_NAMESPACE": namespace, "POD_IP": "127.0.0.1", "PATH": os.environ["PATH"]}
        self._program: Program | None = None
        self._http = urllib3.PoolManager(retries=False, timeout=5)

    def start(self) -> Operator:
        assert not self.is_running(), f"{self.name} runs already"
        self._program = Program(self._command, self.log, self.environment)
        return self

    def is_running(self) -> bool:
        return self._program is not None and self._program.is_running()

    def wait_ready(self, seconds: float = READY_SECONDS) -> Operator:
        def look() -> bool:
            self._running().check()
            return self.is_ready()

        try:
            wait_for("", look, seconds)
        except GaveUp:
            raise GaveUp(f"{self.name} is not ready after {seconds:.0f} s: {self.readiness()}\n{self._running().last_lines()}") from None
        return self

    def readiness(self) -> str:
        return self._get(self.health_port, "/readyz")[1].strip()

    def is_ready(self) -> bool:
        return self._get(self.health_port, "/readyz")[0] == 200

    def kill(self) -> None:
        self._running().kill()

    def stop(self) -> None:
        if self._program:
            self._program.stop()

    def memory(self) -> int:
        return self._running().memory()

    def peak_memory(self) -> int:
        return self._running().peak_memory()

    @property
    def pid(self) -> int:
        return self._running().pid

    def last_lines(self, count: int = 8) -> str:
        return self._running().last_lines(count)

    def scrape(self) -> Scrape:
        return Scrape(self._get(self.metrics_port, "/metrics")[1])

    def samples(self, name: str) -> list[tuple[dict[str, str], float]]:
        return self.scrape().samples(name)

    def metric(self, name: str, **labels: str) -> float:
        return self.scrape().sum(name, **labels)

    def writes(self) -> int:
        """Requests that change what is stored, since it started. Leases never rest, and reviews are not stored."""
        return int(sum(value for labels, value in self.samples("gyre_api_requests_total")
                       if labels["verb"] in WRITES and not labels["resource"].startswith(("leases", "tokenreviews"))))

    def _running(self) -> Program:
        assert self._program, f"{self.name} was never started"
        return self._program

    def _get(self, port: int, path: str) -> tuple[int, str]:
        try:
            answer = self._http.request("GET", f"http://127.0.0.1:{port}{path}")
        except urllib3.exceptions.HTTPError as error:
            return 0, f"no answer: {error}"
        return answer.status, answer.data.decode()
