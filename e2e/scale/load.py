"""What is created: TrainingJobs, and InferenceServices of a model each namespace has one of."""

from __future__ import annotations

import threading
import time
from itertools import zip_longest
from typing import Callable, Iterator

import urllib3
from harness.api import CORE, GYRE, ApiError
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


class Creation:
    """Creates all of it while it is used as a context, as fast as the API server takes it from a few clients."""

    def __init__(self, plane: ScalePlane, namespaces: list[str], trainings: int, services: int):
        self.done = 0
        self.seconds = 0.0
        self._api = plane.api()
        self._namespaces = namespaces
        self._all = interleaved(trainings, services)
        self._failure: Exception | None = None
        self._lock = threading.Lock()
        self._clients = [threading.Thread(target=self._create, daemon=True, name="client") for _ in range(CLIENTS)]

    def __enter__(self) -> Creation:
        self._began = time.monotonic()
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._all = iter(())
        for client in self._clients:
            client.join()

    def check(self) -> None:
        if self._failure:
            raise self._failure

    def _create(self) -> None:
        try:
            while found := self._next():
                resource, make, number = found
                self._api.create(f"{GYRE}/namespaces/{self._namespaces[number % len(self._namespaces)]}/{resource}", make(number))
                with self._lock:
                    self.done += 1
                    self.seconds = time.monotonic() - self._began
        except (ApiError, urllib3.exceptions.HTTPError) as error:
            self._failure = error

    def _next(self) -> tuple[str, Make, int] | None:
        with self._lock:
            return next(self._all, None)
