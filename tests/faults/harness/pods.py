"""Pods as the kubelet would report them."""

from __future__ import annotations

import datetime

NODE = "world"
IMAGE_ID = "docker.io/gyre/simulated@sha256:" + "ab" * 32


def now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def make(name: str, namespace: str, template: dict, owner: dict, kind: str, api_version: str, annotations: dict | None = None) -> dict:
    """A pod of a template, scheduled to the one node there is."""
    metadata = template.get("metadata", {})
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": name, "namespace": namespace, "labels": metadata.get("labels", {}),
            "annotations": {**metadata.get("annotations", {}), **(annotations or {})},
            "ownerReferences": [{"apiVersion": api_version, "kind": kind, "name": owner["metadata"]["name"],
                                 "uid": owner["metadata"]["uid"], "controller": True, "blockOwnerDeletion": True}],
        },
        "spec": {"serviceAccountName": "default", **template["spec"], "nodeName": NODE},
    }


def running(pod: dict) -> dict:
    """The status of a pod all of whose containers run; init containers that are no sidecars have ended."""
    def status(container: dict, is_init: bool) -> dict:
        runs = not is_init or container.get("restartPolicy") == "Always"
        state = {"running": {"startedAt": now()}} if runs else terminated(0, "")
        return _container(container, state, ready=True)

    return {
        "phase": "Running", "startTime": now(), "podIP": "127.0.0.1", "podIPs": [{"ip": "127.0.0.1"}],
        "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": now()},
                       {"type": "PodScheduled", "status": "True", "lastTransitionTime": now()}],
        "initContainerStatuses": [status(each, True) for each in pod["spec"].get("initContainers", [])],
        "containerStatuses": [status(each, False) for each in pod["spec"]["containers"]],
    }


def ended(pod: dict, exit_codes: dict[str, int], messages: dict[str, str]) -> dict:
    """The status of a pod all of whose containers have ended; 0 and no words where nothing else is said."""
    def status(container: dict) -> dict:
        name = container["name"]
        return _container(container, terminated(exit_codes.get(name, 0), messages.get(name, "")), ready=False)

    return {
        "phase": "Failed" if any(exit_codes.values()) else "Succeeded",
        "conditions": [{"type": "Ready", "status": "False", "reason": "PodCompleted", "lastTransitionTime": now()}],
        "initContainerStatuses": [status(each) for each in pod["spec"].get("initContainers", [])],
        "containerStatuses": [status(each) for each in pod["spec"]["containers"]],
    }


def terminated(exit_code: int, message: str) -> dict:
    return {"terminated": {"exitCode": exit_code, "reason": "Error" if exit_code else "Completed", "message": message,
                           "startedAt": now(), "finishedAt": now()}}


def _container(container: dict, state: dict, ready: bool) -> dict:
    return {"name": container["name"], "image": container["image"], "imageID": IMAGE_ID, "ready": ready, "restartCount": 0,
            "started": "running" in state, "state": state}
