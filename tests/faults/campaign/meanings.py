"""What a schema's bounds cannot say: rules over several fields, pod templates, and names that mean something elsewhere."""

import re
from typing import Any, Iterator

from .bases import Base
from .paths import ABSENT, get
from .schema import Field, spec_schema, walk
from .values import ACCEPTED, REFUSED

# Where a field's own schema takes or refuses a value and the whole spec decides otherwise: base, path, words, verdict.
# Nothing as the verdict: the change is a wrong one of another field, which has its own.
ELSEWHERE = [
    ("torch", r"framework$", "is plain", None),  # numProcPerNode is torch's.
    ("tpe", r"numProcPerNode$", "is 2", REFUSED),
    ("retrain", r"numProcPerNode$", "is 2", REFUSED),
    ("tpe", r"trainingJob\.suspend$", "is (true|false)", REFUSED),
    ("retrain", r"trainingJob\.suspend$", "is true", REFUSED),
    ("tpe", r"trainingJob\.runPolicy\.ttlSecondsAfterFinished$", "is the least", REFUSED),
    # Left out, for whom the schema does not check: an embedded spec is read by the webhook alone.
    ("tpe", r"trainingJob\.datasets\[0\]\.digest$", "is empty", None),
    ("retrain", r"gates\[0\]\.min$", "is huge", ACCEPTED),
    # A gate that says min, max and nothing of the champion.
    ("", r"gates\[0\]\.min$", "is huge", REFUSED),
    ("", r"gates\[0\]\.max$", "is negative", None),
    ("", r"gates\[0\]\.inferenceService$", "is in another script|is as long as", REFUSED),
    # Names that something else in the spec says.
    ("tpe", r"parameters\[0\]\.name$", "is (in another script|as long as)", None),
    ("tpe", r"trialParameters\[0\]\.name$", "is (in another script|as long as)", None),
    ("tpe", r"trialParameters\[0\]\.reference$", "is (in another script|as long as)", REFUSED),
    ("tpe", r"trialParameters$", "is an empty list", None),
    # A space of numbers.
    ("tpe", r"parameterType$", "is (int|categorical)", None),
    ("tpe", r"feasibleSpace\.(min|max|step)$", "is in another script", REFUSED),
    ("tpe", r"feasibleSpace\.(min|max)$", "is empty", REFUSED),
    ("tpe", r"feasibleSpace\.list$", "is an empty list", None),
    ("tpe", r"algorithmName$", "is (random|grid)", None),
    ("tpe", r"algorithmSettings\[0\]\.(name|value)$", "is (in another script|empty)", REFUSED),
    ("tpe", r"parallelTrialCount$", "is the most", REFUSED),
    ("tpe", r"maxTrialCount$", "is the least", None),
    ("manual", r"approved\.digest$", "is sha256", REFUSED),
    ("manual", r"manifestDigest$", "is sha256", None),
    ("runtime", r"predictor\.runtime$", "is empty", None),
    ("template", r"predictor\.runtime$", "is (empty|in another script|as long as)", None),
    ("runtime", r"model\.digest$", "is sha256", None),
    ("", r"minReplicas$", "is the most", None),  # A thousand pods show no more than three.
    ("runtime", r"protocol$", "is custom", None),
    ("template", r"protocol$", "is v[12]", None),
    ("", r"metrics\[0\]\.max$", "is (huge|negative)", REFUSED),
    ("", r"methods\[0\]\.name$", "is psi", None),
    ("retrain", r"nOfM\[0\]$", "is negative", None),  # The list's own rule names the list.
]

# How to break each rule that stands at an object: words, and what to write there.
RULES: dict[str, list[tuple[str, dict[tuple, Any]]]] = {
    "has(self.min) || has(self.max) || has(self.vs)": [
        ("decides nothing", {(): {"metric": "accuracy"}})],
    "!(has(self.min) && has(self.max)) || self.min <= self.max": [
        ("has its bounds the wrong way round", {("min",): 0.9, ("max",): 0.1})],
    "!(has(self.inferenceService) && self.inferenceService != '') || has(self.vs)": [
        ("names a champion without comparing", {(): {"metric": "accuracy", "min": 0.1, "inferenceService": "digits"}})],
    "has(self.custom) == (has(self.protocol) && self.protocol == 'custom')": [
        ("says protocol custom, and not how", {("protocol",): "custom", ("custom",): ABSENT}),
        ("says how, of a protocol that is known", {
            ("protocol",): "v2", ("custom",): {"path": "/p", "features": "$", "prediction": "$"}})],
    "!(has(self.version) && has(self.digest))": [
        ("is pinned twice", {("version",): 1, ("digest",): "sha256:" + "c" * 64})],
    "has(self.runtime) != has(self.template)": [
        ("has no server", {("runtime",): ABSENT, ("template",): ABSENT}),
        ("has two servers", {("runtime",): "mlserver", ("template",): {
            "spec": {"containers": [{"name": "server", "image": "x"}]}}})],
    "!self.steps.exists(s, has(s.analysis)) || has(self.analysis)": [
        ("analyses by nothing", {("steps",): [{"analysis": {}}], ("analysis",): ABSENT})],
    "[has(self.setWeight), has(self.pause), has(self.analysis)].filter(x, x).size() == 1": [
        ("says nothing", {(): {}}), ("says two things", {(): {"setWeight": 5, "pause": {}}})],
    "has(self.max) || has(self.compareTo)": [
        ("decides nothing", {("max",): ABSENT, ("compareTo",): ABSENT})],
    "!(has(self.duration) && has(self.bucket)) || duration(self.duration) >= duration(self.bucket)": [
        ("is shorter than its bucket", {("duration",): "10s", ("bucket",): "1m"})],
    "!has(self.bucket) || duration(self.bucket) >= duration('1s')": [
        ("has a bucket of milliseconds", {("bucket",): "250ms"})],
    "!(has(self.duration) && has(self.bucket)) || duration(self.bucket) < duration('1s') || "
    "duration(self.duration).getMilliseconds() % duration(self.bucket).getMilliseconds() == 0": [
        ("has a bucket that does not divide it", {("duration",): "20s", ("bucket",): "7s"})],
    "!has(self.nOfM) || (self.nOfM[0] >= 1 && self.nOfM[0] <= self.nOfM[1] && self.nOfM[1] <= 100)": [
        ("wants more windows than it looks at", {("nOfM",): [4, 3]}),
        ("looks at too many windows", {("nOfM",): [1, 101]})],
}

# Pod templates: below the template, what is wrong or right, and the value.
POD = ("spec",)
CONTAINER = ("spec", "containers", 0)
PODS: list[tuple[tuple, str, Any, str]] = [
    ((*CONTAINER, "imagee"), "is a typing error", "x", REFUSED),
    ((*CONTAINER, "image"), "is a number", 7, REFUSED),
    ((*CONTAINER, "image"), "is missing", ABSENT, REFUSED),
    ((*CONTAINER, "image"), "is another image", "docker.io/gyre/other:dev", ACCEPTED),
    ((*CONTAINER, "env"), "has a variable without a name", [{"name": "", "value": "x"}], REFUSED),
    ((*CONTAINER, "env"), "has a variable in another script", [{"name": "GRÜSSE", "value": "漂移"}], REFUSED),
    ((*CONTAINER, "env"), "has a value in another script", [{"name": "GRUSS", "value": "漂移"}], ACCEPTED),
    ((*CONTAINER, "resources", "requests", "cpu"), "is negative", "-1", REFUSED),
    ((*CONTAINER, "resources", "requests", "cpu"), "is a word", "lots", REFUSED),
    ((*CONTAINER, "resources", "requests"), "exceeds its limit", {"memory": "64Gi"}, REFUSED),
    ((*CONTAINER, "resources", "requests", "cpu"), "is more than before", "250m", ACCEPTED),
    ((*CONTAINER, "volumeMounts"), "mounts what is not there", [{"name": "absent", "mountPath": "/x"}], REFUSED),
    ((*CONTAINER, "ports"), "has a port beyond all", [{"containerPort": 70000}], REFUSED),
    ((*CONTAINER, "securityContext", "runAsUser"), "is negative", -1, REFUSED),
    ((*CONTAINER, "command"), "is a text", "sh -c true", REFUSED),
    ((*CONTAINER, "args"), "is in another script", ["--gruß=漂移"], ACCEPTED),
    ((*POD, "containers"), "is an empty list", [], REFUSED),
    ((*POD, "containers"), "is missing", ABSENT, REFUSED),
    ((*POD, "initContainers"), "takes a name of the operator's", [{"name": "gyre-fetch", "image": "x"}], REFUSED),
    ((*POD, "volumes"), "takes a name of the operator's", [{"name": "gyre-model", "emptyDir": {}}], REFUSED),
    ((*POD, "volumes"), "names a claim that is not there", [{"name": "v", "persistentVolumeClaim": {"claimName": "absent"}}], ACCEPTED),
    ((*POD, "hostNetwork"), "is a text", "yes", REFUSED),
    ((*POD, "terminationGracePeriodSeconds"), "is longer", 300, ACCEPTED),
    ((*POD, "terminationGracePeriodSeconds"), "is a text", "long", REFUSED),
    ((*POD, "activeDeadlineSeconds"), "is nothing", 0, REFUSED),
    ((*POD, "nodeSelector"), "is another", {"disk": "ssd"}, ACCEPTED),
    ((*POD, "tolerations"), "has one", [{"key": "gpu", "operator": "Exists"}], ACCEPTED),
    ((*POD, "tolerations"), "has one of an unknown operator", [{"key": "gpu", "operator": "Perhaps"}], REFUSED),
    (("metadata",), "has a label that is none", {"labels": {"a b": "c"}}, REFUSED),
    (("metadata",), "has a label of the operator's", {"labels": {"gyre.dev/revision": "c"}}, REFUSED),
    (("metadata",), "has a label", {"labels": {"team": "vision"}}, ACCEPTED),
    (POD, "is missing", ABSENT, REFUSED),
]
TRAINERS = [
    # Not of servers: a rollout waits ten minutes for pods that never come.
    ((*POD, "serviceAccountName"), "names an account that is not there", "absent", ACCEPTED),
    ((*POD, "priorityClassName"), "names a class that is not there", "absent", ACCEPTED),
    ((*POD, "containers"), "has no trainer", [{"name": "main", "image": "x"}], REFUSED),
    ((*CONTAINER, "env"), "sets what the operator sets", [{"name": "GYRE_SEED", "value": "1"}], REFUSED),
    ((*CONTAINER, "volumeMounts"), "mounts into the operator's folder", [{"name": "v", "mountPath": "/gyre/x"}], REFUSED),
    ((*POD, "restartPolicy"), "restarts what failed", "Always", REFUSED),
]
SERVERS = [
    ((*POD, "containers"), "has no server", [{"name": "main", "image": "x"}], REFUSED),
    ((*CONTAINER, "lifecycle"), "has a preStop of its own", {"preStop": {"exec": {"command": ["true"]}}}, REFUSED),
    ((*POD, "restartPolicy"), "is not what a Deployment takes", "Never", REFUSED),
]
TEMPLATES = {"torch": [(("spec", "template"), TRAINERS)],
             "tpe": [(("spec", "trialTemplate", "trainingJob", "template"), TRAINERS)],
             "retrain": [(("spec", "retrain", "trainingJob", "template"), TRAINERS)],
             "template": [(("spec", "predictor", "template"), SERVERS)]}

# What only a person who knows the kind would try: path, words, value, verdict.
KINDS: dict[str, list[tuple[tuple, str, Any, str]]] = {
    "torch": [
        (("spec", "sharedMemory", "sizeLimit"), "exceeds the memory limit", "1Gi", REFUSED),
        (("spec", "parameters"), "has two entries that are one variable", {"a-b": "1", "a.b": "2"}, REFUSED),
        (("spec", "parameters"), "has an entry without a name", {"": "1"}, REFUSED),
        (("spec", "parameters"), "is in another script", {"c": "漂移"}, ACCEPTED),
        (("spec", "output"), "is missing", ABSENT, ACCEPTED),
        (("spec", "datasets"), "names a claim that is not there", [{"name": "d", "uri": "pvc://absent/x"}], ACCEPTED),
    ],
    "tpe": [
        (("spec", "parameters", 0, "feasibleSpace", "min"), "is above its maximum", "11", REFUSED),
        (("spec", "parameters", 0, "feasibleSpace", "min"), "is 0 on a logarithmic scale", "0", REFUSED),
        (("spec", "parameters", 0, "feasibleSpace", "max"), "is no finite number", "inf", REFUSED),
        (("spec", "parameters", 2, "feasibleSpace", "step"), "is nothing", "0", REFUSED),
        (("spec", "parameters", 2, "feasibleSpace", "step"), "is negative", "-1", REFUSED),
        (("spec", "parameters", 2, "feasibleSpace", "min"), "has a fraction", "1.5", REFUSED),
        (("spec", "parameters", 1, "feasibleSpace", "list"), "is an empty list", [], REFUSED),
        (("spec", "parameters", 1, "feasibleSpace", "list"), "has a value twice", ["a", "a"], REFUSED),
        (("spec", "algorithm", "algorithmSettings"), "is of another algorithm", [{"name": "sigma", "value": "1"}], REFUSED),
        (("spec", "algorithm"), "is random", {"algorithmName": "random"}, ACCEPTED),
        (("spec", "trialTemplate", "trainingJob", "parameters", "c"), "uses what nobody defines", "${trialParameters.z}", REFUSED),
        (("spec", "parallelTrialCount"), "exceeds maxTrialCount", 7, REFUSED),
        (("spec", "maxTrialCount"), "is more than before", 8, ACCEPTED),
    ],
    "manual": [
        (("spec", "artifact", "uri"), "names a claim that is not there", "pvc://absent/x", ACCEPTED),
        (("spec", "approval", "approved"), "is missing", ABSENT, ACCEPTED),
        (("spec", "gates"), "is missing", ABSENT, ACCEPTED),
        (("spec", "baselineProfile"), "is missing", ABSENT, ACCEPTED),
    ],
    "runtime": [
        (("spec", "predictor", "runtime"), "is not in the catalogue", "absent", ACCEPTED),
        (("spec", "predictor", "resources"), "has a quantity that is a word", {"requests": {"cpu": "lots"}}, REFUSED),
        (("spec", "predictor", "resources"), "has a typing error", {"request": {"cpu": "1"}}, REFUSED),
        (("spec", "predictor", "resources"), "requests more than its limits", {
            "requests": {"cpu": "2"}, "limits": {"cpu": "1"}}, REFUSED),
        (("spec", "predictor", "resources"), "is another", {"requests": {"cpu": "200m"}}, ACCEPTED),
        (("spec", "rollout", "analysis", "metrics", 0, "interval"), "is shorter than agents report", "1s", REFUSED),
        (("spec", "rollout", "analysis", "metrics", 0, "max"), "is a percentage", 2, REFUSED),
        (("spec", "model", "version"), "is not there", 99, ACCEPTED),
        (("spec", "model", "name"), "names a model that is not there", "absent", ACCEPTED),
    ],
    "template": [
        (("spec", "predictor", "resources"), "is for runtimes", {"requests": {"cpu": "1"}}, REFUSED),
    ],
    "retrain": [
        (("spec", "window", "bucket"), "is no whole number of seconds", "1.5s", REFUSED),
        (("spec", "window", "retention"), "ends before a window is judged", "5s", REFUSED),
        (("spec", "window", "duration"), "is another", "40s", ACCEPTED),
        (("spec", "features"), "all weigh nothing", [{"name": "a", "weight": 0}], REFUSED),
        (("spec", "retrain", "dataset", "snapshotUri"), "lies within the labelled rows", "pvc://models/labelled/x", REFUSED),
        (("spec", "retrain"), "is missing", ABSENT, ACCEPTED),
        (("spec", "targetRef", "name"), "names a service that is not there", "absent", ACCEPTED),
    ],
}


def verdict(base: Base, path: str, words: str, wanted: str) -> str | None:
    """What becomes of the change; nothing when it is not to be tried."""
    for entry in ELSEWHERE:
        if applies(entry, base, path) and re.match(entry[2], words):
            return entry[3]
    return wanted


def applies(entry: tuple, base: Base, path: str) -> bool:
    return entry[0] in ("", base.label) and re.search(entry[1], path) is not None


def broken_rules(base: Base, field: Field, has: bool) -> Iterator[tuple]:
    for rule in field.rules if has else ():
        for words, values in RULES[rule]:
            yield field.path, words, tuple((field.path + at, value) for at, value in values.items()), REFUSED


def more(base: Base) -> Iterator[tuple[tuple, str, tuple, str]]:
    """Path, words, edits and verdict of each."""
    whole = base.object("base")
    for field in walk(spec_schema(base.kind)):
        for path, words, edits, wanted in broken_rules(base, field, get(whole, field.path) is not ABSENT):
            # What is to be absent may be so already.
            edits = tuple((at, value) for at, value in edits if value is not ABSENT or get(whole, at) is not ABSENT)
            yield path, words, edits, wanted
    for prefix, own in TEMPLATES.get(base.label, ()):
        for below, words, value, wanted in PODS + own:
            yield prefix + below, words, ((prefix + below, value),), wanted
    for path, words, value, wanted in KINDS.get(base.label, ()):
        yield path, words, ((path, value),), wanted
