"""Tries every mutation against a live operator, and holds each to the four checks."""

import collections
import dataclasses
import itertools
import json
import re
from typing import Callable, Iterable

from harness.api import GYRE, Api, ApiError
from harness.operator import Operator

from .bases import DRIFTING, Base, is_mutable, merged
from .mutations import Mutation
from .paths import ABSENT, get
from .picture import Gallery, Picture
from .schema import plural
from .values import ACCEPTED, REFUSED

JSON_PATCH = "application/json-patch+json"
# Objects that are tried at once. Behind a service stand pods, and an agent in each.
BATCH = 24
BATCH_OF_SERVICES = 6
SETTLE_SECONDS = 120
MOST_TRIES = 10
# Words of a message that says what to write.
ADVICE = re.compile(r"must|should|required|unknown|duplicate|supported values|not valid|write|use |set |remove|choose|rename"
                    r"|at most|at least|needs|cannot be changed|add |lower|raise|too (long|many)|keep|leave .*out|elsewhere"
                    r"|name another|it has |pin by|define", re.IGNORECASE)
# Fields that nothing shows before something has happened that no campaign waits for, by kind.
LATER = {
    "TrainingJob": r"spec\.(runPolicy|output\.model|suspend|numProcPerNode)",
    "Experiment": r"spec\.(objective|algorithm|onSuccess|maxFailedTrialCount|maxTrialCount|suspend|parameters\[\d\]\.feasibleSpace)"
                  r"|trialParameters\[\d\]\.description|trainingJob\.(runPolicy|suspend)",
    "ModelVersion": r"spec\.(lineage|signature|evaluations|evaluationRows|gates|approval)|artifact\.format|baselineProfile\.uri",
    "InferenceService": r"spec\.(rollout|rolloutCommand|suspend)",
    "DriftMonitor": r"^spec\.(?!retrain)|^spec\.retrain\.(cooldown|dataset\.(name|afterOnset))",
}
# What says only what is so anyway: the one version that there is to serve.
AS_IT_IS = {"InferenceService (template): spec.model.version is the least it may be"}
# What came before is seen in what is: an attempt that was stopped or failed and trials that ran are not as if they had
# never been. Of these only that they end where the spec says.
REMEMBERED = {"TrainingJob": r"spec\.(suspend|runPolicy\.activeDeadlineSeconds)$", "Experiment": r"spec\.(suspend|parallelTrialCount)$"}


@dataclasses.dataclass
class Row:
    mutations: int = 0
    accepted: int = 0
    refused: int = 0
    shown: int = 0
    failed: list = dataclasses.field(default_factory=list)


class Campaign:
    def __init__(self, api: Api, namespace: str, operator: Operator):
        self.rows: dict[str, Row] = collections.defaultdict(Row)
        self._api = api
        self._namespace = namespace
        self._operator = operator
        self._gallery = Gallery(api, namespace)
        self._names = (f"campaign-{number:05}" for number in itertools.count())

    def run(self, mutations: Iterable[Mutation]) -> None:
        for _, group in itertools.groupby(mutations, lambda m: m.base.label):
            group = list(group)
            base = group[0].base
            taken = self._try_all(base, group)
            size = BATCH_OF_SERVICES if base.kind == "InferenceService" else BATCH
            for start in range(0, len(taken), size):
                self._live(base, taken[start:start + size])
            answers = [mutation for mutation in taken if is_answer(mutation)]
            for start in range(0, len(answers), BATCH):
                self._drifting(base, answers[start:start + BATCH])

    def _fail(self, mutation: Mutation, why: str) -> None:
        self.rows[mutation.kind].failed.append(f"{mutation}: {why}")

    # Every mutation as a new object, and as a change of a live one: what is refused must say so well, and change nothing.
    def _try_all(self, base: Base, mutations: list[Mutation]) -> list[Mutation]:
        live = next(self._names)
        self._create(base.object(live))
        before = self._gallery.settle([live], SETTLE_SECONDS)[0][live]
        taken = []
        for mutation in mutations:
            row = self.rows[mutation.kind]
            row.mutations += 1
            refusal = self._refusal(lambda: self._create(mutation.object(next(self._names)), dry_run=True))
            if refusal:
                row.refused += 1
                self._check_refusal(mutation, refusal)
                changed = self._refusal(lambda: self._replace_spec(mutation.object(live)))
                if not changed:
                    self._fail(mutation, "is refused for a new object and taken for a live one")
            else:
                row.accepted += 1
                if mutation.wanted == REFUSED:
                    self._fail(mutation, "is accepted")
                taken.append(mutation)
        after = self._gallery.settle([live], SETTLE_SECONDS)[0][live]
        if mutations and (difference := before.difference(after)):
            self._fail(mutations[0], f"changes that were refused have changed something: {difference}")
        self._delete(base, [live])
        return taken

    def _check_refusal(self, mutation: Mutation, message: str) -> None:
        if mutation.wanted == ACCEPTED:
            self._fail(mutation, f"is refused: {message}")
        elif mutation.field not in dotted(message):
            self._fail(mutation, f"the refusal does not name the field: {message}")
        elif not ADVICE.search(message):
            self._fail(mutation, f"the refusal does not say what to write: {message}")

    # What was accepted, as new objects and as the last of three specs of live ones.
    def _live(self, base: Base, mutations: list[Mutation]) -> None:
        good, fresh, changed = next(self._names), {}, {}
        self._create(base.object(good))
        for mutation in mutations:
            fresh[mutation] = next(self._names)
            self._create(with_live(base, mutation.object(fresh[mutation])))
            if is_mutable(base.kind, mutation.field):
                changed[mutation] = next(self._names)
                self._create(with_live(base, base.object(changed[mutation])))
        names = [good, *fresh.values(), *changed.values()]
        first = self._settle({name: mutation for tried in (fresh, changed) for mutation, name in tried.items()}, "new", good)
        for mutation, name in fresh.items():
            if not is_answer(mutation):
                self._check_shown(mutation, first[name], first[good])
            if not is_mutable(base.kind, mutation.field) and not says_nothing(mutation):
                self._check_immutable(mutation, first[good])
        self._change(base, changed)
        lives = {name: mutation for mutation, name in changed.items()}
        second = self._settle(lives, "changed")
        for mutation, name in changed.items():
            if difference := self._difference(mutation, second[name], first[fresh[mutation]]):
                self._fail(mutation, f"A, B, C is not C: {difference}")
            self._replace_spec(with_live(base, base.object(name)))
        third = self._settle(lives, "changed back")
        for mutation, name in changed.items():
            if difference := self._difference(mutation, third[name], first[name]):
                self._fail(mutation, f"the last good spec does not bring back what was: {difference}")
        self._check_operator(mutations)
        self._delete(base, names)

    # What answers a drift shows once there is one: said to be, of new objects.
    def _drifting(self, base: Base, mutations: list[Mutation]) -> None:
        good = {pins: next(self._names) for pins in (True, False)}
        tried = {mutation: next(self._names) for mutation in mutations}
        for pins, name in good.items():
            self._create(pinning(base.object(name), pins))
        for mutation, name in tried.items():
            self._create(pinning(mutation.object(name), is_pinned(mutation)))
        names = [*good.values(), *tried.values()]
        for name in names:
            self._api.patch(f"{self._objects(base.kind)}/{name}/status", {"status": DRIFTING})
        pictures = self._settle({name: mutation for mutation, name in tried.items()}, "drifting", *good.values())
        for mutation, name in tried.items():
            if not says_nothing(mutation):
                self._check_shown(mutation, pictures[name], pictures[good[is_pinned(mutation)]])
        self._check_operator(mutations)
        self._delete(base, names)

    @staticmethod
    def _difference(mutation: Mutation, a: Picture, b: Picture) -> str:
        if mutation.kind == "InferenceService" and b.condition("Ready").get("status") != "True":
            # What never becomes ready takes the place of nothing: a live service goes on with what it served.
            return a.lacks(b)
        if not re.match(REMEMBERED.get(mutation.kind, "$^"), mutation.field):
            return a.difference(b)
        suspended = [picture.status.get("phase") == "Suspended" for picture in (a, b)]
        return "" if suspended[0] == suspended[1] else f"suspended: {suspended}"

    def _settle(self, tried: dict[str, Mutation], what: str, *others: str) -> dict[str, Picture]:
        if not tried and not others:
            return {}
        pictures, late = self._gallery.settle([*tried, *others], SETTLE_SECONDS)
        for name in late:
            status = json.dumps(pictures[name].object.get("status"))
            self._fail(tried[name], f"does not come to rest, {what}: {status[:1000]}")
        return pictures

    def _check_shown(self, mutation: Mutation, picture: Picture, good: Picture) -> None:
        stalled = picture.condition("Stalled")
        if stalled.get("status") == "True" and stalled["reason"] in ("Invalid", "InvalidSpec", "UncaughtException"):
            self._fail(mutation, f"is accepted, and then refused: {stalled['message']}")
        elif picture.difference(good):
            self.rows[mutation.kind].shown += 1
        elif not re.search(LATER[mutation.kind], mutation.field) and str(mutation) not in AS_IT_IS:
            self._fail(mutation, "is accepted and shows nowhere")

    def _check_immutable(self, mutation: Mutation, good: Picture) -> None:
        name = good.object["metadata"]["name"]
        refusal = self._refusal(lambda: self._replace_spec(mutation.object(name)))
        if not refusal:
            self._fail(mutation, "may be changed after creation")
        elif "cannot be changed after creation" not in refusal:
            self._fail(mutation, f"the refusal of a change does not say that it cannot be: {refusal}")

    def _change(self, base: Base, changed: dict[Mutation, str]) -> None:
        for mutation, name in changed.items():
            good = with_live(base, base.object(name))
            self._replace_spec({**good, "spec": merged(good["spec"], base.other)})
            if refusal := self._refusal(lambda: self._replace_spec(with_live(base, mutation.object(name)))):
                self._fail(mutation, f"is accepted for a new object and refused for a live one: {refusal}")

    def _check_operator(self, mutations: list[Mutation]) -> None:
        tried = f"one of {mutations[0]} … {mutations[-1]}"
        assert self._operator.is_running(), f"the operator has died of {tried}:\n{self._operator.last_lines(30)}"
        for what in ("reconcile", "webhook"):
            bugs = self._operator.metric(f"controller_runtime_{what}_panics_total")
            assert not bugs, f"{what}: {bugs:.0f} bugs with {tried}:\n{self._operator.last_lines(30)}"

    def _objects(self, kind: str) -> str:
        return f"{GYRE}/namespaces/{self._namespace}/{plural(kind)}"

    def _create(self, body: dict, dry_run: bool = False) -> None:
        path = self._objects(body["kind"]) + "?fieldValidation=Strict" + ("&dryRun=All" if dry_run else "")
        insist(lambda: self._api.create(path, body))

    def _replace_spec(self, body: dict) -> None:
        change = {"op": "replace", "path": "/spec", "value": body["spec"]} if "spec" in body else {"op": "remove", "path": "/spec"}
        path = f"{self._objects(body['kind'])}/{body['metadata']['name']}"
        insist(lambda: self._api.patch(path + "?fieldValidation=Strict", [change], JSON_PATCH))

    def _delete(self, base: Base, names: list[str]) -> None:
        for name in names:
            self._api.delete(f"{self._objects(base.kind)}/{name}", propagationPolicy="Background")

    @staticmethod
    def _refusal(act) -> str:
        """What the server says against it, as a person reads it; empty when nothing."""
        try:
            act()
        except ApiError as error:
            return json.loads(error.body)["message"]
        return ""


def is_answer(mutation: Mutation) -> bool:
    return mutation.kind == "DriftMonitor" and mutation.field.startswith("spec.retrain")


def is_pinned(mutation: Mutation) -> bool:
    """Whether it shows in the Job that pins the dataset; what does not, does in the TrainingJob that comes after."""
    return not mutation.field.startswith("spec.retrain.trainingJob")


def pinning(monitor: dict, pins: bool) -> dict:
    """With a dataset to pin, or with the TrainingJob's own."""
    return monitor if pins else {**monitor, "spec": merged(monitor["spec"], {"retrain": {"dataset": None}})}


def insist(act: Callable[[], object]) -> None:
    """Again when the webhook did not answer in time, as on a machine with more to do than it can."""
    for attempt in itertools.count():
        try:
            act()
            return
        except ApiError as error:
            if attempt == MOST_TRIES or error.status != 500 or "failed calling webhook" not in error.body:
                raise


def says_nothing(mutation: Mutation) -> bool:
    """Whether it only writes down what is so anyway: zeros and empties of fields that are left out."""
    return all(not value and get(mutation.base.object("x"), path) is ABSENT for path, value in mutation.edits)


def dotted(message: str) -> str:
    """As paths are written here: the API server writes limits[cpu]."""
    return re.sub(r"\[([a-z][^\[\]\s]*)\]", r".\1", message)


def with_live(base: Base, body: dict) -> dict:
    """What a live object must have beside, so that it comes to rest."""
    return {**body, "spec": merged(body["spec"], base.live)}


def table(rows: dict[str, Row]) -> str:
    lines = [f"{'kind':<18}{'mutations':>10}{'accepted':>10}{'shown':>8}{'refused':>9}{'checks failed':>15}"]
    total = Row()
    for kind, row in rows.items():
        lines.append(f"{kind:<18}{row.mutations:>10}{row.accepted:>10}{row.shown:>8}{row.refused:>9}{len(row.failed):>15}")
        for name in ("mutations", "accepted", "shown", "refused", "failed"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
    lines.append(f"{'all':<18}{total.mutations:>10}{total.accepted:>10}{total.shown:>8}{total.refused:>9}{len(total.failed):>15}")
    return "\n".join(lines)
