"""Figures over time: the operator's own metrics, and what it and the control plane cost by /proc."""

from __future__ import annotations

import os
import pathlib
import re
import threading
import time
from dataclasses import dataclass, field

from harness.operator import Operator

EVERY_SECONDS = 2
MIB = 1 << 20
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Sample:
    at: float  # Seconds since the first one.
    pss: float  # Of the operator, MiB.
    cpu: dict[str, float]  # Seconds so far, by program.
    trainings: dict[str, float] = field(default_factory=dict)  # By phase.
    services: dict[str, float] = field(default_factory=dict)
    reconciles: float = 0
    requests: float = 0
    depth: float = 0
    agents: float = 0


def pss(pid: int) -> float:
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[1]) * 1024 / MIB


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Sampler:
    def __init__(self, operator: Operator, programs: dict[str, int]):
        self.samples: list[Sample] = []
        self._operator = operator
        self._programs = programs
        self._began = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="sampler")
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    @property
    def last(self) -> Sample:
        return self.samples[-1]

    def look(self) -> Sample:
        by_kind: dict[str, dict[str, float]] = {}
        for labels, value in self._operator.samples("gyre_objects"):
            by_kind.setdefault(labels["kind"], {})[labels.get("phase") or "new"] = value
        programs = {"gyre-operator": self._operator.pid, **self._programs}
        return Sample(
            at=time.monotonic() - self._began, pss=pss(self._operator.pid), cpu={name: cpu_seconds(pid) for name, pid in programs.items()},
            trainings=by_kind.get("TrainingJob", {}), services=by_kind.get("InferenceService", {}),
            reconciles=self._operator.metric("controller_runtime_reconcile_total"), requests=self._operator.metric("gyre_api_requests_total"),
            depth=self._operator.metric("workqueue_depth"), agents=self._operator.metric("gyre_collector_agents"))

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.samples.append(self.look())
            except (FileNotFoundError, ProcessLookupError):
                return
            self._stopping.wait(EVERY_SECONDS)
