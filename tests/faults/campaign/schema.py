"""The API server's view of our kinds: every field of crds/manifests, with where it stands."""

import dataclasses
import functools

import yaml

from .bases import ROOT

ITEM, ENTRY = 0, "extra"  # The first item of a list; a key of a map.


@dataclasses.dataclass(frozen=True)
class Field:
    path: tuple
    schema: dict
    required: bool

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(rule["rule"] for rule in self.schema.get("x-kubernetes-validations", ())
                     if rule["rule"] != "self == oldSelf")


@functools.cache
def crds() -> dict:
    """The CRDs by kind."""
    found = [yaml.safe_load(file.read_text()) for file in sorted((ROOT / "crds" / "manifests").glob("*.yaml"))]
    return {crd["spec"]["names"]["kind"]: crd for crd in found}


def plural(kind: str) -> str:
    return crds()[kind]["spec"]["names"]["plural"]


def spec_schema(kind: str) -> dict:
    return crds()[kind]["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]


def walk(schema: dict, path: tuple = ("spec",), required: bool = True):
    """Every field at and below `path`, parents first, in the manifest's order."""
    yield Field(path, schema, required)
    for name, below in schema.get("properties", {}).items():
        yield from walk(below, (*path, name), name in schema.get("required", ()))
    if "items" in schema:
        yield from walk(schema["items"], (*path, ITEM), False)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from walk(schema["additionalProperties"], (*path, ENTRY), False)
