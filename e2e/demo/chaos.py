"""Kills an operator process with SIGKILL again and again, at moments that the seed decides: `make demo KILL=<seed>`.

The outcome of the demo must not depend on it. Only on the local cluster, whose containers are processes of this machine.
"""

import os
import pathlib
import random
import signal
import threading

PROGRAM = "gyre-operator"


class Chaos:
    def __init__(self, seed: int, say):
        self.random, self.say, self.kills = random.Random(seed), say, 0
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            threading.Event().wait(self.random.uniform(8, 40))
            if pids := operators():
                victim = self.random.choice(pids)
                os.kill(victim, signal.SIGKILL)
                self.kills += 1
                self.say(f"killed operator process {victim} (kill {self.kills})")


def operators() -> list[int]:
    """Processes of the operator that run in a pod."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text().strip() == PROGRAM and "kubepods" in (folder / "cgroup").read_text():
                found.append(int(folder.name))
        except OSError:
            continue  # It has ended meanwhile.
    return sorted(found)
