"""What the pods of a scenario do: how they end, and what they say. The same for the same Job in every run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

ATTEMPT, ROLE, TRAINING_JOB = "gyre.dev/attempt", "gyre.dev/role", "gyre.dev/training-job"
TRAINER, PUBLISH, WORKER = "trainer", "gyre-publish", "worker"


def digest(of: str) -> str:
    return "sha256:" + hashlib.sha256(of.encode()).hexdigest()


@dataclass
class Ending:
    exit_codes: dict[str, int] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)


@dataclass
class Script:
    """Fields are what a scenario may want to be different."""

    # Attempts of trainings that fail, by the TrainingJob's name.
    failing: dict[str, int] = field(default_factory=dict)
    # Verifications that cannot read the artifact, by the ModelVersion's name.
    unreadable: dict[str, int] = field(default_factory=dict)
    # Trainings that go on until somebody stops them; of their first attempt only.
    endless: frozenset[str] = frozenset()
    # The sealed baseline that verifying Jobs deliver.
    baseline: str = ""
    # Rows that the agents count: counts, modelVersion, baselineDigest, and the monitor that is to see them.
    drifted: dict | None = None

    def is_endless(self, job: dict) -> bool:
        labels = job["metadata"]["labels"]
        return labels.get(TRAINING_JOB) in self.endless and labels[ATTEMPT] == "0"

    def ending(self, job: dict) -> Ending:
        labels = job["metadata"]["labels"]
        if TRAINING_JOB in labels:
            return self._training(job, labels)
        messages = {"verify": self._verify, "evaluate": self._evaluate, "snapshot": self._snapshot}
        return messages[labels[ROLE]](job, labels)

    def log(self, job: dict) -> str:
        """What the trainer prints: its objective is a plain function of its parameters."""
        trainer = next(each for each in job["spec"]["template"]["spec"]["containers"] if each["name"] == TRAINER)
        parameters = {each["name"]: each.get("value", "") for each in trainer.get("env", [])}
        c = float(parameters.get("GYRE_PARAM_C", "1"))
        return f"epoch 1\nloss={c:.4f}\naccuracy={1 / (1 + c):.4f}\n"

    def _training(self, job: dict, labels: dict) -> Ending:
        attempt = int(labels[ATTEMPT])
        if attempt < self.failing.get(labels[TRAINING_JOB], 0):
            return Ending({TRAINER: 1})
        ending = Ending()
        for container in job["spec"]["template"]["spec"].get("initContainers", []):
            if container["name"].startswith("gyre-fetch-"):
                ending.messages[container["name"]] = json.dumps({"digest": digest("rows")})
            if container["name"] == PUBLISH:
                uri = container["args"][container["args"].index("--to-uri") + 1]
                output = {"uri": uri, "manifestDigest": digest(f"manifest {attempt}"), "format": "sklearn",
                          "predictionsDigest": digest("predictions"), "evaluationDigest": digest("evaluation")}
                ending.messages[PUBLISH] = json.dumps({"output": output, "evaluationRows": 100})
        return ending

    def _verify(self, job: dict, labels: dict) -> Ending:
        if int(labels[ATTEMPT]) <= self.unreadable.get(labels["gyre.dev/model-version"], 0):
            return Ending({WORKER: 1}, {WORKER: json.dumps({"error": "the claim holds no manifest.json"})})
        return Ending(messages={WORKER: json.dumps({"digest": argument(job, "--digest")})})

    def _evaluate(self, job: dict, _: dict) -> Ending:
        gates = json.loads(argument(job, "--gates"))
        verdicts = [{"gate": i, "metric": gate["metric"], "value": 0.95, "championValue": 0.9, "delta": 0.05, "ci": [0.01, 0.09],
                     "p": 0.001, "n": 100, "result": "Superior"} for i, gate in enumerate(gates)]
        return Ending(messages={WORKER: json.dumps({"verdicts": verdicts})})

    def _snapshot(self, job: dict, _: dict) -> Ending:
        message = {"uri": argument(job, "--to-uri"), "digest": digest("snapshot"), "rows": 900, "rowsAfter": 500, "enough": True}
        return Ending(messages={WORKER: json.dumps(message)})


def argument(job: dict, flag: str) -> str:
    """What follows a flag of the worker's container; empty when it is not given."""
    arguments = job["spec"]["template"]["spec"]["containers"][0].get("args", [])
    return arguments[arguments.index(flag) + 1] if flag in arguments else ""
