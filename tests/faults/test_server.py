"""An API server, or what stands before it, at its worst. The operator is not restarted: it recovers by itself, ends where it
ends without that, and its memory stays bounded."""

from __future__ import annotations

import time

import pytest
from harness.api import BATCH, GYRE
from harness.control_plane import ControlPlane
from harness.operator import Operator
from harness.process import wait_for
from harness.run import Environment, Run
from harness.scenario import Scenario
from harness.server_faults import Ended, Fault, Mute, Refuse, Silence, Spoilt, any_document_read, any_read, any_watch, any_write
from harness.state import differences
from scenarios import CLAIM, all_approved, made, trainer

RETRY_AFTER = 2
MIB = 1 << 20
REST_LOOKS = 8  # Every half second.

# Reads, writes and watches of several kinds, and no wait of the operator's own.
PLAIN = Scenario(
    name="plain",
    objects=[made("TrainingJob", "digits", {"output": {"uri": f"{CLAIM}/published", "model": {"name": "digits"}}, "template": trainer()})],
    is_done=lambda view: view.phase("trainingjobs", "digits") == "Succeeded" and all_approved(view),
    # What publishes our CA tries again every five seconds.
    settled_seconds=7,
)

TOO_LARGE = {"causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}], "retryAfterSeconds": 1}

CALLS = {
    "conflicts": lambda: Refuse(any_write, 2, 409, "Conflict", "the object has been modified"),
    "too-many-requests": lambda: Refuse(any_write, 2, 429, "TooManyRequests", "slow down", {"Retry-After": str(RETRY_AFTER)}),
    "unauthorized-writes": lambda: Refuse(any_write, 2, 401, "Unauthorized", "Unauthorized"),
    "unauthorized-watches": lambda: Refuse(any_watch, 2, 401, "Unauthorized", "Unauthorized"),
    "internal-errors": lambda: Refuse(any_write, 2, 500, "InternalError", "etcd is down"),
    "unavailable": lambda: Refuse(any_write, 2, 503, "ServiceUnavailable", "no endpoints"),
    "watches-unavailable": lambda: Refuse(any_watch, 3, 503, "ServiceUnavailable", "no endpoints"),
    "watches-gone": lambda: Refuse(any_watch, 2, 410, "Expired", "too old resource version"),
    "too-large-version": lambda: Refuse(any_watch, 2, 504, "Timeout", "Too large resource version: 9, current: 1", details=TOO_LARGE),
    "silent-writes": lambda: Silence(any_write, 1),
    "silent-reads": lambda: Silence(any_read, 1),
    "silent-watches": lambda: Silence(any_watch, 1),
    "slow-bodies": lambda: Spoilt(any_write, 1, "slow"),
    "truncated-writes": lambda: Spoilt(any_write, 1, "truncated"),
    "truncated-reads": lambda: Spoilt(any_document_read, 2, "truncated"),
    "cut-bodies": lambda: Spoilt(any_write, 1, "cut"),
}
STREAMS = {
    "empty-watches": lambda: Ended("empty", 8),
    "gone-in-the-stream": lambda: Ended("gone", 3),
    "half-frames": lambda: Ended("half", 3),
    "garbled-frames": lambda: Ended("garbled", 3),
}


@pytest.fixture(scope="module")
def reference(environment):
    with Run(environment, PLAIN, "server-reference") as run:
        return run.converge()


def recovers(run: Run, reference) -> None:
    run.operator.wait_ready(120)
    start = run.operator.memory()
    pid = run.operator.pid
    diff = differences(reference.state, run.converge().state)
    assert not diff, "\n".join(diff)
    assert run.operator.pid == pid, "the operator was started again"
    assert_bounded(run.operator, start)


def assert_bounded(operator: Operator, start: int) -> None:
    peak = operator.peak_memory()
    assert peak < 2 * start + 32 * MIB, f"{start / MIB:.0f} MiB at the start, {peak / MIB:.0f} MiB at most"


@pytest.mark.parametrize("name", CALLS)
def test_calls(name, environment: Environment, reference):
    fault: Fault = CALLS[name]()
    with Run(environment, PLAIN, f"server-{name}") as run:
        run.proxy.on_call = fault.on_call
        recovers(run, reference)
    assert fault.hits, "the fault never came"


def test_retry_after_is_honoured(environment: Environment, reference):
    fault = CALLS["too-many-requests"]()
    with Run(environment, PLAIN, "server-retry-after") as run:
        run.proxy.on_call = fault.on_call
        recovers(run, reference)
    by_path: dict[str, list[float]] = {}
    for path, at in fault.hits:
        # Each event is another object, written once.
        if path.endswith("/events"):
            continue
        by_path.setdefault(path, []).append(at)
    gaps = [later - earlier for times in by_path.values() for earlier, later in zip(times, times[1:], strict=False)]
    assert gaps and min(gaps) > RETRY_AFTER - 0.1, f"asked again after {min(gaps):.2f} s"


@pytest.mark.parametrize("name", STREAMS)
def test_watches(name, environment: Environment, reference):
    fault = STREAMS[name]()
    with Run(environment, PLAIN, f"server-{name}") as run:
        run.proxy.on_events = fault.on_events
        # A watch lasts for minutes: so that it is opened anew, it is broken off.
        run.operator.wait_ready(120)
        for _ in range(4):
            run.proxy.cut_all()
            time.sleep(1.5)
        recovers(run, reference)
    assert fault.hits, "the fault never came"


def test_everything_at_once_again_and_again(environment: Environment, reference):
    """Connections break every second for half a minute."""
    with Run(environment, PLAIN, "server-cut") as run:
        run.operator.wait_ready(120)
        for _ in range(30):
            run.proxy.cut_all()
            time.sleep(1)
        recovers(run, reference)


def test_readiness_returns(environment: Environment):
    """An API server that is away for a while, not long enough to make a cache stale: the operator is ready again with it."""
    with Run(environment, PLAIN, "server-away") as run:
        run.operator.wait_ready(120)
        fault = Refuse(lambda _: True, 10_000, 503, "ServiceUnavailable", "no endpoints")
        run.proxy.on_call = fault.on_call
        run.proxy.cut_all()
        time.sleep(5)
        fault.times = 0
        fault._left.clear()
        wait_for("the operator to be ready", run.operator.is_ready, 60)
        run.converge()


def test_a_watch_that_falls_silent(environment: Environment):
    """Only bookmarks that do not come tell, of which there is one a minute: readiness says so, and ends with it."""
    mute = Mute("jobs")
    with Run(environment, PLAIN, "server-mute") as run:
        run.proxy.on_events = mute.on_events
        run.operator.wait_ready(120)
        wait_for("a bookmark", lambda: mute.bookmarks, 120)
        mute.is_on = True
        wait_for("the operator not to be ready", lambda: not run.operator.is_ready(), 180)
        assert "jobs" in run.operator.readiness()
        mute.is_on = False
        wait_for("the operator to be ready again", run.operator.is_ready, 120)
        run.converge()


@pytest.mark.sample
def test_a_server_that_is_started_again(tmp_path):
    """Really, without a word, on the same port with the same data: no object is changed for it, and new ones get their children."""
    with ControlPlane(tmp_path) as plane:
        plane.make_namespace("again")
        operator = Operator(plane.kubeconfig(), "again", tmp_path).start().wait_ready()
        try:
            pid, start = operator.pid, operator.memory()
            make_training(plane, "before")
            wait_rest(operator)
            known = versions(plane)
            plane.kill_api_server()
            time.sleep(3)
            plane.start_api_server()
            # That it sees the new one is how we know that it is back.
            make_training(plane, "after")
            wait_rest(operator)
            assert known.items() <= versions(plane).items()
            assert operator.pid == pid, operator.last_lines(30)
            assert_bounded(operator, start)
        finally:
            operator.stop()


def wait_rest(operator: Operator) -> None:
    """Until nothing was written for a while."""
    seen: list[int] = []

    def look() -> bool:
        seen.append(operator.writes())
        return seen[-REST_LOOKS:] == [seen[-1]] * REST_LOOKS

    wait_for("rest", look, 60, every=0.5)


def make_training(plane: ControlPlane, name: str) -> None:
    body = {"apiVersion": "gyre.dev/v1alpha1", "kind": "TrainingJob", "metadata": {"name": name}, "spec": {"template": trainer()}}
    plane.api().create(f"{GYRE}/namespaces/again/trainingjobs", body)
    wait_for(f"the Job of {name}", lambda: plane.api().find(f"{BATCH}/namespaces/again/jobs/{name}-0"), 120)


def versions(plane: ControlPlane) -> dict[str, str]:
    found = [each for path in (f"{GYRE}/namespaces/again/trainingjobs", f"{BATCH}/namespaces/again/jobs") for each in plane.api().list(path)]
    return {each["metadata"]["uid"]: each["metadata"]["resourceVersion"] for each in found}


def test_goaway(environment: Environment, reference):
    """HTTP/2 for watches, as in production: the server sends its clients away in the middle of every one."""
    with Run(environment, PLAIN, "server-goaway", over_http2=True) as run:
        recovers(run, reference)
        assert run.http2.goaways > 5, "nobody was sent away"
