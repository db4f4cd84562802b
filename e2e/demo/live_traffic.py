"""Live traffic from pods inside the cluster, and what came of it."""

import json

from gyre_e2e.cluster import Namespace, wait_for

IMAGE = "docker.io/gyre/trainer:dev"


class Traffic:
    def __init__(self, namespace: Namespace, url: str, model: str, rate: float, batch: int):
        self.namespace, self.url, self.model, self.rate, self.batch = namespace, url, model, rate, batch
        self.pod = ""
        self.count = 0
        self.lines: list[dict] = []

    def start(self, world: str) -> None:
        self.stop()
        self.count += 1
        self.pod = f"traffic-{self.count}-{world}"
        command = ["python", "/app/traffic.py", self.url, self.model, world, str(self.rate), str(self.batch)]
        self.namespace.run_pod(self.pod, IMAGE, command, wait=False)
        wait_for(f"{self.pod} to send", lambda: self.namespace.logs(self.pod), 60)

    def stop(self) -> None:
        if self.pod:
            self.lines += parse(self.namespace.stop_pod(self.pod))
            self.pod = ""

    def so_far(self) -> list[dict]:
        return self.lines + (parse(self.namespace.logs(self.pod)) if self.pod else [])

    def failures(self, revision: str) -> int:
        return sum(count for line in self.so_far() for outcome, count in line["revisions"].get(revision, {}).items() if outcome != "ok")

    def answers(self, revision: str) -> int:
        return sum(sum(line["revisions"].get(revision, {}).values()) for line in self.so_far())


def parse(logs: str) -> list[dict]:
    out = []
    for line in logs.splitlines():
        try:
            out.append(json.loads(line))
        except ValueError:
            continue  # The last line may be cut.
    return out
