"""Alerts, their runbooks and the dashboard belong together, and ask only for what docs/metrics.md lists (which a test
of its own holds to a real scrape). promtool says whether the alerts fire when they should."""

import collections
import json
import pathlib
import re
import subprocess
import sys

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "e2e"))

from gyre_e2e.monitoring import DASHBOARD, RULES, alerts, documented, panel_queries, panels, selectors  # noqa: E402

RUNBOOKS = ROOT / "docs/runbooks"
CASES = ROOT / "tests/alerts/cases.yaml"
PROMTOOL = ROOT / "build/prometheus/promtool"

# Prometheus' own, and what a scrape by a ServiceMonitor adds to each series.
OTHERS = {"up": {"job"}}
OF_TARGETS = {"job", "instance", "pod", "namespace"}


def check(where: str, expression: str) -> None:
    known = documented() | OTHERS
    asked = selectors(expression)
    assert asked, f"{where}: asks for no series"
    for each in asked:
        assert each.name in known, f"{where}: docs/metrics.md does not list {each.name}"
        for matcher in each.matchers.matchers:
            assert matcher.name in known[each.name] | OF_TARGETS, f"{where}: {each.name} has no label {matcher.name}"


def promtool(*args: str) -> None:
    done = subprocess.run([PROMTOOL, *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_accepts_the_rules():
    promtool("check", "rules", str(RULES))


def test_alerts_fire_on_what_they_are_for_and_on_nothing_else():
    promtool("test", "rules", str(CASES))


def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not():
    sides = collections.defaultdict(set)
    for case in yaml.safe_load(CASES.read_text())["tests"]:
        alert, _, other = case["name"].partition(": not on ")
        samples = case["promql_expr_test"][0]["exp_samples"]
        assert bool(samples) != bool(other), f"{case['name']}: the name and the expected samples say different things"
        sides[alert].add(bool(samples))
    assert sides == {alert["alert"]: {True, False} for alert in alerts()}


def test_every_alert_is_complete():
    for alert in alerts():
        assert set(alert["annotations"]) == {"summary", "description", "runbook_url"}, alert["alert"]
        assert alert["labels"]["severity"] in ("critical", "warning", "info"), alert["alert"]
        assert alert["annotations"]["runbook_url"] == f"docs/runbooks/{alert['alert']}.md"


def test_every_alert_has_a_runbook_and_every_runbook_an_alert():
    assert {page.stem for page in RUNBOOKS.glob("*.md")} == {alert["alert"] for alert in alerts()}


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda page: page.stem)
def test_a_runbook_says_what_it_means_how_to_look_and_how_to_mend_it(page):
    text = page.read_text()
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), re.M)
    assert headings == [page.stem, "Impact", "How to look", "How to mend it"]
    asked = [line for block in re.findall(r"^```promql\n(.*?)^```", text, re.S | re.M)
             for line in block.splitlines() if not line.startswith("#")]
    assert asked, "no query to look at"
    for query in asked:
        check(page.stem, query)
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (page.parent / link).exists(), f"{link} does not exist"


def test_alerts_ask_for_series_that_are_exported():
    for alert in alerts():
        check(alert["alert"], alert["expr"])


def test_the_dashboard_asks_for_series_that_are_exported():
    assert len(panel_queries()) >= 20
    for title, query in panel_queries():
        check(f"panel {title}", query)


def test_the_documentation_asks_for_series_that_are_exported():
    rows = re.findall(r"^\| [^|]+ \| `(.*)` \|$", (ROOT / "docs/metrics.md").read_text(), re.M)
    asked = [row.replace("\\|", "|") for row in rows if "(" in row]
    assert len(asked) >= 5
    for query in asked:
        check("docs/metrics.md", query)


def test_the_dashboard_can_be_imported():
    dashboard = json.loads(DASHBOARD.read_text())
    assert dashboard["uid"] and dashboard["title"]
    everything = dashboard["panels"]
    assert len({panel["id"] for panel in everything}) == len(everything)
    taken = set()
    for panel in everything:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken, f"{panel['title']} lies over another panel"
        taken |= cells
    for panel in panels():
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}, panel["title"]
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"]), panel["title"]


def test_events_that_begin_at_zero_are_those_of_controllers():
    folders = {"Experiment": "experiment", "TrainingJob": "training_job", "ModelVersion": "model_version",
               "InferenceService": "inference_service", "DriftMonitor": "drift_monitor"}
    listed = re.findall(r'\{"(\w+)", EventType::k(?:Normal|Warning), "(\w+)"\}', (ROOT / "operator/metrics/domain_metrics.cc").read_text())
    assert listed
    for kind, reason in listed:
        sources = "".join(file.read_text() for file in (ROOT / "controllers" / folders[kind]).glob("*.cc"))
        assert f'"{reason}"' in sources, f"no event of {kind} has the reason {reason}"
    begin = set(listed)
    for where, query in [(alert["alert"], alert["expr"]) for alert in alerts()]:
        for each in selectors(query):
            labels = {matcher.name: matcher for matcher in each.matchers.matchers}
            if each.name == "gyre_events_total":
                for reason in labels["reason"].value.split("|"):
                    assert (labels["kind"].value, reason) in begin, f"{where}: {reason} would not begin at zero"
