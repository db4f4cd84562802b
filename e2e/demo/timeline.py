"""Every transition of every object of the demo, as an outsider sees it through watches: time, object, what."""

import json
import pathlib
import threading
import time

import kubernetes

from gyre_e2e.cluster import GROUP, PLURALS, VERSION


class Timeline:
    def __init__(self, namespace: str, show):
        self.namespace, self.show = namespace, show
        self.started = time.time()
        self.entries: list[dict] = []
        self.seen: dict[tuple[str, str], dict] = {}
        self.lock = threading.Lock()
        for kind in PLURALS:
            threading.Thread(target=self.watch, args=(kind,), daemon=True).start()

    def watch(self, kind: str) -> None:
        api = kubernetes.client.CustomObjectsApi(kubernetes.client.ApiClient())
        while True:
            try:
                stream = kubernetes.watch.Watch().stream(
                    api.list_namespaced_custom_object, GROUP, VERSION, self.namespace, PLURALS[kind], timeout_seconds=300)
                for event in stream:
                    if event["type"] in ("ADDED", "MODIFIED"):
                        self.observe(kind, event["object"])
            except Exception as error:  # The watch is only our window on the world: look again.
                self.add("Demo", "timeline", f"watch of {kind} starts again: {type(error).__name__}", shown=False)
                time.sleep(1)

    def observe(self, kind: str, obj: dict) -> None:
        name = obj["metadata"]["name"]
        now = facts(kind, obj)
        with self.lock:
            before = self.seen.get((kind, name), {})
            self.seen[kind, name] = now
        for what, value in now.items():
            if value not in (None, "", before.get(what)):
                self.add(kind, name, f"{what} {value}")

    def add(self, kind: str, name: str, what: str, shown: bool = True) -> None:
        entry = {"time": time.time(), "seconds": round(time.time() - self.started, 1), "kind": kind, "name": name, "what": what}
        with self.lock:
            self.entries.append(entry)
        if shown:
            self.show(entry)

    def said(self, kind: str, what: str) -> list[dict]:
        with self.lock:
            return [entry for entry in self.entries if entry["kind"] == kind and entry["what"] == what]

    def write(self, path: pathlib.Path) -> None:
        with self.lock:
            path.write_text(json.dumps(self.entries, indent=1))


def facts(kind: str, obj: dict) -> dict:
    """What counts as a transition of this kind."""
    status = obj.get("status", {})
    out = {"is": status.get("phase")}
    for condition in status.get("conditions", []):
        if condition["type"] in ("DriftDetected", "RetrainPending", "Degraded", "Stalled", "FirstVersion"):
            out[condition["type"]] = condition["status"]
    if kind == "InferenceService":
        out["serves"] = (status.get("stable") or {}).get("modelVersion")
        out["tries"] = (status.get("canary") or {}).get("modelVersion")
        if status.get("canary"):
            out["sends the canary"] = f"{(status.get('rollout') or {}).get('weight', 0)} %"
        outcome = status.get("lastOutcome") or {}
        out["rollout"] = outcome.get("result")
    if kind == "Experiment":
        out["best"] = (status.get("currentOptimalTrial") or {}).get("value")
    if kind == "ModelVersion" and status.get("version"):
        out["is version"] = status["version"]
    if kind == "DriftMonitor" and status.get("lastWindow"):
        window = status["lastWindow"]
        out["window"] = f"{window['start'][11:19]} {window['verdict']}, {window['driftedFeatures']} features of {window['rows']} rows"
        out["reference"] = status.get("referenceModelVersion")
    return out
