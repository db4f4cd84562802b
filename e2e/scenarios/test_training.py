"""TrainingJobs on real pods: they finish, fail, retry, stop, and publish exactly once."""

import json

import pytest

from gyre_e2e import samples
from gyre_e2e.cluster import condition, is_true, kubectl, phase, wait_for
from gyre_e2e.install import NAMESPACE
from gyre_e2e.kill import kill_operators

PUBLISH = """
set -e
mkdir -p $GYRE_OUTPUT_DIR/model
echo weights > $GYRE_OUTPUT_DIR/model/weights.bin
echo '{"accuracy": 0.93}' > $GYRE_OUTPUT_DIR/metrics.json
printf 'a,prediction\\n1,0\\n2,1\\n3,1\\n' > $GYRE_OUTPUT_DIR/baseline.csv
echo accuracy=0.93
"""


@pytest.fixture(scope="module", autouse=True)
def storage(namespace):
    namespace.apply_sample("digits/storage.yaml")


def finished(namespace, name, seconds=120):
    return namespace.wait_for_object("TrainingJob", name, "to finish", lambda o: phase(o) in ("Succeeded", "Failed"), seconds)


def test_a_training_succeeds_and_kubectl_can_wait_for_it(namespace):
    namespace.apply(json.dumps(samples.training_job("plain", "echo loss=0.5; echo loss=0.25")))
    namespace.kubectl("wait", "--for=condition=Complete", "trainingjob/plain", "--timeout=90s")
    done = namespace.get("TrainingJob", "plain")
    assert phase(done) == "Succeeded"
    assert {"name": "loss", "value": "0.25"} in done["status"]["metrics"], "the last value of a metric counts"
    assert done["status"]["observedGeneration"] == done["metadata"]["generation"]


def test_output_is_published_and_becomes_one_model_version(namespace):
    job = samples.training_job("publishing", PUBLISH, output={"uri": "pvc://models/published", "model": {
        "name": "tiny", "gates": [{"metric": "accuracy", "min": 0.9}]}})
    namespace.apply(json.dumps(job))
    done = finished(namespace, "publishing")
    assert phase(done) == "Succeeded", condition(done, "Failed")
    name = done["status"]["modelVersion"]
    version = namespace.wait_for_object("ModelVersion", name, "to be Approved", lambda o: phase(o) == "Approved")
    assert version["spec"]["artifact"]["manifestDigest"] == done["status"]["output"]["manifestDigest"]
    assert version["spec"]["lineage"]["trainingJob"]["uid"] == done["metadata"]["uid"]
    assert version["status"]["version"] == 1
    assert is_true(version, "Ready") and is_true(version, "Verified")
    assert len(namespace.list("ModelVersion")) == 1
    namespace.kubectl("delete", "trainingjob", "publishing")
    assert namespace.get("ModelVersion", name), "a version outlives the training that made it"


def test_a_version_below_its_gate_is_rejected_with_the_figures(namespace):
    job = samples.training_job("weak", PUBLISH, output={"uri": "pvc://models/published", "model": {
        "name": "weak", "gates": [{"metric": "accuracy", "min": 0.99}, {"metric": "recall", "min": 0.1}]}})
    namespace.apply(json.dumps(job))
    name = finished(namespace, "weak")["status"]["modelVersion"]
    version = namespace.wait_for_object("ModelVersion", name, "to be judged", lambda o: phase(o) in ("Approved", "Rejected"))
    assert phase(version) == "Rejected"
    results = {verdict["metric"]: verdict["result"] for verdict in version["status"]["verdicts"]}
    assert results == {"accuracy": "Failed", "recall": "Failed"}, "a missing metric fails closed"
    assert "0.99" in json.dumps(version["status"])


def test_failures_are_retried_up_to_the_limit_and_named(namespace):
    namespace.apply(json.dumps(samples.training_job("failing", "echo boom; exit 3", runPolicy={"backoffLimit": 1})))
    done = finished(namespace, "failing", 180)
    assert phase(done) == "Failed"
    said = condition(done, "Failed")["message"]
    assert "3" in said and "trainer" in said, said
    jobs = json.loads(namespace.kubectl("get", "jobs", "-l", "gyre.dev/training-job=failing", "-o", "json").stdout)["items"]
    assert len(jobs) == 2, "one attempt and one retry"


def test_a_retry_can_succeed(namespace):
    script = 'if [ "$GYRE_ATTEMPT" = 0 ]; then exit 1; fi; echo loss=0.1'
    namespace.apply(json.dumps(samples.training_job("second-try", script)))
    done = finished(namespace, "second-try", 180)
    assert phase(done) == "Succeeded" and done["status"]["attempt"] == 1


def test_torch_pods_get_their_rendezvous(namespace):
    script = 'echo "nodes=$PET_NNODES"; echo "rank=$PET_NODE_RANK"; test -n "$MASTER_ADDR" && test -d /dev/shm && for i in $(seq 30); do getent hosts "$MASTER_ADDR" && exit 0; sleep 1; done; exit 1'
    namespace.apply(json.dumps(samples.training_job("torch", script, framework="torch", numNodes=2, runPolicy={"backoffLimit": 0})))
    done = finished(namespace, "torch")
    assert phase(done) == "Succeeded", condition(done, "Failed")
    assert {"name": "nodes", "value": "2"} in done["status"]["metrics"]


def test_suspend_stops_and_resumes(namespace):
    namespace.apply(json.dumps(samples.training_job("pausing", 'if [ "$GYRE_ATTEMPT" = 0 ]; then sleep 600; fi; echo ok=1')))
    namespace.wait_for_object("TrainingJob", "pausing", "to run", lambda o: phase(o) == "Running")
    namespace.kubectl("patch", "trainingjob", "pausing", "--type=merge", "-p", '{"spec": {"suspend": true}}')
    namespace.wait_for_object("TrainingJob", "pausing", "to be suspended", lambda o: phase(o) == "Suspended")
    wait_for("its pods to go", lambda: not json.loads(
        namespace.kubectl("get", "pods", "-l", "gyre.dev/training-job=pausing", "-o", "json").stdout)["items"], 90)
    namespace.kubectl("patch", "trainingjob", "pausing", "--type=merge", "-p", '{"spec": {"suspend": false}}')
    assert phase(finished(namespace, "pausing")) == "Succeeded"


def test_a_deadline_ends_a_training(namespace):
    namespace.apply(json.dumps(samples.training_job("late", "sleep 600", runPolicy={"activeDeadlineSeconds": 3})))
    done = finished(namespace, "late")
    assert condition(done, "Failed")["reason"] == "DeadlineExceeded"


def test_a_finished_training_removes_itself_when_told_to(namespace):
    namespace.apply(json.dumps(samples.training_job("fleeting", runPolicy={"ttlSecondsAfterFinished": 2})))
    wait_for("it to have come", lambda: namespace.get("TrainingJob", "fleeting"), 10)
    wait_for("it to be gone", lambda: namespace.get("TrainingJob", "fleeting") is None, 120)


def test_a_foreign_job_of_the_same_name_is_reported_and_left_alone(namespace):
    foreign = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "taken-0"}, "spec": {"suspend": True, "template": {
        "spec": {**samples.pod_template(["true"])["spec"], "restartPolicy": "Never"}}}}
    namespace.apply(json.dumps(foreign))
    namespace.apply(json.dumps(samples.training_job("taken")))
    stalled = namespace.wait_for_object("TrainingJob", "taken", "to say so", lambda o: is_true(o, "Stalled"))
    assert "taken-0" in condition(stalled, "Stalled")["message"]
    job = json.loads(namespace.kubectl("get", "job", "taken-0", "-o", "json").stdout)
    assert not job["metadata"].get("ownerReferences")


def test_killing_the_operator_changes_nothing(namespace):
    namespace.apply(json.dumps(samples.training_job("survivor", "sleep 5; " + PUBLISH, output={"uri": "pvc://models/published", "model": {"name": "survivor"}})))
    for _ in range(3):
        kill_operators()
        wait_for("an operator again", lambda: kubectl("-n", NAMESPACE, "rollout", "status", "deployment/gyre-operator", "--timeout=60s", check=False).returncode == 0)
    done = finished(namespace, "survivor", 180)
    assert phase(done) == "Succeeded" and done["status"].get("attempt", 0) == 0
    jobs = json.loads(namespace.kubectl("get", "jobs", "-l", "gyre.dev/training-job=survivor", "-o", "json").stdout)["items"]
    assert len(jobs) == 1
    versions = [v for v in namespace.list("ModelVersion") if v["spec"]["model"] == "survivor"]
    assert len(versions) == 1
