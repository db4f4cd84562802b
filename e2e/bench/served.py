"""Programs that serve HTTP on loopback, and wrk's load on them."""

import json
import os
import socket
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from harness.process import Program, cpu_seconds, wait_for

from .measure import RESULTS, Figures

CONNECTIONS = 32
SECONDS = int(os.environ.get("GYRE_BENCH_SECONDS", "2"))
START_SECONDS = 15
SCRIPT = Path(__file__).with_name("load.lua")


@dataclass
class Target:
    port: int
    process: Program
    scheme: str = "http"


@dataclass
class Post:
    """What is posted, again and again."""

    path: str
    body: Path


def start(stack: ExitStack, what: str, port: int, command: list, environment: dict | None = None,
          scheme: str = "http") -> Target:
    log = RESULTS / f"{what}.log"
    log.unlink(missing_ok=True)
    process = Program([str(word) for word in command], log, {**os.environ, **(environment or {})})
    stack.callback(process.stop)

    def listens() -> bool:
        process.check()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_for(f"{what} on port {port} (its log: {log})", listens, START_SECONDS)
    return Target(port, process, scheme)


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
        raise SystemExit(f"{target.process.command[0]}: {figures['errors']} of {figures['requests']} requests failed")
    return figures


def packages(*names: str) -> dict:
    """Versions of Debian packages."""
    listed = subprocess.run(["dpkg-query", "-W", "-f=${Package} ${Version}\n", *names], capture_output=True, text=True,
                            check=True)
    return dict(line.split(" ", 1) for line in listed.stdout.splitlines())
