"""The campaign leaves no field of any kind out, and is the same every time."""

import collections
import re

import pytest

from campaign import meanings
from campaign.bases import bases
from campaign.mutations import EMBEDDED, fields, mutations, sampled
from campaign.paths import text
from campaign.schema import crds, spec_schema, walk
from campaign.values import ACCEPTED, REFUSED


def test_there_are_enough_of_each_kind():
    count = collections.Counter((mutation.kind, mutation.wanted) for mutation in mutations())
    assert sum(count.values()) >= 300
    for kind in crds():
        assert count[kind, ACCEPTED] >= 20, kind
        assert count[kind, REFUSED] >= 40, kind


@pytest.mark.parametrize("kind", crds())
def test_every_field_is_changed(kind):
    tried = {re.sub(r"\[\d+\]", "[0]", mutation.field) for mutation in mutations() if mutation.kind == kind}
    wanted = {text(field.path) for field in walk(spec_schema(kind)) if field.path != ("spec",)}
    # What stays open in the schema is walked by the schema of what it holds.
    wanted -= {text(EMBEDDED[kind])} if kind in EMBEDDED else set()
    assert wanted <= tried, sorted(wanted - tried)


@pytest.mark.parametrize("kind", crds())
def test_every_rule_is_broken(kind):
    rules = {rule for field in walk(spec_schema(kind)) for rule in field.rules}
    assert rules <= meanings.RULES.keys(), sorted(rules - meanings.RULES.keys())
    broken = {mutation.path for mutation in mutations() if mutation.kind == kind and len(mutation.edits) > 0}
    for field in walk(spec_schema(kind)):
        assert not field.rules or field.path in broken, text(field.path)


def test_each_is_told_apart_and_comes_in_the_same_order():
    names = [str(mutation) for mutation in mutations()]
    assert len(set(names)) == len(names)
    mutations.cache_clear()
    assert [str(mutation) for mutation in mutations()] == names


def test_each_changes_its_object():
    for mutation in mutations():
        assert mutation.object("x") != mutation.base.object("x"), mutation


def test_a_sample_has_some_of_all():
    found = {(mutation.kind, mutation.wanted) for mutation in sampled(40)}
    assert found == {(mutation.kind, mutation.wanted) for mutation in mutations()}


def test_no_exception_from_the_schemas_is_left_over():
    """An entry that matches nothing is a field that has gone, or a typing error."""
    used = set()
    for base in bases():
        for field in fields(base):
            for entry in meanings.ELSEWHERE:
                if meanings.applies(entry, base, text(field.path)):
                    used.add(entry)
    assert used == set(meanings.ELSEWHERE), sorted(set(meanings.ELSEWHERE) - used)
