"""Small objects that the scenarios apply: valid ones, which tests then change."""

import copy

RESTRICTED_POD = {"runAsNonRoot": True, "runAsUser": 65532, "fsGroup": 65532, "seccompProfile": {"type": "RuntimeDefault"}}
RESTRICTED_CONTAINER = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def kind(kind: str, name: str, spec: dict) -> dict:
    return {"apiVersion": "gyre.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def pod_template(command: list[str], image: str = "docker.io/gyre/trainer:dev", container: str = "trainer") -> dict:
    return {"spec": {
        "securityContext": dict(RESTRICTED_POD),
        "containers": [{"name": container, "image": image, "imagePullPolicy": "IfNotPresent", "command": command,
                        "securityContext": copy.deepcopy(RESTRICTED_CONTAINER)}],
    }}


def training_job(name: str, script: str = "echo accuracy=0.9", **spec) -> dict:
    """A TrainingJob whose container runs a shell script."""
    return kind("TrainingJob", name, {"template": pod_template(["sh", "-c", script]), **spec})


def experiment(name: str) -> dict:
    return kind("Experiment", name, {
        "objective": {"metric": "loss", "type": "minimize"},
        "algorithm": {"algorithmName": "random", "seed": 3},
        "parameters": [{"name": "x", "parameterType": "double", "feasibleSpace": {"min": "0", "max": "1"}}],
        "maxTrialCount": 3, "parallelTrialCount": 2,
        "trialTemplate": {
            "trialParameters": [{"name": "x", "reference": "x"}],
            "trainingJob": {"template": pod_template(["sh", "-c", "echo loss=${trialParameters.x}"])},
        },
    })


def inference_service(name: str) -> dict:
    return kind("InferenceService", name, {
        "model": {"name": "digits"}, "predictor": {"runtime": "mlserver", "minReplicas": 1},
        "rollout": {
            "steps": [{"setWeight": 20}, {"analysis": {}}],
            "analysis": {"metrics": [{"name": "errors", "max": 0.01, "provider": {"agent": {"metric": "error_rate"}}}]},
        },
    })


def drift_monitor(name: str) -> dict:
    return kind("DriftMonitor", name, {
        "targetRef": {"name": "digits"}, "window": {"duration": "10m", "bucket": "1m"},
        "features": [{"name": "px_0_0", "methods": [{"name": "psi", "threshold": 0.2}]}],
    })


def model_version(name: str) -> dict:
    digest = "sha256:" + "0" * 64
    return kind("ModelVersion", name, {
        "model": "digits", "artifact": {"uri": "pvc://models/nowhere", "manifestDigest": digest},
    })
