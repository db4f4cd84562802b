"""What it came to: a table for the terminal, and one HTML page with plots over time."""

from __future__ import annotations

import html
import json
import pathlib
from dataclasses import asdict

from gyre_e2e import plots
from gyre_e2e.page import document

from .sampling import Sample


def write(folder: pathlib.Path, title: str, figures: dict[str, str], samples: list[Sample], machine: dict) -> None:
    (folder / "scale.json").write_text(json.dumps(
        {"title": title, "figures": figures, "machine": machine, "samples": [asdict(each) for each in samples]}, indent=1) + "\n")
    rows = "".join(f"<tr><td>{html.escape(name)}<td>{html.escape(value)}</tr>" for name, value in figures.items())
    body = f"<h1>{html.escape(title)}<small>Gyre at scale, {html.escape(machine['at'])}, {machine['cores']} cores for everything</small></h1><table>{rows}</table>"
    for heading, plot in charts(samples).items():
        body += f"<h2>{html.escape(heading)}</h2>{plot}"
    (folder / "report.html").write_text(document(f"{title}: Gyre at scale", body))


def table(figures: dict[str, str]) -> str:
    width = max(map(len, figures))
    return "\n".join(f"  {name.ljust(width)}  {value}" for name, value in figures.items())


def charts(samples: list[Sample]) -> dict[str, str]:
    def over_time(series: dict[str, list[tuple[float, float]]], unit: str = "") -> str:
        return plots.lines(series, samples[0].at, samples[-1].at, unit)

    def phases(kind: str) -> dict[str, list[tuple[float, float]]]:
        names = sorted({phase for each in samples for phase in getattr(each, kind)})
        return {name: [(each.at, getattr(each, kind).get(name, 0)) for each in samples] for name in names}

    return {
        "TrainingJobs by phase": over_time(phases("trainings")),
        "InferenceServices by phase": over_time(phases("services")),
        "The operator's memory, PSS in MiB": over_time({"gyre-operator": [(each.at, each.pss) for each in samples]}),
        "Processor cores by program": over_time(
            {name: rates(samples, lambda each, name=name: each.cpu[name]) for name in samples[-1].cpu}),
        "Reconciles and requests to the API server, a second": over_time(
            {"reconciles": rates(samples, lambda each: each.reconciles), "requests": rates(samples, lambda each: each.requests)}),
        "Keys in the queues, and agents that report": over_time(
            {"keys": [(each.at, each.depth) for each in samples], "agents": [(each.at, each.agents) for each in samples]}),
    }


def rates(samples: list[Sample], value) -> list[tuple[float, float]]:
    """Change a second from one sample to the next; none across a restart, which counts from zero again."""
    return [(after.at, (value(after) - value(before)) / (after.at - before.at))
            for before, after in zip(samples, samples[1:]) if value(after) >= value(before)]
