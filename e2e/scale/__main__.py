"""TrainingJobs and InferenceServices by the thousand on simulated nodes, under a real control plane (docs/scale.md).

Ends with 0 when every training has succeeded, every service is ready, and nothing is written at rest.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import signal
import sys
import time
from contextlib import ExitStack

import urllib3
from gyre_e2e.machine import machine
from harness.api import ApiError
from harness.operator import Operator
from harness.process import ROOT, GaveUp

from . import load, report
from .agents import Agents
from .plane import ScalePlane
from .sampling import OPERATOR, Sample, Sampler

OUT = ROOT / "build/scale"
RELEASE = "gyre-system"
REST_SECONDS = 30
APPROVAL_SECONDS, START_SECONDS = 180, 300
TELL_SECONDS = 10
# Beyond any hope.
SECONDS_AN_OBJECT = 0.5

Figures = dict[str, str]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="e2e/scale.sh", description=__doc__.splitlines()[0],
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--trainings", type=int, default=10_000, help="TrainingJobs")
    parser.add_argument("--services", type=int, default=2_000, help="InferenceServices of one pod each")
    parser.add_argument("--nodes", type=int, default=500, help="of 32 cores and 8 GPUs each")
    parser.add_argument("--namespaces", type=int, default=20, help="with a model each")
    parser.add_argument("--concurrency", type=int, default=8, help="workers for each kind of the operator")
    parser.add_argument("--no-agents", dest="agents", action="store_false", help="serving pods whose agents never report")
    return parser.parse_args()


class Scale:
    """One run. What was found so far stays readable when it ends early."""

    def __init__(self, wanted: argparse.Namespace):
        self.figures: Figures = {}
        self.samples: list[Sample] = []
        self._wanted = wanted
        self._began = time.monotonic()

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self._began:5.0f}s] {text}", flush=True)

    def run(self) -> None:
        wanted = self._wanted
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, OUT / "plane/etcd", ignore_errors=True)
            plane = stack.enter_context(ScalePlane(OUT / "plane"))
            self.say(f"making {wanted.nodes} nodes")
            plane.make_nodes(wanted.nodes)
            plane.make_namespace(RELEASE)
            operator = Operator(plane.kubeconfig(), RELEASE, plane.folder, "gyre-operator-0", f"--concurrency={wanted.concurrency}",
                                watches=[], log_level="info")
            stack.callback(operator.stop)
            operator.start().wait_ready(START_SECONDS)
            agents = Agents(plane, RELEASE, operator.collector_port) if wanted.agents else None
            if agents:
                stack.callback(agents.stop)
            namespaces = load.names(wanted.namespaces)
            self.say(f"making {wanted.namespaces} namespaces with an approved model each")
            load.prepare(plane, namespaces, APPROVAL_SECONDS)
            with Sampler(operator, plane.pids) as sampler:
                self.samples = sampler.samples
                self._load(plane, namespaces, sampler)
                self._rest(operator, sampler)
            if agents:
                self.figures["calls of agents that failed"] = f"{agents.failures} {agents.last_failure}".rstrip()
            self._start_again(operator)

    def _load(self, plane: ScalePlane, namespaces: list[str], sampler: Sampler) -> None:
        wanted = self._wanted
        count = wanted.trainings + wanted.services
        begun = time.monotonic()
        with load.Creation(plane, namespaces, wanted.trainings, wanted.services) as creation:
            self._follow(plane, sampler, creation)
        took = time.monotonic() - begun
        self.figures |= {"created": per_second(count, creation.seconds), "created to all done": per_second(count, took)}
        self.figures |= spent(sampler.samples, took)

    def _follow(self, plane: ScalePlane, sampler: Sampler, creation: load.Creation) -> None:
        """Until all is done; tells how far it is every now and then."""
        wanted = self._wanted
        deadline = time.monotonic() + 300 + SECONDS_AN_OBJECT * (wanted.trainings + wanted.services)
        told = 0.0
        while True:
            plane.check()
            creation.check()
            seen = sampler.last
            succeeded, ready = seen.trainings["Succeeded"], seen.services["Ready"]
            if time.monotonic() - told > TELL_SECONDS:
                told = time.monotonic()
                self.say(f"{creation.done:,} created; {succeeded:,.0f} of {wanted.trainings:,} trainings succeeded, {ready:,.0f} of "
                         f"{wanted.services:,} services ready; {seen.pss:.0f} MiB, {seen.agents:,.0f} agents, {seen.depth:,.0f} keys wait")
            if failed := seen.trainings["Failed"]:
                raise GaveUp(f"{failed:.0f} trainings failed")
            if succeeded >= wanted.trainings and ready >= wanted.services:
                return
            if time.monotonic() > deadline:
                raise GaveUp(f"not done: trainings {seen.trainings}, services {seen.services}")
            time.sleep(1)

    def _rest(self, operator: Operator, sampler: Sampler) -> None:
        self.say("all is done; is it at rest?")
        time.sleep(REST_SECONDS)
        before, began = operator.writes(), sampler.last
        time.sleep(REST_SECONDS)
        ended = sampler.last
        self.figures |= {
            "operator's PSS at rest": f"{ended.pss:.0f} MiB",
            "operator's processor at rest": f"{(ended.cpu[OPERATOR] - began.cpu[OPERATOR]) / (ended.at - began.at):.3f} cores",
            "agents that report": f"{ended.agents:,.0f}",
        }
        if more := operator.writes() - before:
            raise GaveUp(f"{more} writes at rest")

    def _start_again(self, operator: Operator) -> None:
        operator.stop()
        begun = time.monotonic()
        operator.start().wait_ready(START_SECONDS)
        self.figures["start to ready with all of it"] = f"{time.monotonic() - begun:.1f} s"


def per_second(count: int, seconds: float) -> str:
    return f"{seconds:.0f} s, {count / seconds:.1f} a second"


def spent(samples: list[Sample], seconds: float) -> Figures:
    first, last = samples[0], samples[-1]
    cpu = {name: last.cpu[name] - first.cpu[name] for name in last.cpu}
    reconciles = last.reconciles - first.reconciles
    return {f"processor, {name}": f"{used:.0f} s, {used / seconds:.2f} cores" for name, used in cpu.items()} | {
        "reconciles": f"{reconciles:,.0f}, {cpu[OPERATOR] / reconciles * 1000:.2f} ms of processor each",
        "operator's peak PSS until then": f"{max(each.pss for each in samples):.0f} MiB",
    }


def main() -> None:
    # An end by `timeout` or `kill` also stops what was started, and leaves what was found.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Each agent has a connection.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    wanted = arguments()
    title = f"{wanted.trainings:,} TrainingJobs and {wanted.services:,} InferenceServices on {wanted.nodes} nodes"
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    scale = Scale(wanted)
    scale.say(title)
    failure = "interrupted"
    try:
        scale.run()
        failure = ""
    except (GaveUp, ApiError, urllib3.exceptions.HTTPError, OSError) as error:
        failure = str(error)
    finally:
        report.write(OUT, title, scale.figures | ({"failed": failure} if failure else {}), scale.samples, machine())
        print(report.table(scale.figures))
        scale.say("figures over time: build/scale/report.html, build/scale/scale.json")
    if failure:
        raise SystemExit(failure)


main()
