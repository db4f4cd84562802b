"""What the chart makes for the Prometheus operator, held to that operator's own CustomResourceDefinitions at a real API server."""

import json
import pathlib
import subprocess

import pytest

from tests.faults.harness.api import Api, ApiError
from tests.faults.harness.control_plane import ControlPlane
from tests.faults.harness.process import wait_for

MODULE = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
SUM = "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s="
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
KINDS = {"ServiceMonitor": "servicemonitors", "PrometheusRule": "prometheusrules"}
NAMESPACE = "gyre-system"
SECONDS = 60


def definitions(cache: pathlib.Path) -> pathlib.Path:
    """The folder of that operator's CRDs, from its Go module."""
    done = subprocess.run(["go", "mod", "download", "-json", MODULE], cwd=cache, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    module = json.loads(done.stdout)
    assert module["Sum"] == SUM
    return pathlib.Path(module["Dir"]) / "example/prometheus-operator-crd"


def collection(plural: str) -> str:
    return f"/apis/monitoring.coreos.com/v1/namespaces/{NAMESPACE}/{plural}"


def is_served(api: Api, plural: str) -> bool:
    try:
        return api.get(collection(plural)) is not None
    except ApiError:
        return False


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plane")
    with ControlPlane(folder, controllers=()) as plane:
        api = plane.api()
        plane.make_namespace(NAMESPACE)
        manifests = definitions(folder)
        for plural in KINDS.values():
            api.create_from_yaml(CRDS, (manifests / f"monitoring.coreos.com_{plural}.yaml").read_text())
        for plural in KINDS.values():
            wait_for(plural, lambda plural=plural: is_served(api, plural), SECONDS)
        yield api


def test_its_own_definitions_take_all_that_we_say(api, render):
    objects = render(metrics={
        "serviceMonitor": {"enabled": True, "interval": "30s", "labels": {"release": "prometheus"}},
        "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}, "documentationUrl": "https://docs.example.com/gyre/"}})
    ours = {obj["kind"]: obj for obj in objects if obj["kind"] in KINDS}
    assert ours.keys() == KINDS.keys()
    for kind, obj in ours.items():
        made = api.create(f"{collection(KINDS[kind])}?fieldValidation=Strict", obj)
        assert made["spec"] == obj["spec"] and made["metadata"]["labels"]["release"] == "prometheus"


def test_they_would_not_take_anything(api, render):
    [rule] = [obj for obj in render(metrics={"prometheusRule": {"enabled": True}}) if obj["kind"] == "PrometheusRule"]
    rule["metadata"]["name"] = "wrong"
    rule["spec"]["groups"][0]["rules"][0]["for"] = "soon"
    with pytest.raises(ApiError, match="spec.groups"):
        api.create(f"{collection('prometheusrules')}?fieldValidation=Strict", rule)
