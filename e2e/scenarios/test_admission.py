"""What is wrong is refused at `kubectl apply`, with the field's name and what to write instead."""

import json

import pytest

from gyre_e2e import samples


def at(obj: dict, path: str, value) -> dict:
    *parents, last = path.split(".")
    part = obj
    for step in parents:
        part = part[int(step)] if step.isdigit() else part.setdefault(step, {})
    part[int(last) if last.isdigit() else last] = value
    return obj


GOOD = [samples.training_job("good"), samples.experiment("good"), samples.inference_service("good"),
        samples.drift_monitor("good"), samples.model_version("good")]

BAD = {
    "an unknown field": (at(samples.training_job("bad"), "spec.numNode", 2), ["numNode", "unknown field"]),
    "a wrong type": (at(samples.training_job("bad"), "spec.numNodes", "two"), ["spec.numNodes", "integer"]),
    "a step that analyses by an analysis that is not defined": (
        at(samples.inference_service("bad"), "spec.rollout", {"steps": [{"analysis": {}}]}),
        ["spec.rollout", "no analysis is defined"]),
    "a weight of 130": (at(samples.inference_service("bad"), "spec.rollout.steps.0.setWeight", 130), ["setWeight", "100"]),
    "negative replicas": (at(samples.inference_service("bad"), "spec.predictor.minReplicas", -1), ["spec.predictor.minReplicas", "0"]),
    "a typo inside the pod template": (
        at(samples.training_job("bad"), "spec.template.spec.containers.0.imagee", "x"), ["spec.template.spec.containers[0].imagee"]),
    "an empty search space": (at(samples.experiment("bad"), "spec.parameters", []), ["spec.parameters"]),
    "a categorical parameter without values": (
        at(samples.experiment("bad"), "spec.parameters.0", {"name": "x", "parameterType": "categorical", "feasibleSpace": {"list": []}}),
        ["spec.parameters[0].feasibleSpace.list"]),
    "bounds the wrong way round": (
        at(samples.experiment("bad"), "spec.parameters.0.feasibleSpace", {"min": "2", "max": "1"}), ["spec.parameters[0].feasibleSpace"]),
    "a parameter that is not in the space": (
        at(samples.experiment("bad"), "spec.trialTemplate.trialParameters.0.reference", "y"),
        ["spec.trialTemplate.trialParameters[0].reference", "y"]),
    "a placeholder that nobody defines": (
        at(samples.experiment("bad"), "spec.trialTemplate.trainingJob.template.spec.containers.0.command.2", "echo ${trialParameters.z}"),
        ["trialParameters.z"]),
    "a window shorter than its bucket": (
        at(samples.drift_monitor("bad"), "spec.window", {"duration": "10s", "bucket": "1m"}), ["spec.window", "shorter than bucket"]),
    "a trainer that is called something else": (
        at(samples.training_job("bad"), "spec.template.spec.containers.0.name", "main"), ["spec.template.spec.containers", "trainer"]),
    "a storage scheme that is not built": (
        at(samples.training_job("bad"), "spec.output", {"uri": "s3://bucket/x"}), ["spec.output.uri", "pvc://"]),
}


@pytest.mark.parametrize("obj", GOOD, ids=lambda o: o["kind"])
def test_good_objects_are_accepted(namespace, obj):
    namespace.kubectl("apply", "--dry-run=server", "-f", "-", stdin=json.dumps(obj))


@pytest.mark.parametrize("sentence", BAD)
def test_bad_objects_are_refused_with_what_to_write(namespace, sentence):
    obj, words = BAD[sentence]
    done = namespace.kubectl("apply", "--dry-run=server", "-f", "-", stdin=json.dumps(obj), check=False)
    assert done.returncode != 0, f"{sentence} was accepted"
    for word in words:
        assert word in done.stderr, f"{sentence}: the message does not say {word!r}: {done.stderr}"


def test_immutable_fields_cannot_be_changed(namespace):
    namespace.apply(json.dumps(samples.training_job("fixed", suspend=True)))
    changed = at(samples.training_job("fixed", suspend=True), "spec.template.spec.containers.0.command.2", "echo other")
    done = namespace.kubectl("apply", "-f", "-", stdin=json.dumps(changed), check=False)
    assert done.returncode != 0
    assert "spec.template" in done.stderr and "cannot be changed" in done.stderr
    namespace.apply(json.dumps(samples.training_job("fixed", suspend=False)))


def test_explain_tells_what_fields_mean(namespace):
    told = namespace.kubectl("explain", "inferenceservice.spec.rollout.steps").stdout
    assert "Percent of requests that the canary gets" in told
