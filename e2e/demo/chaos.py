"""Kills the operator with SIGKILL again and again, at moments that the seed decides: `make demo KILL=<seed>`.

The outcome of the demo must not depend on it.
"""

import random
import threading
import time

from gyre_e2e.kill import kill_operators


class Chaos:
    def __init__(self, seed: int, say):
        self.random, self.say, self.kills = random.Random(seed), say, 0
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(self.random.uniform(20, 70))
            kill_operators(self.random.choice([1, None]))
            self.kills += 1
            self.say(f"killed the operator (kill {self.kills})")
