"""A running operator, and what it costs: memory and processor time from /proc, progress from its own metrics."""

import os
import re
import statistics
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from harness.operator import Scrape
from harness.process import Program, cpu_seconds, free_ports, pss

MIB = 1 << 20


class Contestant:
    def __init__(self, command: list[object], kubeconfig: Path, workers: int, environment: dict[str, str], log: Path):
        (self.port,) = free_ports(1)
        self.program = Program([*map(str, command), "--kubeconfig", str(kubeconfig), "--workers", str(workers),
                                "--metrics-port", str(self.port)], log, {**os.environ, **environment})
        self.started = time.monotonic()
        self.peak = 0.0
        self.stopping = threading.Event()
        self.sampler = threading.Thread(target=self.sample, daemon=True)
        self.sampler.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.sampler.join()
        self.program.stop()

    def sample(self) -> None:
        while not self.stopping.wait(0.2) and self.program.is_running():
            self.peak = max(self.peak, self.pss())

    def pss(self) -> float:
        """Proportional set size in MiB."""
        try:
            return pss(self.program.pid) / MIB
        except (FileNotFoundError, ProcessLookupError):
            return 0.0

    def settled_pss(self) -> float:
        """After ten quiet seconds, in which a collector may give memory back."""
        time.sleep(10)
        return statistics.median(self.pss() for _ in range(5))

    def restart_peak(self) -> None:
        self.peak = self.pss()

    def cpu(self) -> float:
        return cpu_seconds(self.program.pid)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return answer.read().decode()

    def total(self, metric: str) -> float:
        """Sum over all labels."""
        return Scrape(self.get("/metrics")).sum(metric)

    def reconciles(self) -> float:
        return self.total("controller_runtime_reconcile_total")

    def queued(self) -> tuple[float, float]:
        """How many were taken from the queue, and the seconds that they had waited there, together."""
        name = "workqueue_queue_duration_seconds"
        return self.total(f"{name}_count"), self.total(f"{name}_sum")

    def wait_until_quiet(self, reconciles: int) -> float:
        """Seconds since the start until so many reconciles are done and none waits."""
        self.wait_until("come to rest", lambda: self.reconciles() >= reconciles and self.total("workqueue_depth") == 0)
        return time.monotonic() - self.started

    def wait_until_leading(self) -> None:
        self.wait_until("lead", lambda: self.total("leader_election_master_status") == 1)

    def wait_until_idle(self) -> None:
        """As a standby is once it serves and its caches are filled."""
        def is_idle() -> bool:
            self.get("/metrics")
            before = self.cpu()
            time.sleep(2)
            return self.cpu() - before < 0.05

        self.wait_until("become idle", is_idle)

    def wait_until(self, what: str, look: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline and self.program.is_running():
            try:
                if look():
                    return
            except OSError:
                pass  # Its server is not there yet.
            time.sleep(0.1)
        raise SystemExit(f"{self.program.command[0]} does not {what}: {self.program.last_lines()}")

    def go_memory_limit(self) -> int:
        """GOMEMLIMIT of one who knows the live heap: a quarter more, what is not heap, and room for reconciles.

        Less room saves little and has the collector run all the time.
        """
        text = self.get("/debug/pprof/heap?gc=1&debug=1")
        heap = {name: int(re.search(rf"^# {name} = (\d+)", text, re.MULTILINE).group(1))
                for name in ("HeapAlloc", "HeapSys", "Sys")}
        return heap["HeapAlloc"] * 5 // 4 + heap["Sys"] - heap["HeapSys"] + 32 * MIB
