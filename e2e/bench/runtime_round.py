"""One contestant's turn in the runtime benchmark, from an empty API server to the end state."""

import os
import statistics
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from .contestant import Contestant
from .control_plane import REFUSED, BenchPlane
from .measure import RESULTS, Figures, Program

OBJECTS = int(os.environ.get("GYRE_BENCH_OBJECTS", "10000"))
BURST = min(OBJECTS, 1000)
OPEN_LOOP = 50  # Objects a second.
UPDATES = 200  # Irrelevant ones a second.
SECONDS = 10 if OBJECTS >= 10_000 else 5
IDLE_SECONDS = 30
STARTS = 3  # Short, and so done more than once.
START = "start"
WORKERS = 32
ELECTION = "--leader-election"


@dataclass
class Turn:
    figures: Figures = field(default_factory=dict)
    writes: dict[str, Counter] = field(default_factory=dict)
    state: Path | None = None
    memory_limit: int = 0


class World(Program):
    """tests/bench/twin/cmd/world: everything around the operator."""

    def __init__(self, plane: BenchPlane, stack: ExitStack):
        log = stack.enter_context((plane.folder / "world.log").open("w"))
        super().__init__("world", "--kubeconfig", plane.kubeconfig(), "--connections", WORKERS, log=log)

    def measure(self, what: str) -> dict:
        answer = super().measure(what)
        if "error" in answer:
            raise SystemExit(f"the world's {answer['error']}")
        return answer


def folder_of(name: str) -> Path:
    return RESULTS / "runtime" / name


def bare_writes() -> Figures:
    """The ceiling: what a plain client needs for the writes of the burst."""
    with ExitStack() as stack:
        plane = stack.enter_context(BenchPlane(folder_of("bare-writes")))
        world = stack.enter_context(World(plane, stack))
        return {"burst, s": world.measure(f"ceiling {BURST}")["seconds"]}


class Phases:
    """Notes what a phase costs the operator and what it writes."""

    GRACE_SECONDS = 1

    def __init__(self, plane: BenchPlane, turn: Turn):
        self.plane, self.turn = plane, turn

    def run(self, name: str, operator: Contestant, act: Callable[[], dict]) -> tuple[dict, float]:
        """What `act` answers, and the processor seconds."""
        writes, cpu = self.plane.writes(), operator.cpu()
        answer = act()
        # The last events of the phase are still on their way.
        time.sleep(self.GRACE_SECONDS)
        self.turn.writes[name] = self.plane.writes() - writes
        return answer, operator.cpu() - cpu


def take_turn(name: str, command: list[object], environment: dict[str, str]) -> Turn:
    turn = Turn()
    with ExitStack() as stack:
        plane = stack.enter_context(BenchPlane(folder_of(name)))
        world = stack.enter_context(World(plane, stack))
        world.measure("watch")
        log = plane.folder / "operator.log"
        phases = Phases(plane, turn)

        def start(*flags: str) -> Contestant:
            return Contestant([*command, *flags], plane.kubeconfig(), WORKERS, environment, log)

        with start() as operator:
            operator.wait_until_quiet(0)
            load(turn, phases, world, operator)
            live(turn, phases, world, operator)
            turn.memory_limit = operator.go_memory_limit() if command[0].name == "twin" else 0
            survive(turn, plane, world, operator)
        starts: list[Figures] = []
        for number in range(STARTS):
            with start() as operator:
                starts.append(start_again(phases, operator, number))
        turn.figures |= {figure: statistics.median(each[figure] for each in starts) for figure in starts[0]}
        turn.figures |= count_writes(turn)
        turn.state = plane.folder / "state"
        world.measure(f"dump {turn.state}")
        with start() as operator:
            operator.wait_until_quiet(OBJECTS)
            delete(turn, phases, world, operator)
        with start(ELECTION) as leader:
            leader.wait_until_leading()
            leader.wait_until_quiet(OBJECTS - BURST)
            with start(ELECTION) as standby:
                standby.wait_until_idle()
                lose_leader(turn, phases, world, leader, standby)
    return turn


def count_writes(turn: Turn) -> Figures:
    total = sum(turn.writes.values(), Counter())
    refused = sum(count for what, count in total.items() if what.endswith(REFUSED))
    return {"writes": total.total() - refused, "refused writes": refused}


def load(turn: Turn, phases: Phases, world: World, operator: Contestant) -> None:
    def act() -> dict:
        answer = {"burst": world.measure(f"burst {BURST}")}
        done = BURST
        if paced := min(OBJECTS - done, OPEN_LOOP * SECONDS):
            taken, waited = operator.queued()
            answer["paced"] = world.measure(f"rate {paced} {OPEN_LOOP}")
            taken, waited = (now - before for now, before in zip(operator.queued(), (taken, waited)))
            answer["paced"]["queued"] = waited / taken
            done += paced
        if rest := OBJECTS - done:
            world.measure(f"burst {rest}")
        return answer

    answer, cpu = phases.run("load", operator, act)
    turn.figures |= {
        "burst, s": answer["burst"]["seconds"],
        "burst, p99 create→Ready, s": answer["burst"]["p99"],
        "CPU ms/object, creation to Ready": cpu / OBJECTS * 1000,
        "CPU ms/reconcile": cpu / operator.reconciles() * 1000,
        "requests/object, creation to Ready": operator.total("rest_client_requests_total") / OBJECTS,
        "peak PSS MiB, loading": operator.peak,
        "PSS MiB": operator.settled_pss(),
    }
    if "paced" in answer:
        turn.figures |= {"p99 create→Ready at 50/s, ms": answer["paced"]["p99"] * 1000,
                         "mean wait in queue at 50/s, ms": answer["paced"]["queued"] * 1000}


def rest() -> dict:
    time.sleep(IDLE_SECONDS)
    return {}


def live(turn: Turn, phases: Phases, world: World, operator: Contestant) -> None:
    answer, cpu = phases.run("irrelevant updates", operator, lambda: world.measure(f"touch {UPDATES} {SECONDS}"))
    turn.figures["CPU ms/irrelevant update"] = cpu / answer["updates"] * 1000
    _, cpu = phases.run("idle", operator, rest)
    turn.figures["CPU ms/s, idle"] = cpu / (IDLE_SECONDS + phases.GRACE_SECONDS) * 1000
    answer, cpu = phases.run("spec change", operator, lambda: world.measure(f"change {BURST}"))
    turn.figures |= {"spec change, s": answer["seconds"], "CPU ms/object, spec change": cpu / BURST * 1000}


def survive(turn: Turn, plane: BenchPlane, world: World, operator: Contestant) -> None:
    before = operator.settled_pss()
    operator.restart_peak()
    plane.restart_api_server()
    world.measure("probe")
    time.sleep(5)
    turn.writes["API server restart"] = plane.writes()
    turn.figures |= {"peak PSS MiB, API server restart": operator.peak,
                     "peak/steady, API server restart": operator.peak / before}


def start_again(phases: Phases, operator: Contestant, number: int) -> Figures:
    served = phases.plane.api_server_cpu()
    answer, _ = phases.run(f"{START} {number}", operator, lambda: {"seconds": operator.wait_until_quiet(OBJECTS)})
    return {
        "start to ready, s": answer["seconds"],
        "CPU s, start": operator.cpu(),
        "API server's CPU s, start": phases.plane.api_server_cpu() - served,
        "peak PSS MiB, start": operator.peak,
        "PSS MiB, after a start": operator.settled_pss(),
    }


def delete(turn: Turn, phases: Phases, world: World, operator: Contestant) -> None:
    _, cpu = phases.run("mass delete", operator, lambda: world.measure(f"delete {BURST}"))
    turn.figures["CPU ms/object, mass delete"] = cpu / BURST * 1000


def lose_leader(turn: Turn, phases: Phases, world: World, leader: Contestant, standby: Contestant) -> None:
    """Killed without a word; then an object is made, which waits for the end of the lease."""
    def act() -> dict:
        leader.program.kill()
        return world.measure("probe")

    answer, _ = phases.run("leader killed", standby, act)
    turn.figures["leader killed → next object Ready, s"] = answer["seconds"]
