"""What is created: TrainingJobs, and InferenceServices of a model each namespace has one of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from typing import Callable, Iterator

from harness.api import CORE, GYRE
from harness.process import wait_for
from scenarios import CLAIM, made, trainer, version

from .plane import ScalePlane

CLIENTS = 8
MODEL = "digits"
CLAIM_NAME = CLAIM.removeprefix("pvc://")


def names(count: int) -> list[str]:
    return [f"team-{number}" for number in range(count)]


def prepare(plane: ScalePlane, namespaces: list[str], approval_seconds: float) -> None:
    """Namespaces with an approved version of a model each, in a claim that is bound."""
    api = plane.api()
    for name in namespaces:
        plane.make_namespace(name)
        size, modes = {"storage": "10Gi"}, ["ReadWriteMany"]
        volume = {"capacity": size, "accessModes": modes, "hostPath": {"path": "/nowhere"}, "storageClassName": "",
                  "claimRef": {"namespace": name, "name": CLAIM_NAME}}
        claim = {"accessModes": modes, "resources": {"requests": size}, "storageClassName": "", "volumeName": name}
        api.create(f"{CORE}/persistentvolumes", {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": volume})
        api.create(f"{CORE}/namespaces/{name}/persistentvolumeclaims",
                   {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": CLAIM_NAME}, "spec": claim})
        api.create(f"{GYRE}/namespaces/{name}/modelversions", version(f"{MODEL}-1", "1"))

    def are_approved() -> bool:
        plane.check()
        return all(each.get("status", {}).get("phase") == "Approved" for each in api.list(f"{GYRE}/modelversions"))

    wait_for("the models to be approved", are_approved, approval_seconds, every=1)


def training_job(number: int) -> dict:
    template = trainer()
    template["spec"]["containers"][0]["resources"] = {"limits": {"cpu": "1", "memory": "1Gi", "nvidia.com/gpu": "1"}}
    return made("TrainingJob", f"train-{number}", {"framework": "torch", "template": template})


def inference_service(number: int) -> dict:
    server = {"name": "server", "image": "docker.io/gyre/mlserver:dev", "resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}
    return made("InferenceService", f"serve-{number}", {
        "model": {"name": MODEL}, "protocol": "v2", "predictor": {"minReplicas": 1, "template": {"spec": {"containers": [server]}}}})


Make = Callable[[int], dict]


def interleaved(trainings: int, services: int) -> Iterator[tuple[str, Make, int]]:
    """What to create, both kinds all the time, so that neither waits for the other's end."""
    ratio = max(1, trainings // max(1, services))
    jobs = iter(range(trainings))
    for service, *group in zip_longest(range(services), *[jobs] * ratio):
        if service is not None:
            yield "inferenceservices", inference_service, service
        yield from (("trainingjobs", training_job, job) for job in group if job is not None)


def create_all(plane: ScalePlane, namespaces: list[str], trainings: int, services: int) -> None:
    """As fast as the API server takes them from a few clients."""
    api = plane.api()

    def create(resource: str, make: Make, number: int) -> None:
        api.create(f"{GYRE}/namespaces/{namespaces[number % len(namespaces)]}/{resource}", make(number))

    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in pool.map(lambda each: create(*each), interleaved(trainings, services)):
            pass
