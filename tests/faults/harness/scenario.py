"""What a user does, and when all is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from .api import Api
from .script import Script
from .state import path_of


class View:
    """A namespace as a user sees it, straight from the API server."""

    def __init__(self, api: Api, namespace: str):
        self.api = api
        self.namespace = namespace

    def find(self, resource: str, name: str) -> dict:
        """Empty when it does not exist."""
        return self.api.find(path_of(resource, self.namespace, name)) or {}

    def list(self, resource: str) -> list[dict]:
        return self.api.list(path_of(resource, self.namespace))

    def phase(self, resource: str, name: str) -> str:
        return self.find(resource, name).get("status", {}).get("phase", "")

    def create(self, each: dict) -> None:
        resource = each["kind"].lower() + "s"
        self.api.create(path_of(resource, self.namespace), each)

    def patch(self, resource: str, name: str, body: dict) -> None:
        self.api.patch(path_of(resource, self.namespace, name), body)

    def delete(self, resource: str, name: str) -> None:
        self.api.delete(path_of(resource, self.namespace, name), propagationPolicy="Background")


@dataclass(frozen=True)
class Step:
    when: Callable[[View], bool]
    do: Callable[[View], None]


@dataclass(frozen=True)
class Scenario:
    name: str
    objects: list[dict]
    is_done: Callable[[View], bool]
    script: Script = field(default_factory=Script)
    # In order; each once.
    steps: tuple[Step, ...] = ()
    # Without a write, once all is done, before it is believed.
    settled_seconds: float = 3
