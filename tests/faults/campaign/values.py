"""Good and bad values of a field by what its schema says, each with its meaning in words."""

import re
from typing import Any, Iterator

from .paths import ABSENT

ACCEPTED, REFUSED = "accepted", "refused"

# Good values of fields that are more than their pattern, by the end of their path; the pattern alone says nothing of meaning.
GOOD = [
    (r"artifact\.uri$", ["pvc://models/elsewhere/digits-1"]),
    (r"[uU]ri$", ["pvc://elsewhere", "pvc://elsewhere/deep/er"]),
    (r"[dD]igest$", ["sha256:" + "c" * 64]),
    (r"(duration|interval|bucket|allowedLateness|retention|cooldown)$", []),
    (r"custom\.path$", ["/v1/models:predict"]),
    (r"(features|prediction)$", ["$", "$.a[0].b[*]"]),
    (r"sizeLimit$", ["1Mi", "0.5Gi"]),
    (r"numProcPerNode$", ["auto", "2"]),
    (r"name$", ["other", "a-1"]),
    (r"model$", ["other"]),
]
BAD_DURATIONS = {"without a unit": "10", "with a word as its unit": "1 hour", "negative": "-5s", "in days": "1d",
                 "of no digits": "s", "longer than any clock": "9" * 25 + "h"}
TOO_BIG = 2**31
WRONG_TYPE = {"string": 7, "integer": "3", "number": "much", "boolean": "yes", "array": {"a": 1}, "object": "text"}

Case = tuple[str, Any, str]


def good_texts(path: str) -> list[str]:
    return next((values for end, values in GOOD if re.search(end, path)), [])


def is_duration(schema: dict) -> bool:
    return schema.get("pattern", "").endswith("ms)?$")


def texts(path: str, schema: dict) -> Iterator[Case]:
    if "enum" in schema:
        for value in schema["enum"]:
            yield f"is {value}", value, ACCEPTED
        yield "is none of its values", "Bogus", REFUSED
        yield "is one of its values in another case", schema["enum"][0].swapcase(), REFUSED
        yield "is empty", "", REFUSED
        return
    pattern, longest = schema.get("pattern"), schema.get("maxLength")
    if not pattern:
        yield "is in another script", "дрейф-漂移-🙂", ACCEPTED
        yield "is empty", "", REFUSED if schema.get("minLength") else ACCEPTED
        if longest:
            yield "is as long as it may be", "x" * longest, ACCEPTED
            yield "is too long", "x" * (longest + 1), REFUSED
        return
    for value in good_texts(path):
        yield f"is {value}", value, ACCEPTED
    yield "is empty", "", REFUSED
    yield "is in another script", "дрейф-漂移", REFUSED
    yield "has spaces and a line's end", "a b\n", REFUSED
    if is_duration(schema):
        for words, value in BAD_DURATIONS.items():
            yield f"is a duration {words}", value, REFUSED
    if longest:
        yield "is too long", good_texts(path)[0].ljust(longest + 1, "x") if good_texts(path) else "1" * longest + "s", REFUSED


def numbers(schema: dict) -> Iterator[Case]:
    low, high = (float(schema[name]) if name in schema else None for name in ("minimum", "maximum"))
    whole = schema["type"] == "integer"
    step = 1 if whole else 1e-9
    cast = int if whole else float
    if low is not None:
        yield "is the least it may be", cast(low), ACCEPTED
        yield "is just below the least", cast(low) - step, REFUSED
    if high is not None:
        yield "is the most it may be", cast(high), ACCEPTED
        yield "is just above the most", cast(high) + step, REFUSED
    if low is None and high is None:
        yield "is negative", -1, ACCEPTED
    if whole:
        yield "has a fraction", 1.5, REFUSED
        # Beyond int32 also where the schema names no bound; beyond int64 nowhere is a whole number.
        if schema.get("format") == "int32" and high is None:
            yield "is beyond 32 bits", TOO_BIG, REFUSED
        yield "is beyond 64 bits", 2**64, REFUSED
    elif high is None:
        yield "is huge", 1e300, ACCEPTED


def numbered(item: Any, index: int, key: str | None) -> Any:
    """Another item like this one: where a key tells items apart, with one of its own."""
    return {**item, key: f"{str(item[key])[:40]}-{index}"} if key else item


def lists(schema: dict, value: list) -> Iterator[Case]:
    keys = schema.get("x-kubernetes-list-map-keys")
    key = keys[0] if keys else None
    yield "is an empty list", [], REFUSED if schema.get("minItems") else ACCEPTED
    if not value:
        return
    if key:
        yield "has an item twice", [*value, value[0]], REFUSED
    yield "has an item that is null", [*value, None], REFUSED
    if "maxItems" in schema:
        most = schema["maxItems"]
        yield "has too many items", [numbered(value[0], index, key) for index in range(most + 1)], REFUSED


def maps(value: dict) -> Iterator[Case]:
    yield "has another entry", {**value, "another": "1"}, ACCEPTED
    yield "has a value that is no text", {**value, "another": 1}, REFUSED


def objects(schema: dict, value: dict) -> Iterator[Case]:
    if not schema.get("x-kubernetes-preserve-unknown-fields"):
        yield "has a field that nobody knows", {**value, "bogusField": 1}, REFUSED


def cases(path: str, schema: dict, value: Any, required: bool) -> Iterator[Case]:
    """What to write at a field whose good value is `value`; ABSENT when the base has none."""
    kind = schema["type"]
    if kind == "string":
        yield from texts(path, schema)
    elif kind in ("integer", "number"):
        yield from numbers(schema)
    elif kind == "boolean":
        yield "is true", True, ACCEPTED
        yield "is false", False, ACCEPTED
    elif kind == "array":
        yield from lists(schema, value if value is not ABSENT else [])
    elif isinstance(schema.get("additionalProperties"), dict):
        yield from maps(value if value is not ABSENT else {})
    elif value is not ABSENT:
        yield from objects(schema, value)
    yield f"is no {kind}", WRONG_TYPE[kind], REFUSED
    if required:
        yield "is missing", ABSENT, REFUSED
        yield "is null", None, REFUSED
