"""What every benchmark shares: interleaved rounds, medians, ratios, the table and the JSON file."""

import json
import os
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO

from gyre_e2e.machine import machine

GYRE = "gyre"
RESULTS = Path(os.environ["GYRE_BENCH_RESULTS"])
PROGRAMS = Path(os.environ["GYRE_BIN_DIR"])

Figures = dict[str, float]


def rounds(usual: int = 7) -> int:
    return int(os.environ.get("GYRE_BENCH_ROUNDS", usual))


def progress(text: str) -> None:
    print(f"  {text}", flush=True)


def interleave(contestants: dict[str, Callable[[], Figures]]) -> dict[str, list[Figures]]:
    """Runs everybody once a round, in turn and every other round backwards, after one round that does not count."""
    for measure in contestants.values():
        measure()
    raw: dict[str, list[Figures]] = {name: [] for name in contestants}
    for number in range(rounds()):
        order = list(contestants) if number % 2 == 0 else list(reversed(contestants))
        for name in order:
            raw[name].append(contestants[name]())
        progress(f"round {number + 1} of {rounds()}")
    return raw


def medians(raw: dict[str, list[Figures]]) -> dict[str, Figures]:
    return {name: {figure: statistics.median(r[figure] for r in taken) for figure in taken[0]}
            for name, taken in raw.items()}


def ratios(raw: dict[str, list[Figures]], figure: str) -> dict[str, Figures | None]:
    """Gyre's figure over each peer's: of the medians, and the least and greatest of single rounds.

    Nothing where a figure is not positive: an added latency that drowns in noise has no ratio.
    """
    found = {}
    middle = medians(raw)
    for peer, taken in raw.items():
        if peer == GYRE or figure not in taken[0]:
            continue
        pairs = zip(raw[GYRE], taken)
        single = [ours[figure] / theirs[figure] for ours, theirs in pairs if ours[figure] > 0 and theirs[figure] > 0]
        clear = single and middle[GYRE][figure] > 0 and middle[peer][figure] > 0
        found[peer] = {"ratio": middle[GYRE][figure] / middle[peer][figure], "least": min(single),
                       "greatest": max(single)} if clear else None
    return found


def report(name: str, compared: str, better: dict[str, str], raw: dict[str, list[Figures]], versions: dict,
           floor: list[Figures] | None = None) -> str:
    """Writes build/bench/<name>.json and returns the table. `better` says of each figure: higher or lower.

    `floor` has the rounds of what is no peer, but what all are held against: no proxy at all, say.
    """
    middle = medians(raw)
    found = {figure: ratios(raw, figure) for figure in better}
    (RESULTS / f"{name}.json").write_text(json.dumps(
        {"benchmark": name, "compared": compared, "versions": versions, "machine": machine(), "better": better,
         "rounds": raw, "floor": floor or [], "medians": middle, "ratios": found}, indent=2, ensure_ascii=False) + "\n")
    rows = [("", "gyre", "its rounds", "peer", "gyre/peer", "single rounds", "better")]
    for figure, wanted in better.items():
        ours = (short(middle[GYRE][figure]), spread([taken[figure] for taken in raw[GYRE]]))
        for peer, ratio in found[figure].items():
            shown = (f"{ratio['ratio']:.3g}", span(ratio["least"], ratio["greatest"])) if ratio else ("noise", "")
            rows.append((f"{figure}, {peer}", *ours, short(middle[peer][figure]), *shown, wanted))
        if not found[figure]:
            rows.append((figure, *ours, "", "", "", wanted))
    return table(f"{name}: {compared}", rows)


def table(title: str, rows: list[tuple[str, ...]]) -> str:
    """The first row is the heading."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [title]
    for row in rows:
        cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def span(least: float, greatest: float) -> str:
    return f"{least:.3g} – {greatest:.3g}"


def spread(taken: list[float]) -> str:
    """Of one round there is none."""
    return span(min(taken), max(taken)) if len(taken) > 1 else ""


def short(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def go_versions(program: str) -> dict:
    """What a peer in Go was built from."""
    listed = subprocess.run(["go", "version", "-m", PROGRAMS / program], capture_output=True, text=True, check=True)
    found = {words[1]: words[2] for line in listed.stdout.splitlines() if len(words := line.split()) >= 3}
    modules = ("sigs.k8s.io/controller-runtime", "k8s.io/client-go")
    return {"go": listed.stdout.split()[1]} | {Path(name).name: found[name] for name in modules}


class Program:
    """A program of tests/bench that measures once for every line it is told."""

    def __init__(self, name: str, *arguments: object, log: IO | None = None):
        self.process = subprocess.Popen([str(PROGRAMS / name), *map(str, arguments)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            # It was in the middle of something, as when the run is interrupted.
            self.process.kill()
            self.process.wait()

    def measure(self, what: str) -> dict:
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{self.process.args[0]} ended while it measured {what}")
        return json.loads(answer)
