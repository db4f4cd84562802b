"""What became of an object: its children and its status, without what differs between any two of the same spec."""

import dataclasses
import json
import re
import time

from harness.api import APPS, BATCH, CORE, GYRE, Api

OWN = ("trainingjobs", "experiments", "modelversions", "inferenceservices", "driftmonitors")
CHILDREN = [(GYRE, plural) for plural in OWN] + [
    (BATCH, "jobs"), (APPS, "deployments"), (APPS, "controllerrevisions"), (CORE, "services"), (CORE, "configmaps")]
SETTLED_SECONDS = 1.5
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
# Of a status: how often and how a service came to be what it is; numbers that are given in turn.
HISTORY = ("observedGeneration", "attempt", "history", "lastOutcome", "routesGeneration", "version", "failedRevisions",
           "commands")
SET_BY_SERVER = ("clusterIP", "clusterIPs", "selector")


@dataclasses.dataclass(frozen=True)
class Picture:
    object: dict
    children: dict   # By kind and name.
    status: dict

    def condition(self, kind: str) -> dict:
        found = (c for c in self.object.get("status", {}).get("conditions", []) if c["type"] == kind)
        return next(found, {})

    def difference(self, other: "Picture") -> str:
        """Where the two first differ; empty when they do not."""
        return first_difference({"children": self.children, "status": self.status},
                                {"children": other.children, "status": other.status})

    def lacks(self, other: "Picture") -> str:
        """Where what the other's spec made is not here too."""
        made = {name: found for name, found in other.children.items() if name.startswith(("ControllerRevision", "Deployment"))}
        return first_difference({name: self.children.get(name) for name in made}, made)


def first_difference(a, b, path: str = "") -> str:
    if isinstance(a, dict) and isinstance(b, dict):
        found = (first_difference(a.get(name), b.get(name), f"{path}.{name}") for name in sorted({*a, *b}))
        return next((words for words in found if words), "")
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        found = (first_difference(x, y, f"{path}[{i}]") for i, (x, y) in enumerate(zip(a, b)))
        return next((words for words in found if words), "")
    return "" if a == b else f"{path.lstrip('.')}: {json.dumps(a)[:200]} / {json.dumps(b)[:200]}"


def controller_of(meta: dict) -> str | None:
    return next((owner["uid"] for owner in meta.get("ownerReferences", []) if owner.get("controller")), None)


def masked(value, root: str):
    """Without the root's name, UIDs and times."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False).replace(root, "NAME")
    return json.loads(TIME.sub("TIME", UUID.sub("UID", text)))


def child(found: dict, root: str) -> dict:
    meta = found["metadata"]
    labels = {name: value for name, value in meta.get("labels", {}).items() if not name.endswith("controller-uid")}
    notes = {name: value for name, value in meta.get("annotations", {}).items() if name != "gyre.dev/applied-hash"
             and not name.startswith("deployment.kubernetes.io/")}
    spec = {name: value for name, value in found.get("spec", {}).items()
            if name not in SET_BY_SERVER or name == "selector" and found["kind"] == "Service"}
    # How many routes there were before.
    data = {name: re.sub(r'"generation":\d+', '"generation":0', value) if name == "routes.json" else value
            for name, value in (found.get("data") or {}).items()}
    return masked({"labels": labels, "annotations": notes, "spec": spec, "data": data}, root)


def status(found: dict, root: str) -> dict:
    out = {name: value for name, value in found.get("status", {}).items() if name not in HISTORY}
    conditions = {c["type"]: {name: c.get(name) for name in ("status", "reason", "message")} for c in out.pop("conditions", [])}
    return masked({**out, "conditions": conditions}, root)


class Gallery:
    """Pictures of all objects of a namespace."""

    def __init__(self, api: Api, namespace: str):
        self._api = api
        self._namespace = namespace

    def _all(self) -> dict[str, dict]:
        out = {}
        for api, plural in CHILDREN:
            answer = self._api.get(f"{api}/namespaces/{self._namespace}/{plural}")
            for found in answer["items"]:
                out[found["metadata"]["uid"]] = {**found, "kind": answer["kind"].removesuffix("List")}
        return out

    def look(self) -> dict[str, Picture]:
        everything = self._all()
        roots = {uid: found for uid, found in everything.items() if not controller_of(found["metadata"])}
        below: dict[str, dict] = {uid: {} for uid in roots}
        for found in everything.values():
            uid = controller_of(found["metadata"])
            while uid in everything and uid not in roots:
                uid = controller_of(everything[uid]["metadata"])
            if uid in roots:
                root = roots[uid]["metadata"]["name"]
                key = f"{found['kind']} {found['metadata']['name'].replace(root, 'NAME')}"
                if not is_spare(found, roots[uid]):
                    below[uid][key] = child(found, root)
        return {found["metadata"]["name"]: Picture(found, below[uid], status(found, found["metadata"]["name"]))
                for uid, found in roots.items()}

    def settle(self, names: list[str], seconds: float) -> tuple[dict[str, Picture], list[str]]:
        """Waits until nobody writes any more and each of these was acted on in its last generation. Pictures of all, and those
        of the names that have not come to rest."""
        deadline = time.monotonic() + seconds
        before, since = None, time.monotonic()
        while True:
            now = {uid: found["metadata"]["resourceVersion"] for uid, found in self._all().items()}
            if now != before:
                before, since = now, time.monotonic()
            is_over = time.monotonic() > deadline
            if is_over or time.monotonic() - since >= SETTLED_SECONDS:
                pictures = self.look()
                late = [name for name in names if not is_observed(pictures[name].object)]
                if is_over or not late:
                    return pictures, late
            time.sleep(0.3)


def is_observed(found: dict) -> bool:
    status = found.get("status", {})
    # A rollout is quiet while the old pods drain.
    return status.get("observedGeneration") == found["metadata"]["generation"] and "rollout" not in status


def is_spare(found: dict, root: dict) -> bool:
    """A revision that a service keeps to go back to."""
    if found["kind"] != "ControllerRevision":
        return False
    kept = root.get("status", {})
    used = [kept.get(part, {}).get("revision") for part in ("stable", "canary")]
    return found["metadata"]["labels"].get("gyre.dev/revision") not in used
