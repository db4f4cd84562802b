"""Watches of the whole cluster, shared by all simulated worlds: each hears of its own namespace."""

from __future__ import annotations

import threading
import time
from typing import Callable

import urllib3

from .api import APPS, BATCH, CORE, Api, ApiError

PATHS = {"jobs": f"{BATCH}/jobs", "deployments": f"{APPS}/deployments", "pods": f"{CORE}/pods"}
Hear = Callable[[str, dict], None]


class Feed:
    """Tells subscribers of every state that it sees of a resource's objects; deletions it does not tell."""

    def __init__(self, make_api: Callable[[], Api]):
        self._make_api = make_api
        self._lock = threading.Lock()
        self._subscribers: dict[str, Hear] = {}
        self._stopped = False
        for resource, path in PATHS.items():
            threading.Thread(target=self._follow, args=(resource, path), daemon=True, name=f"feed of {resource}").start()

    def subscribe(self, namespace: str, hear: Hear) -> None:
        with self._lock:
            self._subscribers[namespace] = hear

    def unsubscribe(self, namespace: str) -> None:
        with self._lock:
            self._subscribers.pop(namespace, None)

    def stop(self) -> None:
        self._stopped = True

    def _follow(self, resource: str, path: str) -> None:
        api = self._make_api()
        while not self._stopped:
            try:
                for event in api.watch(path):
                    if self._stopped:
                        return
                    if event["type"] in ("ADDED", "MODIFIED"):
                        self._tell(resource, event["object"])
            except (ApiError, urllib3.exceptions.HTTPError):
                # The API server may be restarted by a test; a new watch begins with all there is.
                time.sleep(0.2)

    def _tell(self, resource: str, seen: dict) -> None:
        with self._lock:
            hear = self._subscribers.get(seen["metadata"]["namespace"])
        if hear:
            hear(resource, seen)
