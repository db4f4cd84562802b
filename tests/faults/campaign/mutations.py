"""Every change of a good spec that the campaign tries, in an order that stays: from the schemas, then by meaning."""

import dataclasses
import functools
from typing import Iterator

from . import meanings
from .bases import Base, bases
from .paths import ABSENT, get, put, resolve, text
from .schema import Field, spec_schema, walk
from .values import cases

# Where a kind holds a TrainingJob's spec that its own schema leaves open.
EMBEDDED = {"Experiment": ("spec", "trialTemplate", "trainingJob"), "DriftMonitor": ("spec", "retrain", "trainingJob")}


@dataclasses.dataclass(frozen=True, eq=False)
class Mutation:
    base: Base
    path: tuple          # The field that a refusal must name.
    words: str
    edits: tuple         # ((path, value), …); ABSENT removes.
    wanted: str

    @property
    def kind(self) -> str:
        return self.base.kind

    @property
    def field(self) -> str:
        return text(self.path)

    def __str__(self) -> str:
        return f"{self.kind} ({self.base.label}): {self.field} {self.words}"

    def object(self, name: str) -> dict:
        out = self.base.object(name)
        for path, value in self.edits:
            put(out, path, value)
        return out


def says_the_same(field: Field, value, changed) -> bool:
    now = field.schema.get("default", ABSENT) if value is ABSENT else value
    return changed is not ABSENT and changed == now and isinstance(changed, type(now))


def mutate_field(base: Base, field: Field) -> Iterator[Mutation]:
    whole = base.object("base")
    path = resolve(whole, field.path)
    # A part that this base does not have is another base's to change.
    if not path or get(whole, path[:-1]) is ABSENT:
        return
    value = get(whole, path)
    for words, changed, wanted in cases(text(path), field.schema, value, field.required):
        if says_the_same(field, value, changed):
            continue
        wanted = meanings.verdict(base, text(path), words, wanted)
        if wanted:
            yield Mutation(base, path, words, ((path, changed),), wanted)


def fields(base: Base) -> Iterator[Field]:
    yield from walk(spec_schema(base.kind))
    if base.kind in EMBEDDED:
        at = EMBEDDED[base.kind]
        yield from (field for field in walk(spec_schema("TrainingJob"), at) if field.path != at)


@functools.cache
def mutations() -> tuple[Mutation, ...]:
    out: list[Mutation] = []
    for base in bases():
        for field in fields(base):
            out += mutate_field(base, field)
        out += [Mutation(base, path, words, edits, wanted) for path, words, edits, wanted in meanings.more(base)]
    return tuple(out)


def sampled(every: int) -> list[Mutation]:
    """Some of each kind, those that are accepted and those that are refused alike."""
    out, seen = [], {}
    for mutation in mutations():
        group = (mutation.kind, mutation.wanted)
        if seen.setdefault(group, 0) % every == 0:
            out.append(mutation)
        seen[group] += 1
    return out
