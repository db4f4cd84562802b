"""What the chart brings for Prometheus and Grafana, and what it asks Prometheus for."""

from __future__ import annotations

import json
import re

import promql_parser as promql
import yaml

from .cluster import ROOT

RULES = ROOT / "charts/gyre/files/rules.yaml"
DASHBOARD = ROOT / "charts/gyre/files/dashboard.json"
# The job by which alerts and dashboard know our series.
JOB = "gyre-metrics"
_SUFFIXES = {"histogram": ("_bucket", "_sum", "_count")}


def alerts() -> list[dict]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def panels() -> list[dict]:
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def panel_queries() -> list[tuple[str, str]]:
    """Title and query, as Grafana sends it."""
    return [(panel["title"], _interpolated(target["expr"])) for panel in panels() for target in panel["targets"]]


def _interpolated(expression: str) -> str:
    return expression.replace("$__rate_interval", "5m").replace("$__range", "6h").replace("$job", JOB)


def documented() -> dict[str, set[str]]:
    """Labels of each series that docs/metrics.md lists."""
    found = {}
    for line in (ROOT / "docs/metrics.md").read_text().splitlines():
        if row := re.fullmatch(r"\| `(\w+)` \| (counter|gauge|histogram) \|([^|]*)\| [^|]* \|", line):
            labels = set(re.findall(r"`(\w+)`", row[3]))
            for suffix in _SUFFIXES.get(row[2], ("",)):
                found[row[1] + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    assert len(found) > 40, "the tables of docs/metrics.md cannot be read"
    return found


def selectors(expression: str) -> list[promql.VectorSelector]:
    found = []
    promql.walk(promql.parse(expression), found.append)
    return [node for node in found if isinstance(node, promql.VectorSelector)]
