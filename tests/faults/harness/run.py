"""One run of a scenario: a namespace, a world, a proxy and an operator of its own, until all rests."""

from __future__ import annotations

import pathlib
import time
from dataclasses import dataclass

from .control_plane import ControlPlane
from .feed import Feed
from .http2 import GoingAway
from .operator import Operator
from .process import GaveUp
from .proxy import Loop, Proxy, Write
from .scenario import Scenario, View
from .state import read_state
from .world import World

CONVERGE_SECONDS = 240
# Quiet for so long is taken for the end; then nothing may be written for so long again.
REST_SECONDS = 5
POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Environment:
    plane: ControlPlane
    feed: Feed
    loop: Loop
    folder: pathlib.Path


@dataclass(frozen=True)
class Outcome:
    state: dict[str, list]
    writes: list[Write]
    kills: int
    seconds: float


class Run:
    """Interfere by `proxy.on_call`, `proxy.on_events` and `kill`; the operator is started again whenever it was killed."""

    def __init__(self, environment: Environment, scenario: Scenario, namespace: str, over_http2: bool = False):
        """Over HTTP/1.1 in the clear; watches over HTTP/2, with a GOAWAY for each, when `over_http2` is set."""
        self._scenario = scenario
        self._namespace = namespace
        environment.plane.make_namespace(namespace)
        self._began = time.monotonic()
        self.kills = 0
        self._restarts = 0
        self.proxy = Proxy(environment.loop, environment.plane)
        plane = environment.plane
        self.http2 = GoingAway(environment.loop, self.proxy.url, *plane.serving_pair) if over_http2 else None
        server = self.http2.url if self.http2 else self.proxy.url
        kubeconfig = plane.kubeconfig(server, f"{namespace}.kubeconfig")
        self.operator = Operator(kubeconfig, namespace, environment.folder, "gyre-operator-0", "--concurrency=1")
        self.view = View(environment.plane.api(), namespace)
        self.world = World(environment.plane.api(), environment.feed, namespace, scenario.script, self.operator.collector_port)

    def __enter__(self) -> Run:
        self.world.start()
        for each in self._scenario.objects:
            self.view.create(each)
        self.operator.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.operator.is_running():
            self.operator.kill()
        self.world.stop()
        if self.http2:
            self.http2.stop()
        self.proxy.stop()

    def kill(self) -> None:
        if self.operator.is_running():
            self.kills += 1
            self.operator.kill()

    def converge(self) -> Outcome:
        """Does what the user does, waits for the end, and looks whether it is one."""
        steps = list(self._scenario.steps)
        deadline = time.monotonic() + CONVERGE_SECONDS
        quiet_since = time.monotonic()
        written = 0
        while True:
            self._look_after_operator()
            if steps and steps[0].when(self.view):
                steps.pop(0).do(self.view)
            if len(self.proxy.writes) != written or steps or not self._scenario.is_done(self.view):
                written = len(self.proxy.writes)
                quiet_since = time.monotonic()
            if time.monotonic() - quiet_since > self._scenario.settled_seconds:
                break
            if time.monotonic() > deadline:
                raise GaveUp(self._tell(f"not converged after {CONVERGE_SECONDS} s, {len(steps)} steps of the user to go"))
            time.sleep(POLL_SECONDS)
        state = read_state(self.view.api, self._namespace)
        self._rest()
        return Outcome(state, list(self.proxy.writes), self.kills, time.monotonic() - self._began)

    def _look_after_operator(self) -> None:
        if self.world.failures:
            raise GaveUp(self._tell("the simulated world failed: " + self.world.failures[0]))
        if self.operator.is_running():
            return
        self._restarts += 1
        if self._restarts > self.kills:
            raise GaveUp(self._tell("the operator ended by itself"))
        self.operator.start()

    def _rest(self) -> None:
        before = len(self.proxy.writes)
        counted = self.operator.writes()
        time.sleep(REST_SECONDS)
        if more := self.proxy.writes[before:]:
            raise GaveUp(self._tell(f"writes at rest: {[write.what for write in more]}"))
        if self.operator.writes() != counted:
            raise GaveUp(self._tell("the operator counts writes at rest that the proxy has not seen"))

    def _tell(self, what: str) -> str:
        phases = {f"{resource} {each['metadata']['name']}": each.get("status", {}).get("phase")
                  for resource in ("experiments", "trainingjobs", "modelversions", "inferenceservices", "driftmonitors")
                  for each in self.view.list(resource)}
        return f"{self._namespace}: {what}\nphases: {phases}\nlast writes: {[write.what for write in self.proxy.writes[-6:]]}\n{self.operator.last_lines()}"
