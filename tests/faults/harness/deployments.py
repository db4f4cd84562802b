"""The Deployment controller, the kubelet under Deployments' pods, and the agent of each pod.

A Deployment's pods belong to it directly: the ReplicaSet in between is left out, because the operator never looks at it.
"""

from __future__ import annotations

import threading
import time
from typing import Callable

import urllib3

from . import pods
from .api import APPS, CORE, GYRE, Api, ApiError
from .collector import REVISION, SERVICE, Collector, idle_report
from .script import Script



class Deployments:
    def __init__(self, api: Api, namespace: str, script: Script, collector_port: int, later: Callable[..., None]):
        self._api = api
        self._namespace = namespace
        self._script = script
        self._port = collector_port
        self._later = later
        self._pods = f"{CORE}/namespaces/{namespace}/pods"
        self._deployments = f"{APPS}/namespaces/{namespace}/deployments"
        self._agents: dict[str, Agent] = {}
        self._seen: dict[str, int] = {}

    def see(self, deployment: dict) -> None:
        meta = deployment["metadata"]
        if self._seen.get(meta["uid"]) == meta["generation"] or "deletionTimestamp" in meta:
            return
        self._seen[meta["uid"]] = meta["generation"]
        self._later(lambda: self._scale(deployment))

    def stop(self) -> None:
        for agent in self._agents.values():
            agent.stop()

    def _scale(self, deployment: dict) -> None:
        replicas = deployment["spec"]["replicas"]
        name = deployment["metadata"]["name"]
        template = deployment["spec"]["template"]
        for index in range(replicas):
            wanted = pods.make(f"{name}-{index}", self._namespace, template, deployment, "Deployment", "apps/v1")
            self._make_pod(wanted)
        for pod in self._pods_of(deployment)[replicas:]:
            self._api.delete(f"{self._pods}/{pod['metadata']['name']}")
        self._later(lambda: self._become_ready(deployment))

    def _make_pod(self, pod: dict) -> None:
        try:
            self._api.create(self._pods, pod)
        except ApiError as error:
            if error.status != 409:
                raise

    def _pods_of(self, deployment: dict) -> list[dict]:
        labels = deployment["spec"]["selector"]["matchLabels"]
        found = self._api.list(self._pods, ",".join(f"{label}={value}" for label, value in labels.items()))
        return sorted(found, key=lambda pod: pod["metadata"]["name"])

    def _become_ready(self, deployment: dict) -> None:
        ready = 0
        for pod in self._pods_of(deployment):
            if "deletionTimestamp" in pod["metadata"]:
                continue
            ready += 1
            self._update(f"{self._pods}/{pod['metadata']['name']}/status", pod, pods.running(pod))
            if pod["metadata"]["uid"] not in self._agents:
                self._agents[pod["metadata"]["uid"]] = Agent(self._api.another(), self._namespace, self._port, pod, self._script)
        condition = {"type": "Available", "status": "True" if ready else "False", "reason": "Simulated",
                     "lastTransitionTime": pods.now(), "lastUpdateTime": pods.now()}
        status = {"observedGeneration": deployment["metadata"]["generation"], "replicas": ready, "updatedReplicas": ready,
                  "readyReplicas": ready, "availableReplicas": ready, "conditions": [condition]}
        self._update(f"{self._deployments}/{deployment['metadata']['name']}/status", deployment, status)

    def _update(self, path: str, of: dict, status: dict) -> None:
        try:
            self._api.patch(path, {"metadata": {"uid": of["metadata"]["uid"]}, "status": status})
        except ApiError as error:
            if not error.is_about_another:
                raise


class Agent:
    """An agent without requests: it takes routes, acknowledges them, and reports the rows that the script gives it."""

    def __init__(self, api: Api, namespace: str, port: int, pod: dict, script: Script):
        self._api = api
        self._pod = pod["metadata"]
        self._path = f"{CORE}/namespaces/{namespace}/pods/{self._pod['name']}"
        self._collector = Collector(api, namespace, port)
        self._script = script
        self._generation = 0
        self._sent_until = 0
        self._bucket: dict | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=f"agent of {self._pod['name']}")
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                # With its pod the agent goes.
                if not self._is_alive():
                    return
                self._sync()
            except (ApiError, urllib3.exceptions.HTTPError):
                pass
            self._stop.wait(0.5)

    def _is_alive(self) -> bool:
        pod = self._api.find(self._path)
        return bool(pod and pod["metadata"]["uid"] == self._pod["uid"] and "deletionTimestamp" not in pod["metadata"])

    def _sync(self) -> None:
        told = self._collector.sync(self._pod["name"], idle_report(self._pod["labels"], self._generation, wait_milliseconds=500))
        if not told:
            return
        if told.get("routes"):
            self._generation = told["routes"]["generation"]
        if told.get("bucketSeconds") and self._script.drifted:
            self._report(told["bucketSeconds"])

    # One bucket after the other, each again until it is answered for, as the real agent does.
    def _report(self, seconds: int) -> None:
        start = int(time.time()) // seconds * seconds - seconds
        if not self._bucket and start > self._sent_until and not self._is_detected():
            sequence = start // seconds
            self._bucket = {"sequence": sequence, "start": start, "seconds": seconds, **self._script.drifted["counts"]}
        if not self._bucket:
            return
        request = {"service": self._pod["labels"][SERVICE], "revision": self._pod["labels"][REVISION],
                   "modelVersion": self._script.drifted["modelVersion"], "baselineDigest": self._script.drifted["baselineDigest"],
                   "buckets": [self._bucket]}
        if self._bucket["sequence"] in self._collector.send_buckets(self._pod["name"], request):
            self._sent_until = self._bucket["start"]
            self._bucket = None

    # Clients come until the drift is seen, so that afterwards nothing moves.
    def _is_detected(self) -> bool:
        monitor = self._api.find(f"{GYRE}/namespaces/{self._pod['namespace']}/driftmonitors/{self._script.drifted['monitor']}")
        return "episode" in (monitor or {}).get("status", {})
