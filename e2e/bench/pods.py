"""1000 Pods from JSON into memory: the operator's cache against the Python client and whole documents."""

import copy
import gc
import json
import tempfile
import time
import tracemalloc
from importlib.metadata import version
from pathlib import Path

from kubernetes import client

from .measure import GYRE, Figures, Program, interleave, progress, report

PODS = 1000


def container(name: str, number: int) -> dict:
    return {
        "name": name, "image": f"registry.example.com/team/{name}:1.{number}",
        "args": ["serve", "--port=8000", f"--shard={number}"],
        "env": [{"name": f"SETTING_{i}", "value": f"value-{number}-{i}"} for i in range(8)],
        "ports": [{"name": "http", "containerPort": 8000, "protocol": "TCP"}],
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}},
        "volumeMounts": [{"name": "model", "mountPath": "/mnt/models", "readOnly": True},
                         {"name": "kube-api-access", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8000, "scheme": "HTTP"}, "periodSeconds": 10},
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8000, "scheme": "HTTP"}, "periodSeconds": 5},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
    }


def container_status(name: str, number: int) -> dict:
    return {"name": name, "ready": True, "started": True, "restartCount": number % 3,
            "image": f"registry.example.com/team/{name}:1.{number}",
            "imageID": f"registry.example.com/team/{name}@sha256:{number:064x}",
            "containerID": f"containerd://{number:064x}", "lastState": {},
            "state": {"running": {"startedAt": "2026-01-01T10:00:05Z"}}}


def managed_fields(manager: str, part: dict) -> dict:
    """As the API server writes them: every field once more, as a name."""
    def names(value):
        if isinstance(value, dict):
            return {f"f:{key}": names(each) for key, each in value.items()}
        return {}
    return {"manager": manager, "operation": "Update", "apiVersion": "v1", "time": "2026-01-01T10:00:00Z",
            "fieldsType": "FieldsV1", "fieldsV1": names(part)}


def pod(number: int) -> dict:
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": f"digits-{number % 40}",
             "uid": f"00000000-0000-4000-8000-{number % 40:012x}", "controller": True, "blockOwnerDeletion": True}
    spec = {
        "containers": [container("server", number), container("gyre-agent", number)],
        "initContainers": [container("fetch", number)], "nodeName": f"node-{number % 50}",
        "serviceAccountName": "default", "serviceAccount": "default", "restartPolicy": "Always",
        "schedulerName": "default-scheduler", "dnsPolicy": "ClusterFirst", "terminationGracePeriodSeconds": 30,
        "securityContext": {}, "priority": 0, "enableServiceLinks": True, "preemptionPolicy": "PreemptLowerPriority",
        "tolerations": [{"key": f"node.kubernetes.io/{why}", "operator": "Exists", "effect": "NoExecute",
                         "tolerationSeconds": 300} for why in ("not-ready", "unreachable")],
        "volumes": [{"name": "model", "emptyDir": {}},
                    {"name": "kube-api-access", "projected": {"defaultMode": 420, "sources": [
                        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}]}}],
    }
    status = {
        "phase": "Running", "podIP": f"10.1.{number // 250}.{number % 250}", "hostIP": "10.0.0.1",
        "qosClass": "Burstable", "startTime": "2026-01-01T10:00:00Z",
        "conditions": [{"type": kind, "status": "True", "lastProbeTime": None,
                        "lastTransitionTime": "2026-01-01T10:00:06Z"}
                       for kind in ("PodScheduled", "Initialized", "ContainersReady", "Ready")],
        "containerStatuses": [container_status("server", number), container_status("gyre-agent", number)],
        "initContainerStatuses": [container_status("fetch", number)],
    }
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": f"digits-{number % 40}-{number:05x}", "namespace": f"team-{number % 10}",
                     "uid": f"00000000-0000-4000-9000-{number:012x}", "resourceVersion": str(100_000 + number),
                     "generateName": f"digits-{number % 40}-", "creationTimestamp": "2026-01-01T10:00:00Z",
                     "labels": {"app.kubernetes.io/name": "digits", "gyre.dev/revision": f"digits-{number % 40}",
                                "pod-template-hash": f"{number % 40:08x}"},
                     "annotations": {"prometheus.io/scrape": "true", "prometheus.io/port": "9095"},
                     "ownerReferences": [owner],
                     "managedFields": [managed_fields("kube-controller-manager", {"spec": copy.deepcopy(spec)}),
                                       managed_fields("kubelet", {"status": copy.deepcopy(status)})]},
        "spec": spec, "status": status,
    }


def traced(keep) -> int:
    """Bytes that stay allocated; measured apart, because tracing is slow."""
    gc.collect()
    tracemalloc.start()
    kept = keep()
    gc.collect()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    if len(kept) != PODS:
        raise SystemExit(f"kept {len(kept)} objects instead of {PODS}")
    return used


def run() -> list[str]:
    lines = [json.dumps(pod(number), separators=(",", ":")) for number in range(PODS)]
    size = sum(map(len, lines)) / PODS
    progress(f"{PODS} pods of {size / 1024:.1f} KiB of JSON")
    api = client.ApiClient()

    def with_client() -> list:
        return [api.deserialize(line, "V1Pod", "application/json") for line in lines]

    def with_dicts() -> list:
        return [json.loads(line) for line in lines]

    python_bytes = {keep: traced(keep) for keep in (with_client, with_dicts)}

    def python(keep) -> Figures:
        start = time.perf_counter()
        kept = keep()
        seconds = time.perf_counter() - start
        return {"µs/object": seconds / len(kept) * 1e6, "bytes/object": python_bytes[keep] / PODS}

    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        with Program("pods_bench", file.name) as program:
            def native(what: str) -> Figures:
                answer = program.measure(what)
                if answer["objects"] != PODS:
                    raise SystemExit(f"kept {answer['objects']} objects instead of {PODS}")
                return {"µs/object": answer["seconds"] / PODS * 1e6, "bytes/object": answer["bytes"] / PODS}

            raw = interleave({
                GYRE: lambda: native("cache"),
                "kubernetes client": lambda: python(with_client),
                "Python dicts": lambda: python(with_dicts),
                "nlohmann documents": lambda: native("dom"),
            })
    return [report("pods", f"{PODS} Pods of {size / 1024:.1f} KiB of JSON into memory, one thread",
                   {"µs/object": "lower", "bytes/object": "lower"}, raw,
                   {"kubernetes": version("kubernetes"), "nlohmann-json": "the one Gyre is built with"})]
