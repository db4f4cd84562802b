"""No replica is up: what docs/availability.md promises for that time, and that all heals afterwards. And an update, which nobody notices."""

import json
import threading

import pytest
import yaml

from gyre_e2e import samples
from gyre_e2e.cluster import ROOT, Namespace, is_true, kubectl, phase, wait_for
from gyre_e2e.install import NAMESPACE

TRAINER = "docker.io/gyre/trainer:dev"
ASK = """
import json, sys, urllib.request, digits
rows = digits.live_rows().head(20)[digits.FEATURES].to_dict("records")
request = urllib.request.Request("http://digits-fastapi/predict", json.dumps({"instances": rows}).encode(), {"Content-Type": "application/json"})
print(len(json.load(urllib.request.urlopen(request, timeout=30))["predictions"]))
"""


def scale(replicas: int) -> None:
    kubectl("-n", NAMESPACE, "scale", "deployment/gyre-operator", f"--replicas={replicas}")
    if replicas:
        kubectl("-n", NAMESPACE, "rollout", "status", "deployment/gyre-operator", "--timeout=180s")
        # A node learns of ready endpoints a moment after the Deployment does.
        trial = json.dumps(samples.training_job("trial", suspend=True))
        wait_for("the webhooks to be reached", lambda: kubectl("create", "--dry-run=server", "-f", "-", stdin=trial, check=False).returncode == 0, 30)
        return
    selector = ("-n", NAMESPACE, "get", "pods", "-l", "app.kubernetes.io/component=operator", "-o", "name")
    wait_for("all replicas to go", lambda: kubectl(*selector).stdout == "", 90)
    endpoints = ("-n", NAMESPACE, "get", "endpointslices", "-l", "kubernetes.io/service-name=gyre-webhooks", "-o",
                 "jsonpath={.items[*].endpoints[*].addresses}")
    wait_for("the webhooks' endpoints to go", lambda: kubectl(*endpoints).stdout == "", 60)


@pytest.fixture(scope="module")
def served(namespace):
    """A version, served by two pods of a plain server."""
    namespace.apply_sample("digits/storage.yaml")
    namespace.run_pod("rows-initial", TRAINER, ["python", "/app/rows.py", "/data/labelled/initial.csv", "initial"], claim="models")
    job = yaml.safe_load((ROOT / "samples/digits/bad-training-job.yaml").read_text())
    job["metadata"]["name"] = "digits-first"
    job["spec"]["parameters"] = {"c": "0.1"}
    job["spec"]["output"]["model"]["gates"] = [{"metric": "accuracy", "min": 0.9}]
    namespace.apply(json.dumps(job))
    namespace.wait_for_object("TrainingJob", "digits-first", "to succeed", lambda o: phase(o) == "Succeeded", 180)
    namespace.apply_sample("digits/inference-service-fastapi.yaml")
    return namespace.wait_for_object("InferenceService", "digits-fastapi", "to be Ready", lambda o: is_true(o, "Ready"), 240)


@pytest.fixture(scope="module")
def doomed():
    """A namespace with objects of ours, which goes while nobody is there."""
    space = Namespace("gyre-doomed")
    space.recreate()
    space.apply(json.dumps(samples.training_job("waits", suspend=True)))
    return space


@pytest.fixture(scope="module")
def away(served, doomed):
    scale(0)
    yield
    scale(2)


def test_requests_are_served(namespace, away):
    namespace.run_pod("ask", TRAINER, ["sh", "-c", f"cd /app && python -c '{ASK}'"])
    assert namespace.logs("ask").strip().splitlines()[-1] == "20"


def test_creations_and_changes_are_refused_and_say_why(namespace, away):
    created = namespace.kubectl("apply", "-f", "-", stdin=json.dumps(samples.training_job("late")), check=False)
    patch = json.dumps({"spec": {"predictor": {"minReplicas": 2}}})
    changed = namespace.kubectl("patch", "inferenceservice", "digits-fastapi", "--type=merge", "-p", patch, check=False)
    for done in (created, changed):
        assert done.returncode != 0
        assert 'failed calling webhook "validate.gyre.dev"' in done.stderr and "gyre-webhooks" in done.stderr, done.stderr


def test_deletions_work_and_namespaces_go(away, doomed):
    doomed.kubectl("delete", "trainingjob", "waits", "--timeout=20s")
    kubectl("delete", "namespace", doomed.name, "--wait", "--timeout=60s")


def test_the_rest_of_the_cluster_is_not_concerned(namespace, away):
    namespace.kubectl("create", "configmap", "unrelated", "--from-literal=a=b")


def test_what_was_broken_meanwhile_is_healed(namespace, served, away):
    [deployment] = json.loads(namespace.kubectl("get", "deployments", "-o", "json").stdout)["items"]
    namespace.kubectl("delete", "service", "digits-fastapi", "--wait")
    scale(2)
    wait_for("the Service to be back", lambda: namespace.kubectl("get", "service", "digits-fastapi", check=False).returncode == 0, 60)
    namespace.wait_for_object("InferenceService", "digits-fastapi", "to be Ready", lambda o: is_true(o, "Ready"), 120)
    namespace.apply(json.dumps(samples.training_job("on-time", suspend=True)))
    now = json.loads(namespace.kubectl("get", "deployments", "-o", "json").stdout)["items"]
    assert [each["metadata"]["uid"] for each in now] == [deployment["metadata"]["uid"]]


def test_an_update_refuses_nobody(namespace, served):
    trial = json.dumps(samples.training_job("trial", suspend=True))
    pods = ("-n", NAMESPACE, "get", "pods", "-l", "app.kubernetes.io/component=operator", "-o", "name")
    old = set(kubectl(*pods).stdout.split())
    answers: list[str] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            done = kubectl("-n", namespace.name, "create", "--dry-run=server", "-f", "-", stdin=trial, check=False)
            answers.append("" if done.returncode == 0 else done.stderr)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        kubectl("-n", NAMESPACE, "rollout", "restart", "deployment/gyre-operator")
        kubectl("-n", NAMESPACE, "rollout", "status", "deployment/gyre-operator", "--timeout=180s")
        wait_for("the old replicas to go", lambda: not old & set(kubectl(*pods).stdout.split()), 90)
    finally:
        is_over.set()
        asking.join()
    assert len(answers) > 10 and not any(answers), f"{len(answers)} asked; {[each for each in answers if each]}"
