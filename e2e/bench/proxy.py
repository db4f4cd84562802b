"""gyre-agent as a reverse proxy on loopback beside HAProxy: same upstream, same load, one thread each."""

import json
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from harness.process import free_ports

from . import served
from .contestant import MIB
from .measure import GYRE, PROGRAMS, Figures, interleave, medians, progress, report
from .served import CONNECTIONS, SECONDS, Post, Target, start

DIRECT = "direct"
PEER = "haproxy"

HAPROXY = """\
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 75s
  timeout server 60s
  http-reuse always
frontend inference
  bind 127.0.0.1:{port}
  default_backend model
backend model
  server model 127.0.0.1:{upstream}
"""


def start_agent(stack: ExitStack, folder: Path, upstream: int) -> Target:
    port, metrics_port = free_ports(2)
    (folder / "buckets").mkdir()
    (folder / "routes.json").write_text(json.dumps(
        {"generation": 1, "stable": {"revision": "digits-1", "host": f"127.0.0.1:{port}"}, "weight": 0}))
    return start(stack, "gyre-agent", port, [PROGRAMS / "gyre-agent"], {
        "GYRE_SERVICE": "digits", "GYRE_REVISION": "digits-1", "GYRE_UPSTREAM": f"127.0.0.1:{upstream}",
        "GYRE_LISTEN": f"127.0.0.1:{port}", "GYRE_METRICS_LISTEN": f"127.0.0.1:{metrics_port}",
        "GYRE_ROUTES": str(folder / "routes.json"), "GYRE_BUCKETS": str(folder / "buckets"),
        "GYRE_BASELINE": str(folder / "none.json")})


def start_haproxy(stack: ExitStack, folder: Path, upstream: int) -> Target:
    (port,) = free_ports(1)
    config = folder / "haproxy.cfg"
    config.write_text(HAPROXY.format(port=port, upstream=upstream))
    program = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
    return start(stack, "haproxy", port, [program, "-db", "-f", config])


def write_row(folder: Path) -> Post:
    """One row of 64 features as the v2 protocol sends it."""
    data = [float(i * 7 % 17) for i in range(1, 65)]
    body = folder / "row.json"
    body.write_text(json.dumps({"inputs": [{"name": "rows", "shape": [1, 64], "datatype": "FP32", "data": data}]}))
    return Post("/v2/models/digits/infer", body)


def measure(target: Target, row: Post) -> Figures:
    return served.measure(target, row, "request") | {"resident MiB": target.process.memory() / MIB}


def with_added(raw: dict[str, list[Figures]]) -> dict[str, list[Figures]]:
    """What a proxy adds to the way without one. Against all its rounds: a single one is as noisy as the proxies'."""
    direct = medians(raw)[DIRECT]
    for name in (GYRE, PEER):
        for figures in raw[name]:
            for part in ("p50", "p99"):
                figures[f"added {part} µs"] = (figures[f"{part} µs, one connection"] -
                                               direct[f"{part} µs, one connection"])
    return raw


def run() -> list[str]:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        (port,) = free_ports(1)
        upstream = start(stack, "upstream", port, [PROGRAMS / "upstream_bench", port])
        targets = {DIRECT: upstream, GYRE: start_agent(stack, folder, port), PEER: start_haproxy(stack, folder, port)}
        row = write_row(folder)
        progress(f"about {3 * 2 * SECONDS} s a round")
        raw = with_added(interleave({each: (lambda target=target: measure(target, row))
                                     for each, target in targets.items()}))
    direct = medians(raw)[DIRECT]
    compared = (f"POST of one row of 64 features over loopback, {CONNECTIONS} connections for requests/s and CPU, "
                f"one for added latency (direct: {direct['requests/s']:,.0f} requests/s)")
    peers = {each: taken for each, taken in raw.items() if each != DIRECT}
    better = {"requests/s": "higher", "CPU µs/request": "lower", "p99 µs at full load": "lower",
              "added p50 µs": "lower", "added p99 µs": "lower", "resident MiB": "lower"}
    return [report("proxy", compared, better, peers, served.packages("haproxy", "wrk"), raw[DIRECT])]
