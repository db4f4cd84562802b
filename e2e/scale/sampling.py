"""Figures over time: the operator's own metrics, and what it and the control plane cost by /proc."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from harness.operator import Operator, Scrape
from harness.process import GaveUp, cpu_seconds, pss

EVERY_SECONDS = 2
MIB = 1 << 20
OPERATOR = "gyre-operator"


@dataclass(frozen=True)
class Sample:
    at: float  # Seconds since sampling began.
    pss: float  # Of the operator, MiB.
    cpu: dict[str, float]  # Seconds so far, by program.
    trainings: dict[str, float]  # By phase.
    services: dict[str, float]
    reconciles: float
    requests: float
    depth: float
    agents: float


def by_phase(scrape: Scrape, kind: str) -> dict[str, float]:
    return {labels["phase"]: value for labels, value in scrape.samples("gyre_objects") if labels["kind"] == kind}


class Sampler:
    """Looks while it is used as a context."""

    def __init__(self, operator: Operator, programs: dict[str, int]):
        self.samples: list[Sample] = []
        self._operator = operator
        self._programs = {OPERATOR: operator.pid, **programs}
        self._began = time.monotonic()
        self._stopping = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="sampler")

    def __enter__(self) -> Sampler:
        self.samples.append(self.look())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    @property
    def last(self) -> Sample:
        if self._failure:
            raise GaveUp(f"{OPERATOR} cannot be looked at: {self._failure}\n{self._operator.last_lines()}")
        return self.samples[-1]

    def look(self) -> Sample:
        scrape = self._operator.scrape()
        if not scrape.samples("gyre_objects"):
            raise GaveUp("no metrics")
        return Sample(
            at=time.monotonic() - self._began, pss=pss(self._operator.pid) / MIB,
            cpu={name: cpu_seconds(pid) for name, pid in self._programs.items()},
            trainings=by_phase(scrape, "TrainingJob"), services=by_phase(scrape, "InferenceService"),
            reconciles=scrape.sum("controller_runtime_reconcile_total"), requests=scrape.sum("gyre_api_requests_total"),
            depth=scrape.sum("workqueue_depth"), agents=scrape.sum("gyre_collector_agents"))

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_SECONDS):
            try:
                self.samples.append(self.look())
            except Exception as error:  # Told to who waits for samples.
                self._failure = error
                return
