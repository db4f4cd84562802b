"""A real Prometheus scrapes the operator, with the chart's rules and the dashboard's queries."""

import json
import subprocess

import pytest
import yaml

from gyre_e2e.cluster import ROOT, condition, kubectl, wait_for
from gyre_e2e.install import NAMESPACE
from gyre_e2e.monitoring import alerts, documented, panel_queries, selectors
from gyre_e2e.prometheus import PortForward, Prometheus
from gyre_e2e.samples import training_job

PORT = 8443
OF_TARGETS = {"__name__", "job", "instance", "namespace", "pod"}


def rendered(*values: str) -> list[dict]:
    done = subprocess.run(["helm", "template", "gyre", str(ROOT / "charts/gyre"), "--namespace", NAMESPACE,
                           *(word for value in values for word in ("--set", value))], check=True, capture_output=True, text=True)
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def one(objects: list[dict], kind: str, name: str) -> dict:
    found = [each for each in objects if each["kind"] == kind and each["metadata"]["name"] == name]
    assert len(found) == 1, f"{len(found)} objects {kind} {name}"
    return found[0]


@pytest.fixture(scope="module")
def chart():
    return rendered("metrics.serviceMonitor.enabled=true", "metrics.serviceMonitor.labels.release=prometheus",
                    "metrics.serviceMonitor.interval=15s", "metrics.prometheusRule.enabled=true",
                    "metrics.prometheusRule.documentationUrl=https://docs.example/", "metrics.dashboard.enabled=true")


@pytest.fixture(scope="module")
def prometheus(chart, tmp_path_factory):
    pods = json.loads(kubectl("-n", NAMESPACE, "get", "pods", "-l", "app.kubernetes.io/component=operator", "-o", "json").stdout)["items"]
    names = [pod["metadata"]["name"] for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    ways = {name: PortForward(NAMESPACE, name, PORT) for name in names}
    rules = yaml.safe_dump(one(chart, "PrometheusRule", "gyre-operator")["spec"], width=10000)
    server = Prometheus(tmp_path_factory.mktemp("prometheus"), rules, NAMESPACE, {name: way.port for name, way in ways.items()})
    yield server
    server.stop()
    for way in ways.values():
        way.stop()


@pytest.fixture(scope="module")
def scraped(prometheus):
    assert prometheus.targets >= 1
    wait_for("every replica to be scraped", lambda: len(prometheus.query("up == 1")) == prometheus.targets, 60)
    # Rates need two scrapes.
    wait_for("a second scrape", lambda: prometheus.query("min(count_over_time(up[1m])) >= 3"), 60)
    return prometheus


def test_the_chart_brings_nothing_that_was_not_asked_for():
    kinds = {each["kind"] for each in rendered()}
    assert not kinds & {"ServiceMonitor", "PrometheusRule"}
    assert not [each for each in rendered() if each["metadata"]["name"] == "gyre-dashboard"]


def test_the_service_monitor_selects_the_service_and_gives_the_job_that_alerts_know(chart):
    monitor = one(chart, "ServiceMonitor", "gyre-operator")
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    wanted = monitor["spec"]["selector"]["matchLabels"].items()
    services = [each for each in chart if each["kind"] == "Service" and wanted <= each["metadata"]["labels"].items()]
    # Without jobLabel the job is the Service's name.
    assert [each["metadata"]["name"] for each in services] == ["gyre-metrics"]
    [endpoint] = monitor["spec"]["endpoints"]
    assert endpoint["port"] in [port["name"] for port in services[0]["spec"]["ports"]]
    assert endpoint["interval"] == "15s"
    # A series that says a namespace means that one, not the pod's.
    assert endpoint["honorLabels"] is True


def test_the_rules_link_to_the_documentation(chart):
    rules = [rule for group in one(chart, "PrometheusRule", "gyre-operator")["spec"]["groups"] for rule in group["rules"]]
    assert [rule["alert"] for rule in rules] == [alert["alert"] for alert in alerts()]
    for rule in rules:
        assert rule["annotations"]["runbook_url"] == f"https://docs.example/runbooks/{rule['alert']}.md"


def test_the_rules_ask_for_this_release_alone(chart):
    for group in one(chart, "PrometheusRule", "gyre-operator")["spec"]["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["namespace"] == NAMESPACE
            for each in selectors(rule["expr"]):
                asked = {(matcher.name, matcher.value) for matcher in each.matchers.matchers}
                assert {("job", "gyre-metrics"), ("namespace", NAMESPACE)} <= asked, f"{rule['alert']}: {each.name}"


def test_grafana_finds_the_dashboard(chart):
    dashboard = one(chart, "ConfigMap", "gyre-dashboard")
    assert dashboard["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert json.loads(dashboard["data"]["gyre.json"])["uid"] == "gyre"


def test_the_cluster_takes_the_dashboard(chart):
    kubectl("apply", "--dry-run=server", "-f", "-", stdin=json.dumps(one(chart, "ConfigMap", "gyre-dashboard")))


def test_every_metric_that_is_asked_for_is_scraped(scraped):
    families = set(scraped.ask("metadata"))
    listed = {name.removesuffix(suffix) for name in documented() for suffix in ("_bucket", "_sum", "_count")
              if name.endswith(suffix)} | {name for name in documented() if not name.endswith(("_bucket", "_sum", "_count"))}
    assert families == listed, "docs/metrics.md and a scrape differ"


def test_series_have_the_labels_that_are_documented(scraped):
    for name, labels in documented().items():
        for series in scraped.query(f'{name}{{job="gyre-metrics"}}'):
            assert set(series["metric"]) - OF_TARGETS == labels - OF_TARGETS, name


def test_one_replica_leads_and_all_are_ready(scraped):
    [leaders] = scraped.query("sum(leader_election_master_status)")
    assert leaders["value"][1] == "1"
    [ready] = scraped.query("min(gyre_ready)")
    assert ready["value"][1] == "1"
    lasts = {each["metric"]["certificate"]: float(each["value"][1])
             for each in scraped.query("min by (certificate) (gyre_certificate_expiration_timestamp_seconds) - time()")}
    assert lasts["serving"] > 29 * 86400 and lasts["ca"] > 29 * 86400


def test_no_rule_fails_to_evaluate(scraped):
    def evaluated():
        rules = [rule for group in scraped.ask("rules")["groups"] for rule in group["rules"]]
        return all(rule["health"] != "unknown" for rule in rules) and rules

    rules = wait_for("every rule to be evaluated", evaluated, 60)
    assert {rule["name"] for rule in rules} == {alert["alert"] for alert in alerts()}
    assert [(rule["name"], rule.get("lastError")) for rule in rules if rule["health"] != "ok"] == []


@pytest.mark.parametrize("title,query", panel_queries(), ids=[title for title, _ in panel_queries()])
def test_a_panel_can_be_drawn(scraped, title, query):
    scraped.ask("query", query=query)
    now = scraped.query("time()")[1]
    scraped.ask("query_range", query=query, start=str(float(now) - 60), end=str(now), step="5")


def test_panels_and_alerts_about_the_runtime_see_something(scraped, namespace):
    namespace.apply(json.dumps(training_job("seen", suspend=True)))
    for name in sorted({each.name for _, query in panel_queries() for each in selectors(query)}):
        # Those of agents need a service that is asked for predictions; conditions need an object.
        if not name.startswith(("gyre_collector_rows", "gyre_conditions")):
            wait_for(f"series of {name}", lambda name=name: scraped.query(name), 30)


def test_an_alert_fires_when_somebody_must_act_and_ends_when_they_have(scraped, namespace):
    assert scraped.alert_states("GyreObjectsStalled") == set()
    # The name of the Service by which its pods meet is taken by somebody else.
    namespace.kubectl("create", "service", "clusterip", "stuck", "--tcp=80:80")
    namespace.apply(json.dumps(training_job("stuck", numNodes=2)))
    namespace.wait_for_object("TrainingJob", "stuck", "stalled", lambda job: condition(job, "Stalled")["reason"] == "NameTaken")
    wait_for("the alert", lambda: scraped.alert_states("GyreObjectsStalled") == {"firing"}, 60)
    [stalled] = scraped.query('max by (kind, reason) (gyre_conditions{type="Stalled",status="True"})')
    assert stalled["metric"] == {"kind": "TrainingJob", "reason": "NameTaken"}

    namespace.kubectl("delete", "service", "stuck")
    namespace.wait_for_object("TrainingJob", "stuck", "done", lambda job: condition(job, "Complete")["status"] == "True", 180)
    wait_for("the alert's end", lambda: scraped.alert_states("GyreObjectsStalled") == set(), 60)
    wait_for("the training to be counted",
             lambda: scraped.query('sum(increase(gyre_events_total{kind="TrainingJob",reason="Succeeded"}[5m])) > 0'), 60)
