"""Traces of a real operator at a real API server, held to OpenTelemetry's own definition of OTLP."""

import base64
import http.server
import json
import threading

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.faults.harness.api import BATCH, GYRE
from tests.faults.harness.control_plane import ControlPlane
from tests.faults.harness.operator import Operator
from tests.faults.harness.process import wait_for

NAMESPACE = "traced"


class Receiver:
    """Takes what is posted to /v1/traces; what is no OTLP is a problem, and refused."""

    def __init__(self):
        self.spans: list[Span] = []
        self.resources: list[dict] = []
        self.problems: list[str] = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    assert self.path == "/v1/traces" and self.headers["Content-Type"] == "application/json"
                    assert self.headers["X-Tenant"] == "gyre e2e"
                    receiver.take(json.loads(body))
                    status = 200
                except Exception as problem:  # Whatever it is, the test has to tell it.
                    receiver.problems.append(repr(problem))
                    status = 400
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, request: dict) -> None:
        # OTLP's JSON writes ids in hex, where protocol buffers' own writes base64; all else is theirs, and unknown
        # fields are errors.
        for resource in request["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    for name in {"traceId", "spanId", "parentSpanId"} & span.keys():
                        span[name] = base64.b64encode(bytes.fromhex(span[name])).decode()
        parsed = json_format.ParseDict(request, ExportTraceServiceRequest())
        for resource in parsed.resource_spans:
            self.resources.append(values(resource.resource.attributes))
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    def stop(self) -> None:
        self._server.shutdown()


def values(attributes) -> dict:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


def training_job() -> dict:
    container = {"name": "trainer", "image": "trainer", "command": ["true"]}
    return {"apiVersion": "gyre.dev/v1alpha1", "kind": "TrainingJob", "metadata": {"name": "t"},
            "spec": {"template": {"spec": {"containers": [container]}}}}


@pytest.fixture(scope="module")
def receiver():
    started = Receiver()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    with ControlPlane(tmp_path_factory.mktemp("plane")) as started:
        started.make_namespace(NAMESPACE)
        yield started


@pytest.fixture(scope="module")
def spans(plane, receiver):
    """All of an operator that has brought a TrainingJob its Job."""
    operator = Operator(plane.kubeconfig(), NAMESPACE, plane.folder)
    operator.environment |= {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=gyre%20e2e",
                             "OTEL_RESOURCE_ATTRIBUTES": "k8s.pod.name=gyre-operator-0"}
    operator.start().wait_ready()
    plane.api().create(f"{GYRE}/namespaces/{NAMESPACE}/trainingjobs", training_job())
    wait_for("the Job", lambda: plane.api().find(f"{BATCH}/namespaces/{NAMESPACE}/jobs/t-0"), 30)
    wait_for("spans", lambda: operator.metric("gyre_trace_spans_total", outcome="exported") > 0, 30)
    assert operator.metric("gyre_trace_spans_total", outcome="queue_full") == 0
    operator.stop()
    return receiver.spans


def test_all_of_it_is_otlp_and_says_who_we_are(spans, receiver):
    assert receiver.problems == []
    assert spans and all(each == {"service.name": "gyre-operator", "k8s.pod.name": "gyre-operator-0"} for each in receiver.resources)
    for span in spans:
        assert len(span.trace_id) == 16 and len(span.span_id) == 8
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
    assert len({span.span_id for span in spans}) == len(spans)


def test_a_reconcile_names_its_object_and_its_result(spans, receiver):
    found = [values(span.attributes) for span in receiver.named("reconcile trainingjob")]
    assert {"gyre.controller": "trainingjob", "k8s.namespace.name": NAMESPACE, "gyre.object": "t", "gyre.result": "success"} in found


def test_requests_are_children_of_their_reconcile(spans, receiver):
    by_id = {span.span_id: span for span in spans}
    [post] = receiver.named("POST jobs.batch")
    apply = by_id[post.parent_span_id]
    reconcile = by_id[apply.parent_span_id]
    assert (apply.name, reconcile.name, reconcile.parent_span_id) == ("apply", "reconcile trainingjob", b"")
    assert post.trace_id == apply.trace_id == reconcile.trace_id
    assert reconcile.start_time_unix_nano <= post.start_time_unix_nano
    # Two clocks are read in turn: the end of a child may seem a little later than its parent's.
    assert post.end_time_unix_nano <= reconcile.end_time_unix_nano + 1_000_000


def test_requests_follow_the_conventions_of_http_clients(spans, receiver, plane):
    [post] = receiver.named("POST jobs.batch")
    assert post.kind == Span.SPAN_KIND_CLIENT and post.status.code == Status.STATUS_CODE_UNSET
    found = values(post.attributes)
    assert found.pop("url.full").startswith(f"{plane.url}{BATCH}/namespaces/{NAMESPACE}/jobs")
    assert found == {"http.request.method": "POST", "http.response.status_code": 201, "server.address": "127.0.0.1",
                     "server.port": int(plane.url.rsplit(":", 1)[1])}


def test_nothing_is_traced_outside_of_reconciles(spans):
    assert {span.name.split()[0] for span in spans if not span.parent_span_id} == {"reconcile"}
