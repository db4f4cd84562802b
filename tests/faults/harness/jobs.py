"""The Job controller, and the kubelet under Jobs' pods."""

from __future__ import annotations

from typing import Callable

from . import pods
from .api import BATCH, CORE, Api, ApiError
from .collector import Collector
from .script import Script, argument

INDEX = "batch.kubernetes.io/job-completion-index"
# Where the simulated kubelet finds what a pod's container printed.
LOG = "gyre.dev/simulated-log"


class Jobs:
    def __init__(self, api: Api, namespace: str, script: Script, collector_port: int, later: Callable[..., None]):
        self._api = api
        self._script = script
        self._later = later
        self._collector = Collector(api, namespace, collector_port)
        self._pods = f"{CORE}/namespaces/{namespace}/pods"
        self._jobs = f"{BATCH}/namespaces/{namespace}/jobs"
        self._known: set[str] = set()

    def see(self, job: dict) -> None:
        uid = job["metadata"]["uid"]
        if uid in self._known or job["spec"].get("suspend") or "deletionTimestamp" in job["metadata"]:
            return
        self._known.add(uid)
        self._later(lambda: self._start(job))

    # With a node, deleting a pod only asks; the kubelet then stops it and says so.
    def see_pod(self, pod: dict) -> None:
        if "deletionTimestamp" in pod["metadata"]:
            self._api.delete(f"{self._pods}/{pod['metadata']['name']}", gracePeriodSeconds=0,
                             preconditions={"uid": pod["metadata"]["uid"]})

    def _start(self, job: dict) -> None:
        size = job["spec"].get("completions", 1)
        names = [f"{job['metadata']['name']}-{index}" for index in range(size)]
        if not self._set_status(job, {"startTime": pods.now(), "active": size, "ready": 0}):
            return
        for index, name in enumerate(names):
            notes = {INDEX: str(index)}
            if "gyre.dev/training-job" in job["metadata"]["labels"]:
                notes[LOG] = self._script.log(job)
            namespace = job["metadata"]["namespace"]
            self._try(lambda: self._api.create(self._pods, pods.make(name, namespace, job["spec"]["template"], job, "Job", "batch/v1", notes)))
        self._later(lambda: self._run(job, names))

    def _run(self, job: dict, names: list[str]) -> None:
        for name in names:
            self._update_pod(name, lambda pod: pods.running(pod))
        self._set_status(job, {"active": len(names), "ready": len(names)})
        if not self._script.is_endless(job):
            self._later(lambda: self._end(job, names))

    def _end(self, job: dict, names: list[str]) -> None:
        if baseline := self._script.baseline if argument(job, "--baseline-digest") else "":
            # Only once it is delivered has the Job done its work; the worker tries until then.
            if not self._collector.deliver(names[0], argument(job, "--name"), baseline):
                self._later(lambda: self._end(job, names))
                return
        ending = self._script.ending(job)
        for name in names:
            self._update_pod(name, lambda pod: pods.ended(pod, ending.exit_codes, ending.messages))
        self._later(lambda: self._finish(job, names, bool(ending.exit_codes)))

    def _finish(self, job: dict, names: list[str], failed: bool) -> None:
        done = {"active": 0, "ready": 0, "succeeded": 0 if failed else len(names), "failed": len(names) if failed else 0}
        before, after = ("FailureTarget", "Failed") if failed else ("SuccessCriteriaMet", "Complete")
        why = {"reason": "BackoffLimitExceeded", "message": "Job has reached the specified backoff limit"} if failed else {}
        first = {"type": before, "status": "True", "lastTransitionTime": pods.now(), **why}
        # As the controller does it: what decides is said while pods still count, the end once they do not.
        self._set_status(job, {"conditions": [first]})
        last = {"type": after, "status": "True", "lastTransitionTime": pods.now(), **why}
        end = {} if failed else {"completionTime": pods.now(), "completedIndexes": indexes(len(names))}
        if job["spec"].get("completionMode") != "Indexed":
            end.pop("completedIndexes", None)
        self._set_status(job, {**done, **end, "conditions": [first, last]})

    def _set_status(self, job: dict, status: dict) -> bool:
        body = {"metadata": {"uid": job["metadata"]["uid"]}, "status": status}
        return self._try(lambda: self._api.patch(f"{self._jobs}/{job['metadata']['name']}/status", body))

    def _update_pod(self, name: str, status: Callable[[dict], dict]) -> None:
        pod = self._api.find(f"{self._pods}/{name}")
        if pod:
            body = {"metadata": {"uid": pod["metadata"]["uid"]}, "status": status(pod)}
            self._try(lambda: self._api.patch(f"{self._pods}/{name}/status", body))

    # Somebody may delete anything at any time, and then there is nothing more to do for it.
    @staticmethod
    def _try(act: Callable[[], object]) -> bool:
        try:
            act()
        except ApiError as error:
            if not error.is_about_another:
                raise
            return False
        return True


def indexes(count: int) -> str:
    return "0" if count == 1 else f"0-{count - 1}"
