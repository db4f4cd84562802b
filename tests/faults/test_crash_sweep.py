"""For every write of every reference scenario: lost before it was applied, applied with the operator killed before the
answer, and applied with the answer lost. Afterwards the world is as if nothing had happened, and nothing is written."""

from __future__ import annotations

import concurrent.futures
import json
import os
from dataclasses import dataclass

import pytest
from harness.crashes import VARIANTS
from harness.process import GaveUp
from harness.run import Environment, Outcome, Run
from harness.scenario import Scenario
from harness.state import differences
from scenarios import SCENARIOS

# Runs at once: most of a run is waiting.
AT_ONCE = int(os.environ.get("GYRE_FAULT_PARALLEL", "6"))


@dataclass
class Result:
    namespace: str
    hit: str = ""  # The write; empty when the run had fewer.
    trouble: str = ""


def run_once(environment: Environment, scenario: Scenario, namespace: str, variant: str = "", number: int = 0) -> Outcome:
    with Run(environment, scenario, namespace) as run:
        if variant:
            run.proxy.on_call = VARIANTS[variant](run, number)
        return run.converge()


def crash_once(environment: Environment, scenario: Scenario, reference: Outcome, variant: str, number: int) -> Result:
    result = Result(f"{scenario.name}-{variant}-{number}")
    try:
        outcome = run_once(environment, scenario, result.namespace, variant, number)
    except GaveUp as error:
        result.trouble = str(error)
        return result
    result.hit = outcome.writes[number - 1] if number <= len(outcome.writes) else ""
    if diff := differences(reference.state, outcome.state):
        result.trouble = "\n".join([f"{result.namespace}: differs from the reference after {result.hit}", *diff])
    return result


def evenly(all_of: list, count: int) -> list:
    """So many of them, the first and the last among them."""
    if not count or count >= len(all_of):
        return all_of
    return [all_of[round(i * (len(all_of) - 1) / max(1, count - 1))] for i in range(count)]


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_write_may_be_interrupted(name, environment, request, record_property):
    scenario = SCENARIOS[name]
    reference = run_once(environment, scenario, f"{name}-reference")
    cases = [(variant, number) for number in range(1, len(reference.writes) + 1) for variant in VARIANTS]
    chosen = evenly(cases, request.config.getoption("--runs"))
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(lambda case: crash_once(environment, scenario, reference, *case), chosen))
    divergent = [result for result in results if result.trouble]
    row = {"scenario": name, "writes": len(reference.writes), "runs": len(results),
           "not reached": sum(not result.hit and not result.trouble for result in results), "divergences": len(divergent)}
    record_property("sweep", row)
    (environment.folder / f"sweep-{name}.json").write_text(json.dumps(row | {
        "reference": reference.writes, "hit": [result.hit for result in results], "troubles": [r.trouble for r in divergent]}, indent=1))
    assert not divergent, "\n\n".join(result.trouble for result in divergent)
