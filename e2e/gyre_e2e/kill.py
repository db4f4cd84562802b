"""SIGKILL for the operator: on the local cluster containers are processes of this machine; elsewhere its pods are
deleted without a grace period, which comes close."""

import json
import os
import pathlib
import re
import signal

from .cluster import kubectl
from .install import NAMESPACE

PROGRAM = "gyre-operator"


def kill_operators(count: int | None = None) -> None:
    """Kills `count` operators, or all. Their pods are replaced: a container that is killed again and again would be
    made to wait longer each time by the kubelet."""
    by_uid = {pod["metadata"]["uid"]: pod["metadata"]["name"] for pod in pods()}
    victims = {uid: pid for uid, pid in processes().items() if uid in by_uid} or dict.fromkeys(by_uid)
    for uid, pid in list(victims.items())[:count]:
        if pid:
            os.kill(pid, signal.SIGKILL)
        kubectl("-n", NAMESPACE, "delete", "pod", by_uid[uid], "--grace-period=0", "--force", "--wait=false")


def pods() -> list[dict]:
    return json.loads(kubectl("-n", NAMESPACE, "get", "pods", "-l", "app.kubernetes.io/component=operator", "-o", "json").stdout)["items"]


def processes() -> dict[str, int]:
    """The operator's processes by the UID of their pod."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text().strip() != PROGRAM:
                continue
            if uid := re.search(r"/pod([0-9a-f-]{36})/", (folder / "cgroup").read_text()):
                found[uid[1]] = int(folder.name)
        except OSError:
            continue  # It has ended meanwhile.
    return found
