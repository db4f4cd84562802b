"""The end of a run, with what differs from run to run taken out: UIDs, versions, times, addresses, secrets, and names that
follow from a UID or from the time."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from typing import Any

from .api import APPS, BATCH, CORE, GYRE, Api

RESOURCES = {
    "experiments": GYRE, "trainingjobs": GYRE, "modelversions": GYRE, "inferenceservices": GYRE, "driftmonitors": GYRE,
    "jobs": BATCH, "deployments": APPS, "controllerrevisions": APPS, "services": CORE, "configmaps": CORE, "secrets": CORE,
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
# Counted in seconds since the epoch.
CLOCKED = {"start", "lastSequence"}
# Of the API server's making.
UNSAID = {"podUID", "managedFields", "resourceVersion", "creationTimestamp", "uid", "clusterIP", "clusterIPs"}
HASH = "gyre.dev/applied-hash"  # Covers UIDs.


def path_of(resource: str, namespace: str, name: str = "") -> str:
    return f"{RESOURCES[resource]}/namespaces/{namespace}/{resource}" + (f"/{name}" if name else "")


def read_state(api: Api, namespace: str) -> dict[str, list]:
    """All that the operator and the user have made, by resource, in order."""
    found = {resource: api.list(path_of(resource, namespace)) for resource in RESOURCES}
    rename = _renaming(found, namespace)
    return {resource: _in_order(rename(_trimmed(resource, each)) for each in objects) for resource, objects in found.items()}


def differences(wanted: dict[str, list], got: dict[str, list]) -> list[str]:
    """What is missing, what is there besides, and a diff of what is not the same; nothing when the states are equal."""
    out = []
    for resource in RESOURCES:
        before, after = (_by_name(state[resource]) for state in (wanted, got))
        out += [f"missing: {resource} {name}" for name in before.keys() - after.keys()]
        out += [f"besides: {resource} {name}" for name in after.keys() - before.keys()]
        for name in sorted(before.keys() & after.keys()):
            texts = (json.dumps(each, indent=1, sort_keys=True).splitlines() for each in (before[name], after[name]))
            out += difflib.unified_diff(*texts, f"reference {resource} {name}", "this run", lineterm="", n=2)
    return out


def _by_name(objects: list[dict]) -> dict[str, dict]:
    """Those of one name, as windows are, are told apart by their place in the order of what they hold."""
    out: dict[str, dict] = {}
    for each in objects:
        name = each["metadata"]["name"]
        out[name if name not in out else f"{name} {len(out)}"] = each
    return out


def hash8(text: str) -> str:
    """As the operator makes it."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _renaming(found: dict[str, list], namespace: str):
    """Replaces each UID by whose it is, and each hash of one likewise."""
    names: dict[str, str] = {namespace: "<namespace>"}
    for monitor in found["driftmonitors"]:
        if trigger := monitor.get("status", {}).get("episode", {}).get("trigger"):
            names[trigger] = "<trigger>"
    for resource, objects in found.items():
        for each in objects:
            whose = each["metadata"]["name"]
            for old, new in list(names.items()):
                whose = whose.replace(old, new)
            names[each["metadata"]["uid"]] = f"<uid of {resource} {whose}>"
            names[hash8(each["metadata"]["uid"])] = f"<hash of {resource} {whose}>"
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))

    def rename(each: dict) -> dict:
        text = pattern.sub(lambda match: names[match[0]], json.dumps(each))
        # A name may be made of a renamed one: its own UID's words then hold it too.
        return json.loads(TIME.sub("<time>", pattern.sub(lambda match: names[match[0]], text)))

    return rename


def _trimmed(resource: str, each: dict) -> dict:
    each["metadata"].get("annotations", {}).pop(HASH, None)
    if resource == "secrets":
        each["data"] = sorted(each["data"])
    if resource == "configmaps":
        each["data"] = {key: _document(key, text) for key, text in each["data"].items()}
        if "window.json" in each["data"]:
            each["metadata"]["name"] = "<window>"
    # A list by type: in which order they came to be follows from what was seen first.
    if conditions := each.get("status", {}).get("conditions"):
        conditions.sort(key=lambda condition: condition["type"])
    return _without_unsaid(each)


def _document(key: str, text: str) -> Any:
    """A certificate is made anew in each run; what is JSON is compared as such."""
    return "<certificate>" if key == "ca.crt" else json.loads(text) if key.endswith(".json") else text


def _without_unsaid(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "<clock>" if key in CLOCKED and isinstance(each, int) else _without_unsaid(each)
                for key, each in value.items() if key not in UNSAID or isinstance(each, dict)}
    return [_without_unsaid(each) for each in value] if isinstance(value, list) else value


def _in_order(objects) -> list:
    """Each once: windows of equal rows differ in their time alone, and how many there were depends on it."""
    texts = sorted({json.dumps(each, sort_keys=True) for each in objects})
    return [json.loads(text) for text in texts]
