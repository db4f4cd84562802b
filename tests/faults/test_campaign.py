"""A campaign of specs (as in Acto, SOSP 2023) from our own schemas, against the operator as the chart installs it: each change
shows or is refused, a refusal names the field and says what to write, the way to a spec does not matter, and the last good
spec brings back what was. No spec ends the operator, and none makes it go round in errors."""

from __future__ import annotations

import time

import pytest

from campaign.bases import bases
from campaign.campaign import Campaign, table
from campaign.install import Installed
from campaign.mutations import Mutation, mutations, sampled
from harness.api import GYRE
from harness.run import Environment
from harness.script import Script
from harness.world import World

# A retry is due at most this often once nothing changes any more: many objects, each with its own backoff.
REST_SECONDS = 10
MOST_ERRORS = 5


class Endless(Script):
    """Jobs that never end: what a spec makes is looked at while it is there."""

    def is_endless(self, job: dict) -> bool:
        return True


def run(environment: Environment, namespace: str, chosen: list[Mutation]) -> Campaign:
    plane = environment.plane
    plane.make_namespace(namespace)
    installed = Installed(plane, namespace)
    operator = installed.operator
    try:
        operator.start().wait_ready()
        world = World(plane.api(), environment.feed, namespace, Endless(), operator.collector_port)
        approve(plane.api(), namespace)
        campaign = Campaign(plane.api(), namespace, operator)
        campaign.run(mutation for mutation in chosen if mutation.kind != "InferenceService")
        # Only what serves needs pods to come to rest.
        world.start()
        campaign.run(mutation for mutation in chosen if mutation.kind == "InferenceService")
        world.stop()
        assert not world.failures, "\n".join(world.failures)
        before = errors(operator)
        time.sleep(REST_SECONDS)
        assert errors(operator) - before <= MOST_ERRORS, f"it goes round in errors:\n{operator.last_lines(30)}"
    finally:
        if operator.is_running():
            operator.kill()
        installed.remove()
    return campaign


def errors(operator) -> float:
    return operator.metric("controller_runtime_reconcile_errors_total")


def approve(api, namespace: str) -> None:
    """A version to serve."""
    path = f"{GYRE}/namespaces/{namespace}/modelversions"
    spec = next(base for base in bases() if base.kind == "ModelVersion")
    api.create(path, spec.object("digits-approved"))
    api.patch(f"{path}/digits-approved/status", {"status": {"phase": "Approved", "version": 1}})


@pytest.mark.parametrize("every", [pytest.param(30, marks=pytest.mark.sample, id="sample"), pytest.param(1, id="all")])
def test_every_spec_is_served_or_refused(environment, every, record_property, capsys):
    chosen = list(mutations()) if every == 1 else sampled(every)
    campaign = run(environment, f"campaign-{every}", chosen)
    record_property("campaign", table(campaign.rows))
    with capsys.disabled():
        print("\n" + table(campaign.rows))
    failed = [why for row in campaign.rows.values() for why in row.failed]
    assert not failed, "\n".join(failed)
