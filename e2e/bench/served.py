"""Programs that serve HTTP on loopback, and wrk's load on them."""

import json
import os
import socket
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from harness.process import cpu_seconds

from .measure import RESULTS, Figures

CONNECTIONS = 32
SECONDS = int(os.environ.get("GYRE_BENCH_SECONDS", "2"))
SCRIPT = Path(__file__).with_name("load.lua")


@dataclass
class Target:
    port: int
    process: subprocess.Popen
    scheme: str = "http"


@dataclass
class Post:
    """What is posted, again and again."""

    path: str
    body: Path


def log_of(what: str) -> Path:
    return RESULTS / f"{what}.log"


def start(stack: ExitStack, what: str, port: int, command: list, environment: dict | None = None,
          scheme: str = "http") -> Target:
    with log_of(what).open("w") as log:
        process = subprocess.Popen([str(word) for word in command], env={**os.environ, **(environment or {})},
                                   stdout=log, stderr=log)
    stack.callback(stop, process)
    wait_for(port, process, what)
    return Target(port, process, scheme)


def wait_for(port: int, process: subprocess.Popen, what: str) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"{what} does not listen on port {port}; read {log_of(what)}")


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def measure(target: Target, post: Post, what: str) -> Figures:
    """With many connections for rate and processor time, with one for latency. `what` is one of what is counted."""
    before = cpu_seconds(target.process.pid)
    many = load(target, post, CONNECTIONS)
    used = cpu_seconds(target.process.pid) - before
    one = load(target, post, 1)
    return {f"{what}s/s": many["requests"] / many["microseconds"] * 1e6, f"CPU µs/{what}": used / many["requests"] * 1e6,
            "p99 µs at full load": many["p99"], "p50 µs, one connection": one["p50"],
            "p99 µs, one connection": one["p99"]}


def load(target: Target, post: Post, connections: int) -> dict:
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "-s", SCRIPT,
                           f"{target.scheme}://127.0.0.1:{target.port}", "--", post.path, post.body],
                          capture_output=True, text=True, check=True)
    figures = json.loads(done.stderr.strip().splitlines()[-1])
    if figures["errors"] or not figures["requests"]:
        raise SystemExit(f"{target.process.args[0]}: {figures['errors']} of {figures['requests']} requests failed")
    return figures


def packages(*names: str) -> dict:
    """Versions of Debian packages."""
    listed = subprocess.run(["dpkg-query", "-W", "-f=${Package} ${Version}\n", *names], capture_output=True, text=True,
                            check=True)
    return dict(line.split(" ", 1) for line in listed.stdout.splitlines())
