"""The operator runtime beside controller-runtime: two operators that do the same, at the same kube-apiserver."""

import itertools
import os
import subprocess
from collections import Counter

from harness.control_plane import find_tools
from harness.operator import image_environment

from .control_plane import REFUSED
from .measure import GYRE, PROGRAMS, RESULTS, Figures, go_versions, medians, progress, ratios, report, rounds, short, table
from .runtime_round import BURST, OBJECTS, START, WORKERS, Turn, bare_writes, take_turn

PEER, TUNED = "controller-runtime", "controller-runtime tuned"
BETTER = {
    "PSS MiB": "lower", "PSS MiB, after a start": "lower", "peak PSS MiB, loading": "lower",
    "peak PSS MiB, start": "lower", "peak PSS MiB, API server restart": "lower",
    "peak/steady, API server restart": "lower", "CPU ms/reconcile": "lower",
    "CPU ms/object, creation to Ready": "lower", "CPU ms/irrelevant update": "lower",
    "CPU ms/object, spec change": "lower", "CPU ms/object, mass delete": "lower", "CPU ms/s, idle": "lower",
    "requests/object, creation to Ready": "lower", "CPU s, start": "lower", "API server's CPU s, start": "lower",
    "burst, s": "lower", "burst/bare writes": "lower",
    "burst, p99 create→Ready, s": "lower", "p99 create→Ready at 50/s, ms": "lower", "mean wait in queue at 50/s, ms": "lower",
    "spec change, s": "lower", "start to ready, s": "lower", "leader killed → next object Ready, s": "lower",
    "binary MiB": "lower",
}
# What Gyre is to reach, at most: of each peer's figure, or of its own.
GOALS_BESIDE = {"PSS MiB": 1 / 5, "CPU ms/reconcile": 1 / 3, "CPU ms/object, creation to Ready": 1 / 3,
                "CPU ms/irrelevant update": 1 / 3, "burst, s": 1, "start to ready, s": 1 / 2}
GOALS = {"burst/bare writes": 1.2, "peak/steady, API server restart": 1.3, "binary MiB": 10}


class Field:
    """All contestants, and what they must agree on."""

    def __init__(self):
        self.memory_limit = 0
        self.turns: dict[str, Turn] = {}

    def take(self, name: str) -> Figures:
        command, environment = {
            GYRE: ([PROGRAMS / "runtime_operator"], image_environment()),
            PEER: ([PROGRAMS / "twin"], {}),
            TUNED: ([PROGRAMS / "twin", "--no-copies"], {"GOMEMLIMIT": str(self.memory_limit)}),
        }[name]
        turn = take_turn(name.replace(" ", "-"), command, environment)
        if name == PEER:
            self.memory_limit = turn.memory_limit
        self.turns[name] = turn
        turn.figures["binary MiB"] = binary_mib(command[0])
        progress(f"{name}: " + "; ".join(f"{figure}: {short(value)}" for figure, value in turn.figures.items()))
        return turn.figures

    def check(self) -> None:
        """Who did something else was not measured at the same work."""
        (first, ours), *others = self.turns.items()
        for name, turn in others:
            if wrong := differences(ours, turn):
                raise SystemExit(f"void: {first} and {name} did not do the same\n" + "\n".join(wrong))
        at_rest = [phase for phase in ours.writes if phase in ("irrelevant updates", "idle") or phase.startswith(START)]
        if touched := sum((ours.writes[phase] for phase in at_rest), Counter()):
            raise SystemExit(f"void: writes at rest: {dict(touched)}")
        for turn in self.turns.values():
            turn.state.unlink()


def accepted(writes: Counter) -> dict[str, int]:
    return {what: count for what, count in sorted(writes.items()) if not what.endswith(REFUSED)}


def differences(ours: Turn, theirs: Turn) -> list[str]:
    wrong = [f"  writes, {phase}: {dict(ours.writes[phase])} and {dict(theirs.writes[phase])}" for phase in ours.writes
             if accepted(ours.writes[phase]) != accepted(theirs.writes[phase])]
    with ours.state.open() as a, theirs.state.open() as b:
        unequal = ((x, y) for x, y in itertools.zip_longest(a, b, fillvalue="nothing\n") if x != y)
        wrong += [f"  end state:\n    {x}    {y}" for x, y in itertools.islice(unequal, 3)]
    return wrong


def binary_mib(program) -> float:
    """Without symbols, as it would be shipped."""
    stripped = RESULTS / "stripped"
    subprocess.run(["strip", "-o", stripped, program], check=True)
    size = stripped.stat().st_size
    stripped.unlink()
    return size / (1 << 20)


def versions() -> dict:
    server = subprocess.run([find_tools()[0] / "kube-apiserver", "--version"], capture_output=True, text=True, check=True)
    return go_versions("twin") | {"kube-apiserver": server.stdout.split()[1]}


def run() -> list[str]:
    # The peer goes first: its live heap says what limit the tuned one gets.
    order = [PEER, TUNED, GYRE] if os.environ.get("GYRE_BENCH_PEERS", "1") != "0" else [GYRE]
    raw: dict[str, list[Figures]] = {name: [] for name in order}
    floor, field = [], Field()
    wanted = rounds(3 if OBJECTS >= 10_000 else 1)
    for number in range(wanted):
        field.turns = {}
        floor.append(bare_writes())
        for name in order if number % 2 == 0 else reversed(order):
            raw[name].append(field.take(name))
        field.check()
        for taken in raw.values():
            taken[-1]["burst/bare writes"] = taken[-1]["burst, s"] / floor[-1]["burst, s"]
        progress(f"round {number + 1} of {wanted}")
    compared = (f"{OBJECTS:,} InferenceServices with five children each, {WORKERS} workers; burst: {BURST:,} at once")
    better = {figure: way for figure, way in BETTER.items() if figure in raw[order[0]][0]}
    return [report("runtime", compared, better, raw, versions(), floor), reached(raw)]


def reached(raw: dict[str, list[Figures]]) -> str:
    rows = [("", "at most", "is", "")]

    def add(what: str, most: float, found: float) -> None:
        rows.append((what, f"{most:.3g}", f"{found:.3g}", "reached" if found <= most else "missed"))

    for figure, most in GOALS_BESIDE.items():
        for peer, ratio in ratios(raw, figure).items():
            if ratio:
                add(f"{figure}, of {peer}'s", most, ratio["ratio"])
    ours = medians(raw)[GYRE]
    for figure, most in GOALS.items():
        add(figure, most, ours[figure])
    return table("runtime: what it is to reach", rows)
