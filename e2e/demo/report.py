"""The demo's report: one HTML page with everything in it, plots first."""

import datetime
import html

from gyre_e2e import plots
from gyre_e2e.page import document


def page(outcome: str, started: float, steps: list[dict], facts: dict, entries: list[dict], traffic: list[dict]) -> str:
    good = all(step["result"] == "done" for step in steps)
    when = datetime.datetime.fromtimestamp(started, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    body = f'<h1 class="{"good" if good else "bad"}">{html.escape(outcome)}<small>Gyre demo, {when}</small></h1>'
    body += "<h2>Steps</h2>" + step_plot(steps) + step_table(steps, started)
    if facts.get("trials"):
        body += "<h2>The search</h2><p>Accuracy of each trial, and the best so far.</p>" + trials(facts["trials"])
    if facts.get("expected_psi"):
        body += ("<h2>Drift</h2><p>Population stability index of the sixteen sensors that moved most: what SciPy computes from the rows, and what "
                 "the monitor found from the agents' counts. The line is the threshold.</p>") + drift(facts)
    if facts.get("verdict"):
        body += "<h2>Challenger against champion</h2>" + verdict(facts["verdict"])
    if traffic:
        body += "<h2>Who answered</h2><p>Requests a second by the revision that answered, and those that failed.</p>" + answers(traffic)
    body += "<details><summary>Every transition</summary>" + transitions(entries) + "</details>"
    return document(f"{outcome}: Gyre demo", body)


def step_plot(steps: list[dict]) -> str:
    low, high = steps[0]["begun"], steps[-1]["ended"]
    return plots.spans([(s["title"], s["begun"], s["ended"], "#16a34a" if s["result"] == "done" else "#dc2626") for s in steps], low, high)


def step_table(steps: list[dict], started: float) -> str:
    rows = "".join(
        f'<tr><td class=time>{s["begun"] - started:.0f} s</td><td>{html.escape(s["title"])}</td><td>{html.escape(str(s["found"]))}</td>'
        f'<td class=time>{s["ended"] - s["begun"]:.0f} s</td></tr>' for s in steps)
    return f"<table><tr><th>from<th>step<th>found<th>took</tr>{rows}</table>"


def trials(all_trials: list[dict]) -> str:
    points = [(t["name"].rsplit("-", 1)[-1], float(t["metrics"]["accuracy"])) for t in all_trials if "accuracy" in t["metrics"]]
    rows = "".join(
        f"<tr><td>{html.escape(t['name'])}<td>{html.escape(', '.join(f'{k}={v}' for k, v in t['parameters'].items()))}"
        f"<td>{html.escape(t['metrics'].get('accuracy', ''))}<td>{t['phase']}</tr>" for t in all_trials)
    return plots.dots(points) + f"<table><tr><th>trial<th>parameters<th>accuracy<th></tr>{rows}</table>"


def drift(facts: dict) -> str:
    expected, found = facts["expected_psi"], facts.get("found_psi", {})
    names = sorted(expected, key=expected.get, reverse=True)[:16]
    return plots.bars({name: (expected[name], found.get(name)) for name in names}, 0.2, ("SciPy, all live rows", "Gyre, one window"))


def verdict(v: dict) -> str:
    low, high = v["ci"]
    return (f"<p><b>{v['result']}</b>: {html.escape(v['metric'])} {v['value']:.4f} against the champion's {v['championValue']:.4f} on the same {v['n']} rows; "
            f"the difference is {v['delta']:+.4f}, with its interval from {low:+.4f} to {high:+.4f}.</p>")


def answers(lines: list[dict]) -> str:
    revisions = sorted({revision for line in lines for revision in line["revisions"]})
    series: dict[str, list[tuple[float, float]]] = {f"revision {revision}": [] for revision in revisions}
    series["failed"] = []
    for line in lines:
        failed = 0
        for revision in revisions:
            outcomes = line["revisions"].get(revision, {})
            series[f"revision {revision}"].append((line["time"], outcomes.get("ok", 0)))
            failed += sum(count for outcome, count in outcomes.items() if outcome != "ok")
        series["failed"].append((line["time"], failed))
    return plots.stacked(series, lines[0]["time"], lines[-1]["time"])


def transitions(entries: list[dict]) -> str:
    rows = "".join(
        f"<tr><td class=time>{e['seconds']:.1f} s<td>{e['kind']}<td>{html.escape(e['name'])}<td>{html.escape(e['what'])}</tr>" for e in entries)
    return f"<table>{rows}</table>"
