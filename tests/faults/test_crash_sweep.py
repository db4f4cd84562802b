"""For every write of every reference scenario: lost before it was applied, applied with the operator killed before the
answer, and applied with the answer lost. Afterwards the world is as if nothing had happened, and nothing is written."""

from __future__ import annotations

import concurrent.futures
import json
import os
from dataclasses import dataclass

import pytest
from harness.crashes import VARIANTS
from harness.proxy import Write
from harness.run import Environment, Outcome, Run
from harness.state import differences
from scenarios import SCENARIOS

# Runs at once: most of a run is waiting.
AT_ONCE = int(os.environ.get("GYRE_FAULT_PARALLEL", "12"))


@dataclass(frozen=True)
class Case:
    scenario: str
    variant: str
    write: Write
    number: int  # Of the write in the reference run.

    @property
    def namespace(self) -> str:
        return f"{self.scenario}-{self.variant}-{self.number}"

    def __str__(self) -> str:
        return f"{self.namespace}: {self.variant}: {self.write.what}, number {self.write.occurrence} of its kind"


@dataclass
class Result:
    case: Case
    trouble: str = ""
    # False when the run had fewer writes of that kind: what lies between two states may pass unseen.
    was_reached: bool = True


def run_reference(environment: Environment, scenario: str) -> Outcome:
    with Run(environment, SCENARIOS[scenario], f"{scenario}-reference") as run:
        return run.converge()


def run_case(environment: Environment, reference: Outcome, case: Case) -> Result:
    try:
        with Run(environment, SCENARIOS[case.scenario], case.namespace) as run:
            run.proxy.on_call = VARIANTS[case.variant](run, case.write)
            outcome = run.converge()
    except Exception as error:  # One run that cannot be done is one divergence; the others are done all the same.
        return Result(case, f"{case}: {error!r}: {error}")
    diff = differences(reference.state, outcome.state)
    trouble = "\n".join([f"{case}: differs from the reference", *diff]) if diff else ""
    return Result(case, trouble, case.write in outcome.writes)


def noted(environment: Environment, result: Result) -> Result:
    """A line in sweep.log, for whoever waits."""
    with (environment.folder / "sweep.log").open("a") as log:
        log.write(f"{result.case}: {'DIVERGES' if result.trouble else 'equal' if result.was_reached else 'not reached'}\n")
    return result


def evenly(all_of: list, count: int) -> list:
    """So many of them, the first and the last among them."""
    if not count or count >= len(all_of):
        return all_of
    return [all_of[round(i * (len(all_of) - 1) / max(1, count - 1))] for i in range(count)]


@pytest.fixture(scope="module")
def sweep(request, environment) -> dict[str, tuple[Outcome, list[Result]]]:
    """All scenarios that are asked for, side by side."""
    chosen = [item.callspec.params["name"] for item in request.session.items if "sweep" in item.fixturenames]
    runs = request.config.getoption("--runs")
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        references = dict(zip(chosen, pool.map(lambda name: run_reference(environment, name), chosen), strict=True))
        cases = [case for name, reference in references.items() for case in evenly(
            [Case(name, variant, write, number) for number, write in enumerate(reference.writes, 1) for variant in VARIANTS], runs)]
        results = list(pool.map(lambda case: noted(environment, run_case(environment, references[case.scenario], case)), cases))
    return {name: (reference, [result for result in results if result.case.scenario == name]) for name, reference in references.items()}


@pytest.mark.sample
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_write_may_be_interrupted(name, sweep, environment, record_property):
    reference, results = sweep[name]
    divergent = [result for result in results if result.trouble]
    row = {"scenario": name, "writes": len(reference.writes), "runs": len(results),
           "not reached": sum(not result.was_reached for result in results), "divergences": len(divergent)}
    record_property("sweep", row)
    (environment.folder / f"sweep-{name}.json").write_text(json.dumps(row | {
        "reference": [write.what for write in reference.writes], "not reached": [str(result.case) for result in results if not result.was_reached],
        "troubles": [result.trouble for result in divergent]}, indent=1))
    assert not divergent, "\n\n".join(result.trouble for result in divergent)
    unseen = [str(result.case) for result in results if not result.was_reached and result.case.write.occurrence == 1]
    assert not unseen, f"these writes were never interrupted: {unseen}"
