"""Programs that the tests start, each with its output in a file of its own."""

from __future__ import annotations

import itertools
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
from typing import Any, Callable

ROOT = pathlib.Path(__file__).resolve().parents[3]


class GaveUp(AssertionError):
    """Something did not happen in time; the message says what was seen instead."""


def wait_for(what: str, look: Callable[[], Any], seconds: float, every: float = 0.1) -> Any:
    """Looks until the answer is truthy."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise GaveUp(f"{what}: not within {seconds:.0f} s")
        time.sleep(every)
    return found


# From somewhere, so that two runs of tests at once do not look at the same ones.
_candidates = itertools.cycle(range(20_000 + os.getpid() * 37 % 7_000, 30_000))


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, each given once: below those that the kernel gives to clients and those of NodePorts, so that none is taken
    before it is used."""
    found: list[int] = []
    while len(found) < count:
        port = next(_candidates)
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                continue
        found.append(port)
    return found


def pss(pid: int) -> int:
    """Proportional set size in bytes."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[1]) * 1024


def cpu_seconds(pid: int) -> float:
    """Of user and system, since its start."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Program:
    """One process. Its output goes to `log`, which later starts go on with."""

    def __init__(self, command: list[str], log: pathlib.Path, environment: dict[str, str] | None = None):
        self.log = log
        self.command = command
        with log.open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=environment)

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_running(self) -> bool:
        return self._process.poll() is None

    def check(self) -> None:
        if not self.is_running():
            raise GaveUp(f"{self.command[0]} ended with status {self._process.returncode}: {self.last_lines()}")

    def last_lines(self, count: int = 8) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def kill(self) -> None:
        """As a lost machine or an exhausted memory would: without a word."""
        self._process.kill()
        self._process.wait()

    def stop(self, seconds: float = 20) -> None:
        """Gently, and as it must be when that is not enough."""
        if self.is_running():
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def memory(self) -> int:
        """Resident bytes."""
        return self._status("VmRSS")

    def peak_memory(self) -> int:
        """The most resident bytes that there ever were."""
        return self._status("VmHWM")

    def _status(self, name: str) -> int:
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
        raise GaveUp(f"process {self.pid} does not tell its {name}")
