"""TrainingJobs and InferenceServices by the thousand on simulated nodes, under a real control plane (docs/scale.md).

Ends with 0 when every training has succeeded, every service is ready, and nothing is written at rest.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import time

from bench.measure import machine
from harness.operator import Operator
from harness.process import ROOT, GaveUp, wait_for

from . import load, report
from .agents import Agents
from .plane import ScalePlane
from .sampling import Sampler

OUT = ROOT / "build/scale"
RELEASE = "gyre-system"
REST_SECONDS = 30
NODE_SECONDS, APPROVAL_SECONDS, START_SECONDS = 120, 180, 300
# Beyond any hope.
SECONDS_AN_OBJECT = 0.5


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="e2e/scale.sh", description=__doc__.splitlines()[0])
    parser.add_argument("--trainings", type=int, default=10_000)
    parser.add_argument("--services", type=int, default=2_000)
    parser.add_argument("--nodes", type=int, default=500)
    parser.add_argument("--namespaces", type=int, default=20)
    parser.add_argument("--concurrency", type=int, default=8, help="workers for each kind of the operator")
    parser.add_argument("--no-agents", dest="agents", action="store_false", help="serving pods whose agents never report")
    return parser.parse_args()


def say(text: str) -> None:
    print(f"[{time.monotonic() - BEGAN:5.0f}s] {text}", flush=True)


def follow(sampler: Sampler, plane: ScalePlane, wanted: argparse.Namespace) -> None:
    """Until all is done; tells how far it is every ten seconds."""
    deadline = time.monotonic() + 300 + SECONDS_AN_OBJECT * (wanted.trainings + wanted.services)
    told = 0.0
    while True:
        plane.check()
        seen = sampler.last
        succeeded, ready = seen.trainings.get("Succeeded", 0), seen.services.get("Ready", 0)
        if time.monotonic() - told > 10:
            told = time.monotonic()
            say(f"{succeeded:,.0f} of {wanted.trainings:,} trainings succeeded, {ready:,.0f} of {wanted.services:,} services ready; "
                f"{seen.pss:.0f} MiB, {seen.agents:,.0f} agents, {seen.depth:,.0f} keys queued")
        if failed := seen.trainings.get("Failed", 0):
            raise GaveUp(f"{failed:.0f} trainings failed")
        if succeeded >= wanted.trainings and ready >= wanted.services:
            return
        if time.monotonic() > deadline:
            raise GaveUp(f"not done: trainings {seen.trainings}, services {seen.services}")
        time.sleep(1)


def per_second(count: int, seconds: float) -> str:
    return f"{seconds:.0f} s, {count / seconds:.1f} a second"


def run(plane: ScalePlane, wanted: argparse.Namespace, figures: dict[str, str], samplers: list[Sampler]) -> None:
    say(f"{wanted.nodes} nodes")
    plane.make_nodes(wanted.nodes)
    plane.make_namespace(RELEASE)
    operator = Operator(plane.kubeconfig(), RELEASE, plane.folder, "gyre-operator-0", f"--concurrency={wanted.concurrency}",
                        watches=[], log_level="info").start().wait_ready(START_SECONDS)
    agents = Agents(plane, RELEASE, operator.collector_port) if wanted.agents else None
    try:
        namespaces = load.names(wanted.namespaces)
        load.prepare(plane, namespaces, APPROVAL_SECONDS)
        say("models are approved; creating")
        sampler = Sampler(operator, plane.pids)
        samplers.append(sampler)
        wait_for("a first sample", lambda: sampler.samples, 30)
        begun = time.monotonic()
        load.create_all(plane, namespaces, wanted.trainings, wanted.services)
        figures["created"] = per_second(wanted.trainings + wanted.services, time.monotonic() - begun)
        say("all are created: " + figures["created"])
        follow(sampler, plane, wanted)
        took = time.monotonic() - begun
        figures["created to all done"] = per_second(wanted.trainings + wanted.services, took)
        spend(figures, sampler, took)
        rest(figures, operator, sampler)
        start_again(figures, operator)
    finally:
        if agents:
            agents.stop()
            figures["calls of agents that failed"] = f"{agents.failures} {agents.last_failure}".rstrip()
        for sampler in samplers:
            sampler.stop()
        operator.stop()


def spend(figures: dict[str, str], sampler: Sampler, seconds: float) -> None:
    first, last = sampler.samples[0], sampler.last
    for name in last.cpu:
        spent = last.cpu[name] - first.cpu[name]
        figures[f"processor, {name}"] = f"{spent:.0f} s, {spent / seconds:.2f} cores"
    figures["reconciles"] = f"{last.reconciles:,.0f}, {(last.cpu['gyre-operator'] - first.cpu['gyre-operator']) / last.reconciles * 1000:.2f} ms of processor each"
    figures["operator's peak PSS"] = f"{max(each.pss for each in sampler.samples):.0f} MiB"


def rest(figures: dict[str, str], operator: Operator, sampler: Sampler) -> None:
    say("all is done; is it at rest?")
    time.sleep(REST_SECONDS)
    before, began = operator.writes(), sampler.look()
    time.sleep(REST_SECONDS)
    ended = sampler.look()
    figures["operator's PSS at rest"] = f"{ended.pss:.0f} MiB"
    figures["operator's processor at rest"] = f"{(ended.cpu['gyre-operator'] - began.cpu['gyre-operator']) / REST_SECONDS:.3f} cores"
    figures["agents that report"] = f"{ended.agents:,.0f}"
    if more := operator.writes() - before:
        raise GaveUp(f"{more} writes at rest")


def start_again(figures: dict[str, str], operator: Operator) -> None:
    operator.stop()
    begun = time.monotonic()
    operator.start().wait_ready(START_SECONDS)
    figures["start to ready with all of it"] = f"{time.monotonic() - begun:.1f} s"


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    wanted = arguments()
    title = f"{wanted.trainings:,} TrainingJobs and {wanted.services:,} InferenceServices on {wanted.nodes} nodes"
    shutil.rmtree(OUT, ignore_errors=True)
    figures: dict[str, str] = {}
    samplers: list[Sampler] = []
    failure = None
    say(title)
    try:
        with ScalePlane(OUT / "plane") as plane:
            run(plane, wanted, figures, samplers)
    except GaveUp as error:
        failure = str(error)
    shutil.rmtree(OUT / "plane/etcd", ignore_errors=True)
    if samplers:
        report.write(OUT, title, figures | ({"failed": failure} if failure else {}), samplers[0].samples, machine())
        print(report.table(figures))
        say("figures over time: build/scale/report.html, build/scale/scale.json")
    if failure:
        raise SystemExit(failure)


BEGAN = time.monotonic()
main()
