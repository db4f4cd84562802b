"""The rest of the cluster, simulated for one namespace: what the controllers of Jobs and Deployments, the kubelet and the
serving pods' agents would do. It talks to the API server directly, never through the fault proxy, and does the same in
every run, however often the operator dies.
"""

from __future__ import annotations

import heapq
import itertools
import queue
import threading
import time
import traceback
from typing import Callable

from .api import Api
from .deployments import Deployments
from .feed import Feed
from .jobs import Jobs
from .script import Script

# So long each thing takes: long enough for the operator to see what lies between.
STEP_SECONDS = 0.3


class World:
    """One thread, so that what happens in a namespace happens in order."""

    def __init__(self, api: Api, feed: Feed, namespace: str, script: Script, collector_port: int):
        self.failures: list[str] = []
        self._feed = feed
        self._namespace = namespace
        self._inbox: queue.Queue[tuple[str, dict]] = queue.Queue()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._stop = threading.Event()
        self._jobs = Jobs(api, namespace, script, collector_port, self.later)
        self._deployments = Deployments(api, namespace, script, collector_port, self.later)
        self._thread = threading.Thread(target=self._run, daemon=True, name=f"world of {namespace}")

    def start(self) -> World:
        self._feed.subscribe(self._namespace, lambda resource, seen: self._inbox.put((resource, seen)))
        self._thread.start()
        return self

    def stop(self) -> None:
        self._feed.unsubscribe(self._namespace)
        self._stop.set()
        self._inbox.put(("", {}))
        self._thread.join()
        self._deployments.stop()

    def later(self, act: Callable[[], None], seconds: float = STEP_SECONDS) -> None:
        """Only from the world's own thread."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._order), act))

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._turn()
            except Exception:  # A test must fail for it, and say why.
                self.failures.append(traceback.format_exc())

    def _turn(self) -> None:
        wait = self._timers[0][0] - time.monotonic() if self._timers else 5
        try:
            resource, seen = self._inbox.get(timeout=max(0, wait)) if wait > 0 else self._inbox.get_nowait()
            if resource == "pods":
                self._jobs.see_pod(seen)
            elif resource == "jobs":
                self._jobs.see(seen)
            elif resource == "deployments":
                self._deployments.see(seen)
        except queue.Empty:
            pass
        while self._timers and self._timers[0][0] <= time.monotonic():
            heapq.heappop(self._timers)[2]()
