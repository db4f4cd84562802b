"""The operator's admission webhook beside controller-runtime's: the same reviews over TLS on loopback."""

import copy
import json
import ssl
import subprocess
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import yaml

from harness.process import ROOT, free_ports, pss

from . import served
from .contestant import MIB
from .measure import GYRE, PROGRAMS, Figures, go_versions, interleave, progress, report
from .served import CONNECTIONS, SECONDS, Post, Target

SAMPLE = ROOT / "samples/digits/inference-service.yaml"
PATH = "/validate"
COMMANDS = {GYRE: "webhook_bench", "controller-runtime": "webhook"}


def make_certificates(folder: Path) -> Path:
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2",
                    "-keyout", folder / "tls.key", "-out", folder / "tls.crt"], check=True, capture_output=True)
    (folder / "ca.crt").write_text((folder / "tls.crt").read_text())
    return folder


def managed_fields(spec: dict) -> list[dict]:
    """As the API server sends them along, although no webhook reads them."""
    def owned(value: object) -> dict:
        return {f"f:{name}": owned(member) for name, member in value.items()} if isinstance(value, dict) else {}

    return [{"manager": "kubectl", "operation": "Apply", "apiVersion": "gyre.dev/v1alpha1", "fieldsType": "FieldsV1",
             "time": "2026-01-01T00:00:00Z", "fieldsV1": {"f:spec": owned(spec)}}]


def make_review(weight: int) -> dict:
    """What the API server sends when somebody changes the first weight of the sample's rollout."""
    old = yaml.safe_load(SAMPLE.read_text())
    old["metadata"] |= {"namespace": "team-0", "uid": "7d9c7d5e-5f0e-4d5c-9d43-0b8f1f4a3c11", "generation": 1,
                        "creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": managed_fields(old["spec"])}
    new = copy.deepcopy(old)
    new["metadata"]["generation"] = 2
    new["spec"]["rollout"]["steps"][0]["setWeight"] = weight
    kind = {"group": "gyre.dev", "version": "v1alpha1", "kind": "InferenceService"}
    resource = {"group": "gyre.dev", "version": "v1alpha1", "resource": "inferenceservices"}
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "0df28fbd-5f5f-11e8-bc74-36e6bb280816", "operation": "UPDATE", "kind": kind, "requestKind": kind,
        "resource": resource, "requestResource": resource, "namespace": "team-0", "name": old["metadata"]["name"],
        "userInfo": {"username": "jane", "groups": ["system:authenticated"]}, "object": new, "oldObject": old,
        "dryRun": False, "options": {"apiVersion": "meta.k8s.io/v1", "kind": "UpdateOptions"}}}


def start(stack: ExitStack, folder: Path, name: str) -> Target:
    (port,) = free_ports(1)
    return served.start(stack, COMMANDS[name], port,
                        [PROGRAMS / COMMANDS[name], "--port", port, "--certificates", folder], scheme="https")


def allows(target: Target, folder: Path, review: dict) -> bool:
    request = urllib.request.Request(f"https://127.0.0.1:{target.port}{PATH}", json.dumps(review).encode(),
                                     {"Content-Type": "application/json"})
    trust = ssl.create_default_context(cafile=folder / "tls.crt")
    with urllib.request.urlopen(request, timeout=10, context=trust) as answer:
        response = json.load(answer)["response"]
    if response["uid"] != review["request"]["uid"]:
        raise SystemExit(f"void: port {target.port} answered another review")
    return response["allowed"]


def check(targets: dict[str, Target], folder: Path) -> None:
    """Who lets everything pass, or nothing, was not measured at the same work."""
    for name, target in targets.items():
        if not allows(target, folder, make_review(20)) or allows(target, folder, make_review(101)):
            raise SystemExit(f"void: {name} does not tell a good weight from a bad one")


def measure(target: Target, post: Post) -> Figures:
    return served.measure(target, post, "review") | {"PSS MiB": pss(target.process.pid) / MIB}


def run() -> list[str]:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = make_certificates(Path(name))
        body = folder / "review.json"
        body.write_text(json.dumps(make_review(20)))
        targets = {each: start(stack, folder, each) for each in COMMANDS}
        check(targets, folder)
        progress(f"about {2 * 2 * SECONDS} s a round")
        raw = interleave({each: (lambda target=target: measure(target, Post(PATH, body)))
                          for each, target in targets.items()})
        size = body.stat().st_size
    compared = (f"AdmissionReviews of an update of an InferenceService, {size:,} bytes each, over TLS on loopback; "
                f"{CONNECTIONS} connections for reviews/s and CPU, one for latency")
    better = {"reviews/s": "higher", "CPU µs/review": "lower", "p99 µs at full load": "lower",
              "p50 µs, one connection": "lower", "p99 µs, one connection": "lower", "PSS MiB": "lower"}
    return [report("webhook", compared, better, raw, go_versions("webhook") | served.packages("wrk"))]
