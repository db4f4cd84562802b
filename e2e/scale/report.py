"""What it came to: a table for the terminal, and one HTML page with plots over time."""

from __future__ import annotations

import html
import json
import pathlib
from dataclasses import asdict
from typing import Callable

from gyre_e2e import plots
from gyre_e2e.page import document

from .sampling import Sample

Points = list[tuple[float, float]]


def write(folder: pathlib.Path, title: str, figures: dict[str, str], samples: list[Sample], machine: dict) -> None:
    (folder / "scale.json").write_text(json.dumps(
        {"title": title, "figures": figures, "machine": machine, "samples": [asdict(each) for each in samples]}, indent=1) + "\n")
    rows = "".join(f"<tr><td>{html.escape(name)}<td>{html.escape(value)}</tr>" for name, value in figures.items())
    body = f"<h1>{html.escape(title)}<small>Gyre at scale, {html.escape(machine['at'])}, {machine['cores']} cores for everything</small></h1><table>{rows}</table>"
    for heading, series in (charts(samples) if samples else {}).items():
        body += f"<h2>{html.escape(heading)}</h2>{plots.lines(series, samples[0].at, samples[-1].at)}"
    (folder / "report.html").write_text(document(f"{title}: Gyre at scale", body))


def table(figures: dict[str, str]) -> str:
    width = max(map(len, figures), default=0)
    return "\n".join(f"  {name.ljust(width)}  {value}" for name, value in figures.items())


def charts(samples: list[Sample]) -> dict[str, dict[str, Points]]:
    def points(value: Callable[[Sample], float]) -> Points:
        return [(each.at, value(each)) for each in samples]

    def phases(kind: str) -> dict[str, Points]:
        names = sorted({phase for each in samples for phase, count in getattr(each, kind).items() if count})
        return {name: points(lambda each, name=name: getattr(each, kind)[name]) for name in names}

    return {
        "TrainingJobs by phase": phases("trainings"),
        "InferenceServices by phase": phases("services"),
        "The operator's memory, PSS in MiB": {"gyre-operator": points(lambda each: each.pss)},
        "Processor cores by program": {name: rates(samples, lambda each, name=name: each.cpu[name]) for name in samples[-1].cpu},
        "A second": {"reconciles": rates(samples, lambda each: each.reconciles),
                     "requests to the API server": rates(samples, lambda each: each.requests)},
        "Waiting keys, and agents that report": {"keys": points(lambda each: each.depth), "agents": points(lambda each: each.agents)},
    }


def rates(samples: list[Sample], value: Callable[[Sample], float]) -> Points:
    """Change a second from one sample to the next."""
    return [(after.at, (value(after) - value(before)) / (after.at - before.at)) for before, after in zip(samples, samples[1:])]
