"""Somebody else's ConfigMap under the name of a DriftMonitor's window: it is reported and left alone, and what comes
meanwhile is kept by the agent."""

from __future__ import annotations

import json
import time

import pytest
from campaign.bases import DIGEST
from harness import pods
from harness.api import CORE, GYRE
from harness.collector import REVISION, SERVICE, Collector
from harness.operator import Operator
from harness.process import wait_for
from scenarios import SERVING, made

NAMESPACE, NAME = "windows", "digits"
SECONDS, ROWS = 30, 100
HOUR = 3600


class Agent:
    """The one pod of a service, with a bucket to hand over now and then."""

    def __init__(self, environment, operator: Operator):
        self.api = environment.plane.api()
        template = {"metadata": {"labels": {"app.kubernetes.io/managed-by": "gyre", SERVICE: NAME, REVISION: f"{NAME}-1"}},
                    "spec": {"containers": [{"name": "server", "image": "x"}]}}
        # There is no version to serve: it has no pods of its own, but the namespace gets the CA that agents trust.
        self.api.create(f"{GYRE}/namespaces/{NAMESPACE}/inferenceservices", made("InferenceService", NAME, SERVING))
        monitor = self.api.create(f"{GYRE}/namespaces/{NAMESPACE}/driftmonitors", made("DriftMonitor", NAME, {
            "targetRef": {"kind": "InferenceService", "name": NAME},
            "window": {"duration": "1h", "bucket": "10s", "minRows": ROWS}}))
        self.pod = self.api.create(f"{CORE}/namespaces/{NAMESPACE}/pods", pods.make(
            f"{NAME}-0", NAMESPACE, template, monitor, "DriftMonitor", "gyre.dev/v1alpha1"))
        self.collector = Collector(self.api, NAMESPACE, operator.collector_port)
        # Of one hour, however late in it the test runs.
        self.start = int(time.time()) // HOUR * HOUR

    def hands_over(self, sequence: int) -> bool:
        bucket = {"sequence": sequence, "start": self.start + 10 * sequence, "seconds": 10, "rows": ROWS,
                  "features": [{"name": "colour", "counts": [ROWS, 0, 0, 0]}], "predictions": []}
        request = {"service": NAME, "revision": f"{NAME}-1", "modelVersion": f"{NAME}-1", "baselineDigest": DIGEST, "buckets": [bucket]}
        return self.collector.send_buckets(self.pod["metadata"]["name"], request) == [sequence]


@pytest.fixture
def operator(environment):
    environment.plane.make_namespace(NAMESPACE)
    operator = Operator(environment.plane.kubeconfig(), NAMESPACE, environment.plane.folder)
    try:
        yield operator.start().wait_ready()
    finally:
        operator.stop()


@pytest.mark.sample
def test_a_windows_name_that_is_taken_is_reported_and_left_alone(environment, operator):
    agent = Agent(environment, operator)
    maps = f"{CORE}/namespaces/{NAMESPACE}/configmaps"
    wait_for("an acknowledged bucket", lambda: agent.hands_over(1), SECONDS)
    (window,) = (each for each in agent.api.list(maps) if "window.json" in each.get("data", {}))
    path = f"{maps}/{window['metadata']['name']}"

    agent.api.delete(path)
    theirs = agent.api.create(maps, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": window["metadata"]["name"]}, "data": {"mine": "yes"}})
    report = wait_for("an event", lambda: not agent.hands_over(2) and events(agent, "WindowNotPersisted"), SECONDS)[0]
    assert report["regarding"]["name"] == NAME and window["metadata"]["name"] in report["note"] and "delete or rename" in report["note"]
    assert agent.api.get(path) == theirs

    agent.api.delete(path)
    wait_for("an acknowledged bucket", lambda: agent.hands_over(2), SECONDS)
    assert json.loads(agent.api.get(path)["data"]["window.json"])["rows"] == ROWS


def events(agent: Agent, reason: str) -> list[dict]:
    return [each for each in agent.api.list(f"/apis/events.k8s.io/v1/namespaces/{NAMESPACE}/events") if each["reason"] == reason]
