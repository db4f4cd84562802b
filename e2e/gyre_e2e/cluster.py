"""A namespace of a real cluster, seen through kubectl and the official Kubernetes client."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import time
from typing import Any, Callable

import kubernetes

ROOT = pathlib.Path(__file__).resolve().parents[2]
GROUP, VERSION = "gyre.dev", "v1alpha1"
PLURALS = {
    "Experiment": "experiments",
    "TrainingJob": "trainingjobs",
    "ModelVersion": "modelversions",
    "InferenceService": "inferenceservices",
    "DriftMonitor": "driftmonitors",
}


class GaveUp(AssertionError):
    """Something did not happen in time; the message says what was seen instead."""


def kubectl(*args: str, stdin: str | None = None, check: bool = True) -> subprocess.CompletedProcess:
    done = subprocess.run(["kubectl", *args], input=stdin, capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"kubectl {' '.join(args)}: {done.stderr.strip()}")
    return done


def with_image_prefix(manifest: str) -> str:
    """The samples name docker.io/gyre/x:dev; another cluster pulls them from where IMAGE_PREFIX says."""
    prefix = os.environ.get("GYRE_IMAGE_PREFIX", "docker.io/gyre")
    return re.sub(r"docker\.io/gyre", prefix, manifest)


def wait_for(what: str, look: Callable[[], Any], seconds: float = 120, every: float = 0.5) -> Any:
    """Looks until the answer is truthy; a GaveUp names what never came."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise GaveUp(f"{what}: not within {seconds:.0f} s")
        time.sleep(every)


class Namespace:
    def __init__(self, name: str):
        kubernetes.config.load_kube_config()
        self.name = name
        self.objects = kubernetes.client.CustomObjectsApi()
        self.core = kubernetes.client.CoreV1Api()

    def recreate(self) -> None:
        self.delete()
        kubectl("create", "namespace", self.name)
        kubectl("label", "namespace", self.name, "pod-security.kubernetes.io/enforce=restricted")
        wait_for("its default service account", lambda: self.kubectl("get", "sa", "default", check=False).returncode == 0)

    def delete(self) -> None:
        kubectl("delete", "namespace", self.name, "--ignore-not-found", "--wait", "--timeout=120s")

    def kubectl(self, *args: str, stdin: str | None = None, check: bool = True) -> subprocess.CompletedProcess:
        return kubectl("-n", self.name, *args, stdin=stdin, check=check)

    def apply(self, manifest: str) -> None:
        self.kubectl("apply", "-f", "-", stdin=with_image_prefix(manifest))

    def apply_sample(self, path: str) -> None:
        self.apply((ROOT / "samples" / path).read_text())

    def get(self, kind: str, name: str) -> dict | None:
        try:
            return self.objects.get_namespaced_custom_object(GROUP, VERSION, self.name, PLURALS[kind], name)
        except kubernetes.client.ApiException as error:
            if error.status == 404:
                return None
            raise

    def list(self, kind: str, selector: str = "") -> list[dict]:
        found = self.objects.list_namespaced_custom_object(GROUP, VERSION, self.name, PLURALS[kind], label_selector=selector)
        return found["items"]

    def wait_for_object(self, kind: str, name: str, what: str, holds: Callable[[dict], Any], seconds: float = 120) -> dict:
        """Waits until the object holds; gives up with its last status in the message."""
        seen: dict = {}

        def look() -> dict | None:
            nonlocal seen
            seen = self.get(kind, name) or {}
            return seen if seen and holds(seen) else None

        try:
            return wait_for(f"{kind} {name}: {what}", look, seconds)
        except GaveUp as error:
            raise GaveUp(f"{error}; its status is {json.dumps(seen.get('status'), indent=1)}") from None

    def run_pod(self, name: str, image: str, command: list[str], claim: str | None = None, wait: bool = True) -> None:
        """Runs a command in a restricted pod, with the claim at /data; waits until it has succeeded."""
        volumes = [{"name": "tmp", "emptyDir": {}}]
        mounts = [{"name": "tmp", "mountPath": "/tmp"}]
        if claim:
            volumes.append({"name": "data", "persistentVolumeClaim": {"claimName": claim}})
            mounts.append({"name": "data", "mountPath": "/data"})
        container = {
            "name": "main", "image": image, "command": command, "volumeMounts": mounts,
            "imagePullPolicy": "IfNotPresent",
            "securityContext": {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}},
        }
        pod = {
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
            "spec": {
                "restartPolicy": "Never", "volumes": volumes, "containers": [container], "terminationGracePeriodSeconds": 5,
                "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "fsGroup": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
            },
        }
        self.apply(json.dumps(pod))
        if wait:
            phase = wait_for(f"pod {name} to end", lambda: self.pod_phase(name) in ("Succeeded", "Failed") and self.pod_phase(name), 180)
            if phase != "Succeeded":
                raise GaveUp(f"pod {name} failed: {self.logs(name)}")

    def pod_phase(self, name: str) -> str:
        return self.core.read_namespaced_pod(name, self.name).status.phase

    def logs(self, pod: str) -> str:
        return self.kubectl("logs", pod, "-c", "main", check=False).stdout

    def stop_pod(self, name: str) -> str:
        """Ends a pod gently, and returns what it had printed."""
        logs = self.logs(name)
        self.kubectl("delete", "pod", name, "--wait", "--ignore-not-found")
        return logs


def condition(obj: dict, kind: str) -> dict:
    """The condition of that type, or an empty one."""
    for each in obj.get("status", {}).get("conditions", []):
        if each["type"] == kind:
            return each
    return {"status": "Unknown", "reason": "", "message": ""}


def is_true(obj: dict, kind: str) -> bool:
    return condition(obj, kind)["status"] == "True"


def phase(obj: dict) -> str:
    return obj.get("status", {}).get("phase", "")
