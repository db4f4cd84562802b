"""What the operator sees late, thinned out, or twice: it ends where it ends without that, and never acts on an object for
another one of the same name."""

from __future__ import annotations

import threading

import pytest
from harness.operator import Operator
from harness.process import wait_for
from harness.proxy import Write
from harness.run import Environment, Run
from harness.scenario import Scenario
from harness.script import Script
from harness.state import differences
from harness.watches import Gate, WoundBack, behind, broken_off_after
from scenarios import EXPERIMENT, TRAINING, all_approved, made, trainer

SHUT_SECONDS, OPEN_SECONDS = 3, 0.5
ALL = ("trainingjobs", "modelversions", "jobs", "pods", "services", "configmaps")


@pytest.fixture(scope="module")
def reference(environment):
    with Run(environment, TRAINING, "watch-reference") as run:
        return run.converge()


def ends_as(reference, run: Run) -> None:
    diff = differences(reference.state, run.converge().state)
    assert not diff, "\n".join(diff)


def toggle(gate: Gate, ended: threading.Event) -> None:
    while not ended.is_set():
        gate.close()
        ended.wait(SHUT_SECONDS)
        gate.open()
        ended.wait(OPEN_SECONDS)


@pytest.mark.parametrize("how", ["withhold", "coalesce"])
def test_events_that_come_late(how, environment: Environment, reference):
    gate = Gate(environment.loop.loop)
    ended = threading.Event()
    with Run(environment, TRAINING, f"watch-{how}") as run:
        run.proxy.on_events = getattr(gate, how)
        toggling = threading.Thread(target=toggle, args=(gate, ended))
        toggling.start()
        try:
            ends_as(reference, run)
        finally:
            ended.set()
            toggling.join()


@pytest.mark.parametrize("resource", ALL)
def test_one_watch_behind_the_others(resource, environment: Environment, reference):
    with Run(environment, TRAINING, f"watch-{resource}-behind") as run:
        run.proxy.on_events = behind(resource, 1.5)
        ends_as(reference, run)


def test_the_past_comes_again(environment: Environment, reference):
    past = WoundBack()
    with Run(environment, TRAINING, "watch-wound-back") as run:
        run.proxy.on_call = past.on_call
        run.proxy.on_events = broken_off_after(1.5)
        ends_as(reference, run)
    assert past.replays > 5, "nothing was replayed"


# A training that a stale leader wants to stop: its deadline is over, as far as that leader knows.
HURRIED = Scenario(
    name="hurried",
    objects=[made("TrainingJob", "digits", {"template": trainer(), "runPolicy": {"activeDeadlineSeconds": 12}})],
    script=Script(endless=frozenset({"digits"})),
    is_done=lambda view: view.phase("trainingjobs", "digits") == "Running",
)


def uid_of(view, resource: str, name: str) -> str:
    return view.find(resource, name).get("metadata", {}).get("uid", "")


@pytest.mark.sample
def test_a_stale_leader_does_not_delete_the_children_of_a_new_object(environment: Environment):
    """The Sieve case: one that still leads in its own eyes has not heard that the object was made anew."""
    gate = Gate(environment.loop.loop)
    namespace = "watch-recreated"
    with Run(environment, HURRIED, namespace) as run:
        run.proxy.on_events = gate.withhold
        view = run.view
        wait_for("the first training to run", lambda: HURRIED.is_done(view), 60)
        old = uid_of(view, "jobs", "digits-0")
        gate.close()

        view.delete("trainingjobs", "digits")
        wait_for("its Job to go", lambda: not uid_of(view, "jobs", "digits-0"), 60)
        view.create(made("TrainingJob", "digits", {"template": trainer()}))
        kubeconfig = environment.plane.kubeconfig(name=f"{namespace}.new.kubeconfig")
        newcomer = Operator(kubeconfig, namespace, environment.folder, "gyre-operator-1").start()
        try:
            wait_for("the new training to run", lambda: HURRIED.is_done(view), 60)
            new = uid_of(view, "jobs", "digits-0")
            assert new and new != old
            wait_for("the stale leader to try", lambda: Write("DELETE jobs digits-0", 1) in run.proxy.writes, 60)
            wait_for("it to give up", lambda: run.operator.metric("gyre_api_requests_total", verb="delete", code="409") > 0, 30)
            gate.open()
            wait_for("it to see the new one", lambda: "409" not in run.operator.readiness(), 10)
            assert uid_of(view, "jobs", "digits-0") == new, "the new object's Job was deleted for the old one"
            assert view.phase("trainingjobs", "digits") != "Failed", "the old one's failure was written to the new one"
            # It leads in its own eyes still, and may have looked at the new one before it knew of its pods.
            wait_for("the new training to run on", lambda: HURRIED.is_done(view), 30)
        finally:
            newcomer.stop()


@pytest.mark.parametrize("held", ["experiments", "trainingjobs", "jobs", "pods"])
def test_recreated_while_one_watch_is_held_back(held, environment: Environment):
    """Deleted and made anew under the same name, and one kind of news comes last."""
    gate = Gate(environment.loop.loop, held)
    with Run(environment, EXPERIMENT, f"watch-recreated-{held}") as run:
        run.proxy.on_events = gate.withhold
        view = run.view
        wait_for("its trials to run", lambda: view.phase("trainingjobs", "search-0") == "Running", 60)
        gate.close()
        old = uid_of(view, "trainingjobs", "search-0")
        view.delete("experiments", "search")
        wait_for("its trials to go", lambda: uid_of(view, "trainingjobs", "search-0") in ("",) or
                 uid_of(view, "trainingjobs", "search-0") != old, 60)
        view.create(EXPERIMENT.objects[0])
        threading.Timer(4, gate.open).start()
        outcome = run.converge()
        deletions = [write.what for write in outcome.writes if write.what.startswith("DELETE trainingjobs")]
        assert all_approved(view)
        assert not deletions, f"trials were deleted though the search ended by itself: {deletions}"
