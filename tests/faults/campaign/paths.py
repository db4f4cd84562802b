"""Places in an object: ("spec", "steps", 0, "setWeight")."""

import copy
from typing import Any

ABSENT = object()


def text(path: tuple) -> str:
    """As error messages write it: spec.steps[0].setWeight."""
    out = ""
    for step in path:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else step
    return out


def get(part: Any, path: tuple) -> Any:
    """What is at `path`, or ABSENT."""
    for step in path:
        there = isinstance(part, list) and isinstance(step, int) and step < len(part) or isinstance(part, dict) and step in part
        if not there:
            return ABSENT
        part = part[step]
    return part


def resolve(part: Any, path: tuple) -> tuple | None:
    """The same path by the first items of lists that lead to the last step's parent; nothing when none does."""
    if len(path) == 1:
        return path
    step = path[0]
    if isinstance(part, list):
        found = (resolve_below(part, index, path) for index in range(len(part)))
        return next((way for way in found if way), None)
    return resolve_below(part, step, path) if isinstance(part, dict) and step in part else None


def resolve_below(part: Any, step: Any, path: tuple) -> tuple | None:
    below = resolve(part[step], path[1:])
    return (step, *below) if below else None


def put(part: Any, path: tuple, value: Any) -> None:
    for step in path[:-1]:
        part = part.setdefault(step, {}) if isinstance(part, dict) else part[step]
    if value is ABSENT:
        del part[path[-1]]
    else:
        part[path[-1]] = copy.deepcopy(value)
