"""Somebody else's hands on every child of every kind: it is healed or reported, and what is theirs is never taken over."""

from __future__ import annotations

import dataclasses
import json
from typing import Callable

import pytest

from campaign.bases import DRIFTING, bases, merged
from campaign.picture import CHILDREN, controller_of
from campaign.schema import plural
from harness.api import GYRE, Api
from harness.operator import Operator
from harness.process import GaveUp, wait_for
from harness.run import Run
from harness.scenario import View
from harness.state import hash8
from scenarios import EXPERIMENT, TRAINING, version

SECONDS = 45
APPLY = "application/apply-patch+yaml"
GROUPS = {plural: api for api, plural in CHILDREN}
# Reasons of conditions that ask for a person.
REPORTS = ("NameTaken", "RetrainGone")


@dataclasses.dataclass(frozen=True)
class Subject:
    """An object and the resources of its children. `prepare` says of it what else would take a cluster to happen."""
    label: str
    kind: str
    spec: dict
    children: tuple[str, ...]
    prepare: Callable[["Field", str], None] = lambda field, name: None

    def __str__(self) -> str:
        return self.label


def spec_of(label: str) -> dict:
    return next(base.object("x")["spec"] for base in bases() if base.label == label)


def drifting(field: Field, name: str) -> None:
    field.say("driftmonitors", name, DRIFTING)


def evaluating(field: Field, name: str) -> None:
    field.say("modelversions", name, {"phase": "Evaluating"})


SUBJECTS = [
    Subject("training", "TrainingJob", spec_of("torch"), ("jobs", "services")),
    Subject("search", "Experiment", spec_of("tpe"), ("trainingjobs",)),
    Subject("version", "ModelVersion", spec_of("manual"), ("jobs",)),
    Subject("evaluation", "ModelVersion", merged(spec_of("manual"), {"gates": [{"metric": "accuracy", "vs": "Champion", "inferenceService": "champion"}]}), ("jobs",), evaluating),
    Subject("service", "InferenceService", spec_of("template"), ("configmaps", "controllerrevisions", "deployments", "services")),
    Subject("retraining", "DriftMonitor", merged(spec_of("retrain"), {"retrain": {"dataset": None, "trainingJob": {"runPolicy": {"backoffLimit": 2}}}}), ("trainingjobs",), drifting),
    Subject("snapshot", "DriftMonitor", spec_of("retrain"), ("jobs",), drifting),
]

# What another manager writes over what is ours.
EDITS = {
    "jobs": {"spec": {"parallelism": 0}},
    "services": {"spec": {"selector": {"gyre.dev/revision": "another"}}},
    "deployments": {"spec": {"replicas": 7}},
    "configmaps": {"data": {"routes.json": "{}"}},
    "controllerrevisions": {"metadata": {"labels": {"gyre.dev/revision": "another"}}},
    "trainingjobs": {"spec": {"runPolicy": {"backoffLimit": 9}}},
}
# A child of a kind that validates has to be one.
FOREIGN = {
    "jobs": {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "x", "image": "x"}]}}}},
    "services": {"spec": {"ports": [{"port": 1}]}},
    "deployments": {"spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {
        "metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "x", "image": "x"}]}}}},
    "configmaps": {"data": {"mine": "yes"}},
    "controllerrevisions": {"revision": 1, "data": {"mine": "yes"}},
    "trainingjobs": {"spec": {"suspend": True, "template": spec_of("torch")["template"]}},
}
KINDS = {"jobs": ("batch/v1", "Job"), "services": ("v1", "Service"), "deployments": ("apps/v1", "Deployment"),
         "configmaps": ("v1", "ConfigMap"), "controllerrevisions": ("apps/v1", "ControllerRevision"),
         "trainingjobs": ("gyre.dev/v1alpha1", "TrainingJob")}


class Field:
    def __init__(self, api: Api, namespace: str):
        self.api = api
        self.namespace = namespace

    def path(self, resource: str, name: str = "") -> str:
        return f"{GROUPS[resource]}/namespaces/{self.namespace}/{resource}" + (f"/{name}" if name else "")

    def create(self, subject: Subject, name: str) -> dict:
        made = self.api.create(self.path(plural(subject.kind)), {
            "apiVersion": "gyre.dev/v1alpha1", "kind": subject.kind, "metadata": {"name": name}, "spec": subject.spec})
        subject.prepare(self, name)
        return made

    def say(self, resource: str, name: str, status: dict) -> None:
        self.api.patch(self.path(resource, name) + "/status", {"status": status})

    def children(self, subject: Subject, uid: str) -> dict[tuple[str, str], dict]:
        return {(resource, found["metadata"]["name"]): found for resource in subject.children
                for found in self.api.list(self.path(resource)) if controller_of(found["metadata"]) == uid}

    def complete(self, subject: Subject, uid: str) -> dict[tuple[str, str], dict]:
        """Its children, once there are some of each resource and no more come."""
        seen: list = []

        def look():
            found = self.children(subject, uid)
            seen.append(sorted(found))
            has_all = {resource for resource, _ in found} == set(subject.children)
            return found if has_all and seen[-8:] == [seen[-1]] * 8 else None

        return wait_for(f"children of {subject}", look, SECONDS, every=0.2)

    def reports(self, subject: Subject, name: str, child: str) -> bool:
        """Whether a condition tells a person what has become of the child."""
        status = self.api.get(self.path(plural(subject.kind), name)).get("status", {})
        return any(child in condition.get("message", "") and condition["reason"] in REPORTS
                   for condition in status.get("conditions", []))


@dataclasses.dataclass
class Case:
    """A child, and what there was when somebody laid hands on it."""
    resource: str
    name: str
    before: dict
    siblings: dict[tuple[str, str], dict]
    owner: str
    now: dict | None = None


@pytest.fixture(scope="module")
def field(environment):
    plane, namespace = environment.plane, "interference"
    plane.make_namespace(namespace)
    operator = Operator(plane.kubeconfig(), namespace, plane.folder).start().wait_ready()
    field = Field(plane.api(), namespace)
    field.api.create(field.path("modelversions"), {
        "apiVersion": "gyre.dev/v1alpha1", "kind": "ModelVersion", "metadata": {"name": "digits-approved"}, "spec": spec_of("manual")})
    field.say("modelversions", "digits-approved", {"phase": "Approved", "version": 1})
    # The champion that an evaluation asks.
    field.api.create(field.path("inferenceservices"), {
        "apiVersion": "gyre.dev/v1alpha1", "kind": "InferenceService", "metadata": {"name": "champion"},
        "spec": merged(spec_of("template"), {"model": {"name": "digits", "version": 1}})})
    yield field
    assert operator.is_running(), operator.last_lines(30)
    assert not operator.metric("controller_runtime_reconcile_panics_total"), operator.last_lines(30)
    operator.stop()


def every_child(field: Field, subject: Subject, what: str, act: Callable[[Case], None],
                is_well: Callable[[Case], bool], may_report: bool = True) -> list[Case]:
    """Does it to each child in turn, each of an object of its own."""
    probe = field.create(subject, f"{subject}-{what}-probe")
    count = len(field.complete(subject, probe["metadata"]["uid"]))
    trouble, cases = [], []
    for number in range(count):
        name = f"{subject}-{what}-{number}"
        uid = field.create(subject, name)["metadata"]["uid"]
        siblings = field.complete(subject, uid)
        (resource, child), before = sorted(siblings.items())[number]
        case = Case(resource, child, before, siblings, uid)
        cases.append(case)
        act(case)

        def look() -> bool:
            case.now = field.api.find(field.path(resource, child))
            return is_well(case) or may_report and field.reports(subject, name, child)

        try:
            wait_for("", look, SECONDS, every=0.2)
        except GaveUp:
            status = field.api.get(field.path(plural(subject.kind), name)).get("status", {})
            trouble.append(f"{resource} {child} is neither healed nor reported: {json.dumps(case.now)[:1500]}\n"
                           f"{json.dumps(status.get('conditions'))}")
    assert not trouble, "\n".join(trouble)
    return cases


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_a_deleted_child_is_made_again(field, subject):
    def delete(case: Case) -> None:
        field.api.delete(field.path(case.resource, case.name), propagationPolicy="Background")

    def is_well(case: Case) -> bool:
        now = field.children(subject, case.owner)
        uids = {found["metadata"]["uid"] for found in now.values()}
        return len(now) >= len(case.siblings) and case.before["metadata"]["uid"] not in uids

    every_child(field, subject, "deleted", delete, is_well)


# One of them is part of the sample.
@pytest.mark.parametrize("subject", [pytest.param(each, marks=pytest.mark.sample if each.label == "training" else (), id=str(each)) for each in SUBJECTS])
def test_what_another_manager_has_edited_is_put_right(field, subject):
    def edit(case: Case) -> None:
        api_version, kind = KINDS[case.resource]
        body = {"apiVersion": api_version, "kind": kind, "metadata": {"name": case.name}}
        path = field.path(case.resource, case.name) + "?fieldManager=intruder&force=true"
        field.api.patch(path, merged(body, EDITS[case.resource]), APPLY)

    every_child(field, subject, "edited", edit, is_as_before, may_report=False)


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_labels_that_somebody_took_away_come_back(field, subject):
    def strip(case: Case) -> None:
        nothing = {name: None for name in case.before["metadata"]["labels"]}
        field.api.patch(field.path(case.resource, case.name) + "?fieldManager=intruder", {"metadata": {"labels": nothing}})

    every_child(field, subject, "unlabelled", strip, is_as_before, may_report=False)


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_a_child_that_was_given_away_is_reported_and_left_alone(field, subject):
    def give_away(case: Case) -> None:
        field.api.patch(field.path(case.resource, case.name) + "?fieldManager=intruder", {"metadata": {"ownerReferences": None}})

    for case in every_child(field, subject, "orphaned", give_away, lambda _: False):
        assert case.now["metadata"]["uid"] == case.before["metadata"]["uid"]
        assert "ownerReferences" not in case.now["metadata"], f"{case.resource} {case.name} was taken back"


def is_as_before(case: Case) -> bool:
    before, now = case.before, case.now
    if not now or now["metadata"]["uid"] != before["metadata"]["uid"]:
        return False
    ours = lambda found: {name: value for name, value in found["metadata"].get("labels", {}).items() if "gyre" in name + value}
    return ours(now) == ours(before) and all(now.get(part) == before.get(part) for part in ("spec", "data", "revision"))


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_a_name_that_is_taken_is_reported_and_left_alone(field, subject):
    """And once the name is free, it is used. Every child's, so of an object that has been, and is made anew."""
    first = f"{subject}-taken-0"
    uid = field.create(subject, first)["metadata"]["uid"]
    names = sorted(field.complete(subject, uid))
    field.api.delete(field.path(plural(subject.kind), first), propagationPolicy="Foreground")
    wait_for("the children's end", lambda: not field.children(subject, uid) and not field.api.find(
        field.path(plural(subject.kind), first)), SECONDS)
    for resource, child in names:
        api_version, kind = KINDS[resource]
        theirs = field.api.create(field.path(resource), {
            "apiVersion": api_version, "kind": kind, "metadata": {"name": child}, **FOREIGN[resource]})
        uid = field.create(subject, first)["metadata"]["uid"]
        wait_for(f"a report of {resource} {child}", lambda: field.reports(subject, first, child), SECONDS, every=0.2)
        now = field.api.get(field.path(resource, child))
        for part in ("spec", "data"):
            assert now.get(part) == theirs.get(part), f"{resource} {child}: {part} is changed"
        for part in ("uid", "labels", "annotations", "ownerReferences"):
            if resource != "trainingjobs" or part != "annotations":
                assert now["metadata"].get(part) == theirs["metadata"].get(part), f"{resource} {child}: {part} is changed"
        field.api.delete(field.path(resource, child), propagationPolicy="Background")
        wait_for(f"{resource} {child} of its own", lambda: (resource, child) in field.children(subject, uid), SECONDS, every=0.2)
        field.api.delete(field.path(plural(subject.kind), first), propagationPolicy="Foreground")
        wait_for("the children's end", lambda: not field.children(subject, uid) and not field.api.find(
            field.path(plural(subject.kind), first)), SECONDS)


@pytest.mark.parametrize("scenario, owner", [(TRAINING, ("trainingjobs", "digits")), (EXPERIMENT, ("experiments", "search"))], ids=["training", "search"])
def test_a_version_whose_name_is_taken_is_reported_and_left_alone(environment, scenario, owner):
    """What comes of a training that has ended well. Its name has the training's UID in it, so it is taken while that runs."""
    theirs: dict[str, dict] = {}

    def take(view: View) -> None:
        for training in view.list("trainingjobs"):
            name = f"digits-{hash8(training['metadata']['uid'])}"
            if name not in theirs:
                view.create(version(name, "theirs"))
                theirs[name] = view.find("modelversions", name)

    def reported(view: View) -> str:
        take(view)
        conditions = view.find(*owner).get("status", {}).get("conditions", [])
        said = [c["message"] for c in conditions if c["type"] == "Stalled" and c["status"] == "True" and c["reason"] == "NameTaken"]
        return next((name for name in theirs if said and name in said[0]), "")

    with Run(environment, scenario, f"interference-version-{scenario.name}") as run:
        name = wait_for("a report", lambda: reported(run.view), 120, every=0.1)
        now = run.view.find("modelversions", name)
        assert now["spec"] == theirs[name]["spec"] and "ownerReferences" not in now["metadata"]
        for each in theirs:
            run.view.delete("modelversions", each)
        run.converge()
        made = run.view.find("modelversions", name)
        assert made["spec"]["lineage"]["trainingJob"] and made["metadata"]["uid"] != theirs[name]["metadata"]["uid"]
