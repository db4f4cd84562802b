"""A real Prometheus on this machine, which scrapes pods through kubectl port-forward: on any cluster."""

from __future__ import annotations

import json
import pathlib
import re
import socket
import subprocess
import urllib.parse
import urllib.request
from typing import Any

import yaml

from .cluster import ROOT, wait_for
from .monitoring import JOB

PROGRAM = ROOT / "build/prometheus/prometheus"


class PortForward:
    """A local port that leads to a port of a pod."""

    def __init__(self, namespace: str, pod: str, port: int):
        self._process = subprocess.Popen(["kubectl", "-n", namespace, "port-forward", f"pod/{pod}", f":{port}"],
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = self._process.stdout.readline()
        found = re.search(r"127\.0\.0\.1:(\d+)", said)
        assert found, f"no way to pod {pod}: {said}"
        self.port = int(found[1])

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)


class Prometheus:
    """Scrapes and evaluates every two seconds; alerts wait two seconds instead of their time."""

    def __init__(self, folder: pathlib.Path, rules: str, namespace: str, targets: dict[str, int]):
        """`targets`: pods of the namespace, and the ports here that lead to them."""
        folder.mkdir(parents=True, exist_ok=True)
        self.targets = len(targets)
        (folder / "rules.yaml").write_text(re.sub(r"^( +for): .*$", r"\1: 2s", rules, flags=re.M))
        (folder / "prometheus.yaml").write_text(yaml.safe_dump({
            "global": {"scrape_interval": "2s", "scrape_timeout": "2s", "evaluation_interval": "2s"},
            "rule_files": ["rules.yaml"],
            "scrape_configs": [{
                "job_name": JOB,
                # As the chart's ServiceMonitor has it.
                "honor_labels": True,
                "static_configs": [{"targets": [f"127.0.0.1:{port}"], "labels": {"namespace": namespace, "pod": pod}}
                                   for pod, port in targets.items()],
            }],
        }))
        self._port = _free_port()
        self._log = open(folder / "log", "w")  # noqa: SIM115 - as long as the process
        self._process = subprocess.Popen(
            [PROGRAM, f"--config.file={folder}/prometheus.yaml", f"--storage.tsdb.path={folder}/data",
             f"--web.listen-address=127.0.0.1:{self._port}"], stdout=self._log, stderr=self._log)
        wait_for(f"Prometheus (its log is {folder}/log)", self._is_ready, 60)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)
        self._log.close()

    def ask(self, path: str, **parameters: str) -> Any:
        """The data of an answer of the HTTP API; fails on any that is not a success."""
        url = f"http://127.0.0.1:{self._port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} {parameters}: {error.read().decode()}") from None

    def query(self, expression: str) -> list[dict]:
        return self.ask("query", query=expression)["result"]

    def alert_states(self, alert: str) -> set[str]:
        return {each["state"] for each in self.ask("alerts")["alerts"] if each["labels"]["alertname"] == alert}

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/-/ready", timeout=2):
                return True
        except OSError:
            assert self._process.poll() is None, "Prometheus has ended"
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
