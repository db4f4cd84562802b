"""Services on real pods with real data: MLServer and a plain FastAPI container, rollouts, commands, protection."""

import json

import pytest
import yaml

from gyre_e2e.cluster import ROOT, condition, is_true, phase, wait_for

TRAINER = "docker.io/gyre/trainer:dev"

ASK_BOTH = """
import json, urllib.request, digits
rows = digits.live_rows().head(50)[digits.FEATURES]
def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=30))
v2 = post("http://digits/v2/models/digits/infer", {"inputs": [
    {"name": "predict", "shape": list(rows.shape), "datatype": "FP64", "data": rows.to_numpy().ravel().tolist()}]})
plain = post("http://digits-fastapi/predict", {"instances": rows.to_dict("records")})
print(json.dumps({"v2": v2["outputs"][0]["data"], "plain": plain["predictions"]}))
"""

ASK_PLAIN_FOR_A_WHILE = """
import json, time, urllib.request, digits
rows = digits.live_rows()[digits.FEATURES]
end, at = time.time() + 45, 0
while time.time() < end:
    batch = rows.iloc[at:at + 20].to_dict("records")
    at = (at + 20) % (len(rows) - 20)
    request = urllib.request.Request("http://digits-fastapi/predict", json.dumps({"instances": batch}).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=30).read()
    time.sleep(0.2)
"""


def sample(path: str) -> dict:
    return yaml.safe_load((ROOT / "samples" / "digits" / path).read_text())


def training(name: str, gates: list[dict], **parameters) -> dict:
    job = sample("bad-training-job.yaml")
    job["metadata"]["name"] = name
    job["spec"]["parameters"] = {"c": "0.1", **parameters}
    job["spec"]["output"]["model"]["gates"] = gates
    return job


def train(namespace, job: dict) -> dict:
    """Trains, waits for the verdict, and returns the version."""
    namespace.apply(json.dumps(job))
    name = job["metadata"]["name"]
    done = namespace.wait_for_object("TrainingJob", name, "to finish", lambda o: phase(o) in ("Succeeded", "Failed"), 180)
    assert phase(done) == "Succeeded", condition(done, "Failed")
    return namespace.wait_for_object(
        "ModelVersion", done["status"]["modelVersion"], "to be judged", lambda o: phase(o) in ("Approved", "Rejected"), 180)


def command(namespace, identity: str, action: str) -> None:
    patch = {"spec": {"rolloutCommand": {"id": identity, "action": action}}}
    namespace.kubectl("patch", "inferenceservice", "digits", "--type=merge", "-p", json.dumps(patch))


@pytest.fixture(scope="module")
def first(namespace):
    """Version 1, served by MLServer and by FastAPI."""
    namespace.apply_sample("digits/storage.yaml")
    namespace.run_pod("rows-initial", TRAINER, ["python", "/app/rows.py", "/data/labelled/initial.csv", "initial"], claim="models")
    version = train(namespace, training("digits-first", [{"metric": "accuracy", "min": 0.9}]))
    service = sample("inference-service.yaml")
    service["spec"]["rollout"]["steps"] = [{"setWeight": 20}, {"pause": {}}]
    service["spec"]["rollout"].pop("analysis")
    namespace.apply(json.dumps(service))
    namespace.apply_sample("digits/inference-service-fastapi.yaml")
    for name in ("digits", "digits-fastapi"):
        namespace.wait_for_object("InferenceService", name, "to be Ready", lambda o: is_true(o, "Ready"), 240)
    return version


def test_both_servers_answer_alike(namespace, first):
    namespace.run_pod("ask-both", TRAINER, ["sh", "-c", f"cd /app && python -c '{ASK_BOTH}'"])
    answers = json.loads(namespace.logs("ask-both").strip().splitlines()[-1])
    assert answers["v2"] == answers["plain"] and len(answers["v2"]) == 50


def test_a_plain_server_is_profiled_by_its_json_paths(namespace, first):
    monitor = sample("drift-monitor.yaml")
    monitor["metadata"]["name"] = "plain"
    monitor["spec"]["targetRef"]["name"] = "digits-fastapi"
    monitor["spec"].pop("retrain")
    namespace.apply(json.dumps(monitor))
    namespace.run_pod("ask-plain", TRAINER, ["sh", "-c", f"cd /app && python -c '{ASK_PLAIN_FOR_A_WHILE}'"], wait=False)
    seen = namespace.wait_for_object(
        "DriftMonitor", "plain", "to judge a window", lambda o: o["status"].get("lastWindow", {}).get("verdict") in ("NoDrift", "Drift"), 120)
    assert seen["status"]["lastWindow"]["verdict"] == "NoDrift"
    assert seen["status"]["lastWindow"]["rows"] >= 200


def test_a_champion_behind_a_plain_server_is_asked(namespace, first):
    gates = [{"metric": "accuracy", "vs": "Champion", "inferenceService": "digits-fastapi", "margin": 0.05}]
    version = train(namespace, training("digits-second", gates, scaler="minmax"))
    verdict = version["status"]["verdicts"][0]
    assert verdict["champion"] == first["metadata"]["name"]
    assert verdict["result"] in ("Superior", "NonInferior"), verdict
    assert verdict["championValue"] > 0.9 and verdict["n"] > 200


def test_the_new_version_becomes_a_canary_and_waits_at_its_pause(namespace, first):
    service = namespace.wait_for_object("InferenceService", "digits", "to pause its canary", lambda o: phase(o) == "Paused", 240)
    assert service["status"]["stable"]["modelVersion"] == first["metadata"]["name"]
    assert {t["effective"] for t in service["status"]["traffic"]} == {80, 20}
    assert is_true(service, "Ready")


def test_abort_goes_back_to_stable_and_is_remembered(namespace, first):
    command(namespace, "stop", "Abort")
    service = namespace.wait_for_object(
        "InferenceService", "digits", "to abort", lambda o: (o["status"].get("lastOutcome") or {}).get("result") == "Aborted" and not o["status"].get("canary"), 120)
    assert service["status"]["stable"]["modelVersion"] == first["metadata"]["name"]
    assert "stop" in service["status"]["commands"]


def test_retry_and_promote_bring_it_through_without_a_failed_request(namespace, first):
    namespace.run_pod("clients", TRAINER, ["python", "/app/traffic.py", "http://digits", "digits", "steady", "20", "2"], wait=False)
    wait_for("clients to send", lambda: namespace.logs("clients"), 60)
    command(namespace, "again", "Retry")
    namespace.wait_for_object("InferenceService", "digits", "to pause again", lambda o: phase(o) == "Paused", 240)
    command(namespace, "go", "Promote")
    service = namespace.wait_for_object(
        "InferenceService", "digits", "to promote", lambda o: o["status"]["stable"]["modelVersion"] != first["metadata"]["name"]
        and not o["status"].get("rollout"), 240)
    assert service["status"]["lastOutcome"]["result"] == "Promoted"
    lines = [json.loads(line) for line in namespace.stop_pod("clients").splitlines()[:-1]]
    outcomes = {outcome for line in lines for revision in line["revisions"].values() for outcome in revision}
    assert outcomes == {"ok"}


def test_a_version_in_use_cannot_be_deleted(namespace, first):
    served = namespace.get("InferenceService", "digits")["status"]["stable"]["modelVersion"]
    done = namespace.kubectl("delete", "modelversion", served, check=False)
    assert done.returncode != 0
    assert "digits" in done.stderr and "InferenceService" in done.stderr, done.stderr


def test_a_service_can_be_pinned_by_digest(namespace, first):
    digest = first["spec"]["artifact"]["manifestDigest"]
    patch = {"spec": {"model": {"digest": digest}, "rollout": {"steps": []}}}
    namespace.kubectl("patch", "inferenceservice", "digits", "--type=merge", "-p", json.dumps(patch))
    namespace.wait_for_object(
        "InferenceService", "digits", "to serve the pinned version", lambda o: o["status"]["stable"]["digest"] == digest, 240)
