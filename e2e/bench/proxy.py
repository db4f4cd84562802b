"""gyre-agent as a reverse proxy on loopback beside HAProxy: same upstream, same load, one thread each."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from harness.process import free_ports

from .measure import GYRE, PROGRAMS, RESULTS, Figures, interleave, medians, progress, report

DIRECT = "direct"
PEER = "haproxy"
CONNECTIONS = 32
SECONDS = int(os.environ.get("GYRE_BENCH_SECONDS", "2"))
SCRIPT = Path(__file__).with_name("predict.lua")
TICK = os.sysconf("SC_CLK_TCK")

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


@dataclass
class Target:
    port: int
    process: subprocess.Popen


def log_of(what: str) -> Path:
    return RESULTS / f"{what}.log"


def wait_for(port: int, process: subprocess.Popen, what: str) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"{what} does not listen on port {port}; read {log_of(what)}")


def start(stack: ExitStack, what: str, port: int, command: list, environment: dict | None = None) -> Target:
    with log_of(what).open("w") as log:
        process = subprocess.Popen([str(word) for word in command], env={**os.environ, **(environment or {})},
                                   stdout=log, stderr=log)
    stack.callback(stop, process)
    wait_for(port, process, what)
    return Target(port, process)


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


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


def load(target: Target, connections: int) -> dict:
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "-s", SCRIPT,
                           f"http://127.0.0.1:{target.port}"], capture_output=True, text=True, check=True)
    figures = json.loads(done.stderr.strip().splitlines()[-1])
    if figures["errors"] or not figures["requests"]:
        raise SystemExit(f"{target.process.args[0]}: {figures['errors']} of {figures['requests']} requests failed")
    return figures


def processor_seconds(target: Target) -> float:
    fields = Path(f"/proc/{target.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident_mib(target: Target) -> float:
    status = Path(f"/proc/{target.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def measure(target: Target) -> Figures:
    before = processor_seconds(target)
    many = load(target, CONNECTIONS)
    used = processor_seconds(target) - before
    one = load(target, 1)
    return {"requests/s": many["requests"] / many["microseconds"] * 1e6, "CPU µs/request": used / many["requests"] * 1e6,
            "p99 µs at full load": many["p99"], "p50 µs, one connection": one["p50"],
            "p99 µs, one connection": one["p99"], "resident MiB": resident_mib(target)}


def with_added(raw: dict[str, list[Figures]]) -> dict[str, list[Figures]]:
    """What a proxy adds to the way without one. Against all its rounds: a single one is as noisy as the proxies'."""
    direct = medians(raw)[DIRECT]
    for name in (GYRE, PEER):
        for figures in raw[name]:
            for part in ("p50", "p99"):
                figures[f"added {part} µs"] = (figures[f"{part} µs, one connection"] -
                                               direct[f"{part} µs, one connection"])
    return raw


def versions() -> dict:
    package = subprocess.run(["dpkg-query", "-W", "-f=${Package} ${Version}\n", "haproxy", "wrk"], capture_output=True,
                             text=True, check=True)
    return dict(line.split(" ", 1) for line in package.stdout.splitlines())


def run() -> list[str]:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        (port,) = free_ports(1)
        upstream = start(stack, "upstream", port, [PROGRAMS / "upstream_bench", port])
        targets = {DIRECT: upstream, GYRE: start_agent(stack, folder, port), PEER: start_haproxy(stack, folder, port)}
        progress(f"about {3 * 2 * SECONDS} s a round")
        raw = with_added(interleave({each: (lambda target=target: measure(target)) for each, target in targets.items()}))
    direct = medians(raw)[DIRECT]
    compared = (f"POST of one row of 64 features over loopback, {CONNECTIONS} connections for requests/s and CPU, "
                f"one for added latency (direct: {direct['requests/s']:,.0f} requests/s)")
    peers = {each: taken for each, taken in raw.items() if each != DIRECT}
    better = {"requests/s": "higher", "CPU µs/request": "lower", "p99 µs at full load": "lower",
              "added p50 µs": "lower", "added p99 µs": "lower", "resident MiB": "lower"}
    return [report("proxy", compared, better, peers, versions(), raw[DIRECT])]
