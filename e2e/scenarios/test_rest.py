"""At rest the operator is quiet and small."""

import re
import subprocess
import time

from gyre_e2e.cluster import kubectl, wait_for
from gyre_e2e.install import NAMESPACE

WRITES = re.compile(r'^gyre_api_requests_total\{(?P<labels>[^}]*)\} (?P<count>\S+)$', re.MULTILINE)


def operator_pods() -> list[tuple[str, str]]:
    listed = kubectl("-n", NAMESPACE, "get", "pods", "-l", "app.kubernetes.io/component=operator",
                     "-o", "jsonpath={range .items[*]}{.metadata.name} {.status.podIP}{'\\n'}{end}").stdout
    return [tuple(line.split()) for line in listed.splitlines()]


def metrics(pod: str) -> str:
    return kubectl("get", "--raw", f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}:8443/proxy/metrics").stdout


def writes(text: str) -> float:
    total = 0.0
    for match in WRITES.finditer(text):
        labels = match["labels"]
        if 'resource="leases.' not in labels and re.search(r'verb="(create|apply|patch|update|delete)"', labels):
            total += float(match["count"])
    return total


def test_nothing_is_written_in_a_minute_of_rest():
    pods = [name for name, _ in operator_pods()]
    # What earlier tests deleted is still being tidied up.
    wait_for("ten quiet seconds", lambda: (before := [writes(metrics(pod)) for pod in pods]) and not time.sleep(10)
             and before == [writes(metrics(pod)) for pod in pods], 120)
    before = {pod: writes(metrics(pod)) for pod in pods}
    time.sleep(60)
    assert {pod: writes(metrics(pod)) for pod in pods} == before


def test_the_operator_holds_less_than_40_mib():
    for pod, _ in operator_pods():
        found = re.search(r"^process_resident_memory_bytes (\S+)$", metrics(pod), re.MULTILINE)
        assert found, "the operator does not report its memory"
        assert float(found[1]) < 40 * 2**20


def test_kubectl_get_gyre_shows_all_kinds():
    assert subprocess.run(["kubectl", "get", "gyre", "-A"], capture_output=True, text=True, check=False).returncode == 0
