"""The last good specs: the samples, with every optional part filled in, so that each field of the schema has a place."""

import copy
import dataclasses
import functools
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "samples" / "digits"
DIGEST = "sha256:" + "a" * 64
OTHER_DIGEST = "sha256:" + "b" * 64
# The status of a DriftMonitor that answers a drift.
DRIFTING = {"phase": "Drifting", "episode": {"start": "2026-01-01T00:00:00Z", "trigger": "0a1b2c3d", "referenceDigest": DIGEST}}

GATES = [{"metric": "accuracy", "min": 0.85, "max": 1.0},
         {"metric": "accuracy", "vs": "Champion", "inferenceService": "digits", "margin": 0.1, "confidence": 0.9,
          "test": "PairedBootstrap", "onInconclusive": "Pass"}]

# What may be changed after creation; everything else of these kinds may not. Kinds that are missing: all of the spec.
MUTABLE = {
    "TrainingJob": ("spec.suspend", "spec.runPolicy"),
    "Experiment": ("spec.suspend", "spec.parallelTrialCount", "spec.maxTrialCount", "spec.maxFailedTrialCount"),
    "ModelVersion": ("spec.approval",),
}
IMMUTABLE = {"DriftMonitor": ("spec.targetRef",)}


def is_mutable(kind: str, path: str) -> bool:
    """Whether a live object's field may be changed."""
    below = lambda parents: any(path == parent or path.startswith(parent + ".") for parent in parents)
    return below(MUTABLE[kind]) if kind in MUTABLE else not below(IMMUTABLE.get(kind, ()))


@dataclasses.dataclass(frozen=True, eq=False)
class Base:
    """A good object. Both merge patches of its spec are good too: `other` is the stop between two specs, and `live` lets an
    object come to rest where nobody sends requests."""
    kind: str
    label: str
    spec: dict
    other: dict
    live: dict = dataclasses.field(default_factory=dict)

    def object(self, name: str) -> dict:
        return {"apiVersion": "gyre.dev/v1alpha1", "kind": self.kind, "metadata": {"name": name},
                "spec": copy.deepcopy(self.spec)}


def merged(spec: dict, patch: dict) -> dict:
    """RFC 7386."""
    out = dict(spec)
    for name, value in patch.items():
        if value is None:
            out.pop(name, None)
        elif isinstance(value, dict) and isinstance(out.get(name), dict):
            out[name] = merged(out[name], value)
        else:
            out[name] = value
    return out


def sample(file: str) -> dict:
    return yaml.safe_load((SAMPLES / file).read_text())["spec"]


def training() -> dict:
    return merged(sample("bad-training-job.yaml"), {
        "framework": "torch", "numNodes": 2, "numProcPerNode": "1", "suspend": False,
        "datasets": [{"name": "train", "uri": "pvc://models/labelled", "digest": DIGEST}],
        "output": {"model": {"gates": GATES, "approval": {"mode": "Manual"}}},
        "runPolicy": {"backoffLimit": 1, "activeDeadlineSeconds": 3600, "ttlSecondsAfterFinished": 3600},
        "sharedMemory": {"sizeLimit": "64Mi"}})


def search() -> dict:
    return merged(sample("experiment.yaml"), {
        "objective": {"goal": 0.99}, "suspend": False,
        "parameters": [
            {"name": "C", "parameterType": "double",
             "feasibleSpace": {"min": "0.001", "max": "10", "distribution": "logUniform"}},
            {"name": "scaler", "parameterType": "categorical", "feasibleSpace": {"list": ["standard", "minmax"]}},
            {"name": "depth", "parameterType": "int", "feasibleSpace": {"min": "1", "max": "9", "step": "2"}}],
        "trialTemplate": {
            "trialParameters": [{"name": "regularization", "reference": "C", "description": "Inverse strength."},
                                {"name": "scaler", "reference": "scaler"}],
            "trainingJob": {"framework": "plain", "numNodes": 1, "numProcPerNode": "auto",
                            "sharedMemory": {"sizeLimit": "64Mi"}}},
        "onSuccess": {"createModelVersion": {"gates": GATES, "approval": {"mode": "Manual"}}}})


def version() -> dict:
    return {
        "model": "digits",
        "artifact": {"uri": "pvc://models/published/digits-0", "format": "sklearn", "manifestDigest": DIGEST},
        "lineage": {"trainingJob": {"name": "digits", "uid": "u1"}, "experiment": {"name": "search", "uid": "u2"},
                    "trigger": "t1", "datasets": [{"name": "train", "uri": "pvc://models/labelled", "digest": DIGEST}],
                    "image": "docker.io/gyre/trainer:dev", "parameters": {"c": "0.1"}, "seed": 1},
        "signature": {"inputs": [{"name": "x", "type": "double"}]},
        "baselineProfile": {"uri": "pvc://models/published/digits-0/baseline.json", "digest": DIGEST},
        "evaluationRows": {"predictionsDigest": DIGEST, "evaluationDigest": OTHER_DIGEST},
        "evaluations": [{"metric": "accuracy", "value": 0.95, "n": 400}],
        "gates": GATES,
        "approval": {"mode": "Manual", "approved": {"digest": DIGEST}},
    }


def service() -> dict:
    return merged(sample("inference-service.yaml"), {
        "model": {"version": 1}, "suspend": False, "predictor": {"timeoutSeconds": 30},
        "rolloutCommand": {"id": "first", "action": "Promote"},
        "rollout": {
            "strategy": "Canary", "revisionHistoryLimit": 3,
            "steps": [{"setWeight": 10}, {"pause": {"duration": "10s"}}, {"analysis": {}}, {"setWeight": 100}],
            "analysis": {"metrics": [{
                "name": "errors", "interval": "10s", "count": 2, "failureLimit": 0, "inconclusiveLimit": 10,
                "consecutiveErrorLimit": 2, "max": 0.02, "compareTo": "Stable", "maxRelativeIncrease": 0.2,
                "alpha": 0.05, "minSamples": 10, "provider": {"agent": {"metric": "error_rate"}}}]}}})


def monitor() -> dict:
    methods = [{"name": "js", "threshold": 0.3}, {"name": "psi"}]
    return merged(sample("drift-monitor.yaml"), {
        "source": {"type": "Agents"}, "suspend": False, "window": {"type": "Tumbling", "retention": "24h"},
        "features": [{"name": "px_0_0", "methods": methods, "weight": 2.0}, {"name": "px_0_1"}],
        "predictionDrift": {"methods": methods}, "decision": {"correction": "BH"}})


@functools.cache
def bases() -> tuple[Base, ...]:
    return (
        Base("TrainingJob", "torch", training(), {"runPolicy": {"backoffLimit": 7}}),
        Base("Experiment", "tpe", search(), {"maxFailedTrialCount": 5}),
        Base("ModelVersion", "manual", version(), {"approval": {"mode": "Auto"}}),
        Base("InferenceService", "runtime", service(), {"predictor": {"minReplicas": 3}}, {"rollout": {"steps": []}}),
        Base("InferenceService", "template", sample("inference-service-fastapi.yaml"), {"predictor": {"minReplicas": 3}}),
        Base("DriftMonitor", "retrain", monitor(), {"window": {"minRows": 77}}),
    )
