"""The reference scenarios: all five kinds, each through its life."""

from __future__ import annotations

import json

from harness.scenario import Scenario, Step, View
from harness.script import Script, digest

API_VERSION = "gyre.dev/v1alpha1"
CLAIM = "pvc://models"


def made(kind: str, name: str, spec: dict) -> dict:
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name}, "spec": spec}


def trainer(env: list[dict] | None = None) -> dict:
    container = {"name": "trainer", "image": "docker.io/gyre/trainer:dev"}
    return {"spec": {"containers": [container | ({"env": env} if env else {})]}}


def version(name: str, number: str, gates: list[dict] | None = None, **more) -> dict:
    """A ModelVersion that somebody made by hand; `number` makes its bytes differ from the others'."""
    return made("ModelVersion", name, {
        "model": "digits", "artifact": {"uri": f"{CLAIM}/{name}", "format": "sklearn", "manifestDigest": digest(f"manifest {number}")},
        "evaluationRows": {"predictionsDigest": digest("predictions"), "evaluationDigest": digest("evaluation")},
        "evaluations": [{"metric": "accuracy", "value": 0.95, "n": 100}], "gates": gates or [], **more,
    })


def all_approved(view: View) -> bool:
    versions = view.list("modelversions")
    return bool(versions) and all(each.get("status", {}).get("phase") == "Approved" for each in versions)


# An attempt fails, the next succeeds and publishes; what it made is verified, judged and approved. Beside it one that is
# suspended and resumed, and one that deletes itself.
TRAINING = Scenario(
    name="training",
    objects=[
        made("TrainingJob", "digits", {
            "framework": "torch", "numNodes": 2, "seed": 1, "parameters": {"c": "0.1"},
            "datasets": [{"name": "train", "uri": f"{CLAIM}/labelled"}],
            "output": {"uri": f"{CLAIM}/published", "model": {"name": "digits", "gates": [{"metric": "accuracy", "min": 0.5}]}},
            "runPolicy": {"backoffLimit": 1}, "template": trainer(),
        }),
        made("TrainingJob", "paused", {"template": trainer()}),
        made("TrainingJob", "passing", {"template": trainer(), "runPolicy": {"ttlSecondsAfterFinished": 1}}),
    ],
    script=Script(failing={"digits": 1}, endless=frozenset({"paused"})),
    steps=(
        Step(when=lambda view: view.phase("trainingjobs", "paused") == "Running",
             do=lambda view: view.patch("trainingjobs", "paused", {"spec": {"suspend": True}})),
        Step(when=lambda view: view.phase("trainingjobs", "paused") == "Suspended",
             do=lambda view: view.patch("trainingjobs", "paused", {"spec": {"suspend": False}})),
    ),
    is_done=lambda view: (view.phase("trainingjobs", "digits") == "Succeeded" and view.phase("trainingjobs", "paused") == "Succeeded"
                          and not view.find("trainingjobs", "passing") and not view.find("jobs", "passing-0") and all_approved(view)),
)

# The artifact cannot be read at first; a gate passes; a person approves. Another version fails its gate.
VERSION = Scenario(
    name="version",
    objects=[version("digits-manual", "1", gates=[{"metric": "accuracy", "min": 0.9}], approval={"mode": "Manual"}),
             version("digits-weak", "2", gates=[{"metric": "accuracy", "min": 0.99}])],
    script=Script(unreadable={"digits-manual": 1}),
    steps=(Step(when=lambda view: view.phase("modelversions", "digits-manual") == "AwaitingApproval",
                do=lambda view: view.patch("modelversions", "digits-manual",
                                           {"spec": {"approval": {"approved": {"digest": digest("manifest 1")}}}})),),
    is_done=lambda view: (view.phase("modelversions", "digits-manual") == "Approved"
                          and view.phase("modelversions", "digits-weak") == "Rejected"),
)

# A grid of three points, two at a time; one trial fails; the best is handed over.
EXPERIMENT = Scenario(
    name="experiment",
    objects=[made("Experiment", "search", {
        "objective": {"metric": "accuracy", "type": "maximize"}, "algorithm": {"algorithmName": "grid"},
        "parameters": [{"name": "C", "parameterType": "int", "feasibleSpace": {"min": "1", "max": "3"}}],
        "parallelTrialCount": 2, "maxTrialCount": 3, "maxFailedTrialCount": 1,
        "trialTemplate": {
            "trialParameters": [{"name": "regularization", "reference": "C"}],
            "trainingJob": {"parameters": {"c": "${trialParameters.regularization}"}, "output": {"uri": f"{CLAIM}/published"},
                            "runPolicy": {"backoffLimit": 0}, "template": trainer()},
        },
        "onSuccess": {"createModelVersion": {"name": "digits"}},
    })],
    script=Script(failing={"search-1": 1}),
    is_done=lambda view: view.phase("experiments", "search") == "Succeeded" and all_approved(view),
)

SERVING = {
    "model": {"name": "digits"}, "protocol": "v2",
    "predictor": {"minReplicas": 1, "template": {"spec": {"containers": [{"name": "server", "image": "docker.io/gyre/mlserver:dev"}]}}},
}


def is_serving(view: View, model_version: str) -> bool:
    status = view.find("inferenceservices", "digits").get("status", {})
    return (status.get("phase") == "Ready" and "rollout" not in status
            and status.get("stable", {}).get("modelVersion") == model_version and status["stable"].get("readyReplicas") == 1)


# A first version is served. A second is compared with it on the same rows, tried beside it, and takes over.
SERVICE = Scenario(
    name="service",
    objects=[
        version("digits-1", "1"),
        made("InferenceService", "digits", SERVING | {"rollout": {"steps": [{"setWeight": 50}, {"setWeight": 100}]}}),
    ],
    steps=(Step(when=lambda view: is_serving(view, "digits-1"),
                do=lambda view: view.create(version("digits-2", "2", gates=[{"metric": "accuracy", "vs": "Champion"}]))),),
    is_done=lambda view: is_serving(view, "digits-2"),
)

CATEGORIES = {"name": "colour", "type": "categorical", "categories": ["red", "green"], "edges": [], "min": 0, "max": 0, "mean": 0, "stddev": 0}
BASELINE = json.dumps({"version": "gyre.baseline/v1", "rows": 1000, "features": [CATEGORIES | {"counts": [900, 100, 0, 0]}],
                       "predictions": []})


def is_retrained(view: View) -> bool:
    status = view.find("driftmonitors", "digits").get("status", {})
    name = status.get("episode", {}).get("trainingJob", "")
    # The last thing it says: that no rows come any more.
    rests = any(each["type"] == "DataFresh" and each["status"] == "False" for each in status.get("conditions", []))
    return bool(name) and rests and view.phase("trainingjobs", name) == "Succeeded" and all_approved(view) and is_serving(view, "digits-1")


# Rows drift from what the served version was trained on; labelled rows are pinned, and a training on them is made. The
# service stays with its version.
DRIFT = Scenario(
    name="drift",
    objects=[
        version("digits-1", "1", baselineProfile={"uri": f"{CLAIM}/digits-1/baseline.json", "digest": digest(BASELINE)}),
        made("InferenceService", "digits", SERVING | {"model": {"name": "digits", "version": 1}}),
        made("DriftMonitor", "digits", {
            "targetRef": {"kind": "InferenceService", "name": "digits"},
            "window": {"duration": "2s", "bucket": "2s", "allowedLateness": "8s", "minRows": 100},
            "decision": {"nOfM": [1, 1], "clearAfter": 1, "datasetRule": {"weightedShare": 0.5}},
            "retrain": {
                "dataset": {"name": "train", "uri": f"{CLAIM}/labelled", "timeColumn": "at", "afterOnset": 100, "snapshotUri": f"{CLAIM}/snapshots"},
                "trainingJob": {"output": {"uri": f"{CLAIM}/published", "model": {"name": "digits"}}, "template": trainer()},
            },
        }),
    ],
    script=Script(baseline=BASELINE, drifted={
        "modelVersion": "digits-1", "baselineDigest": digest(BASELINE), "monitor": "digits",
        "counts": {"rows": 1000, "features": [{"name": "colour", "counts": [100, 900, 0, 0]}], "predictions": []},
    }),
    is_done=is_retrained,
    # A bucket that an agent could not hand over while the operator was away may come as late as the monitor lets it.
    settled_seconds=9,
)

SCENARIOS = {each.name: each for each in (TRAINING, VERSION, EXPERIMENT, SERVICE, DRIFT)}
