"""The closed loop on real data: searched for, trained, gated, served, drifting, retrained, rolled out, rolled back.

Each step applies what a user would apply and waits for what a user would look at. Ends with 0 only if every step came
true; build/demo/ then holds report.html and timeline.json (and does so when a step failed, too).
"""

import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import expected  # noqa: E402
from chaos import Chaos  # noqa: E402
import report  # noqa: E402
from gyre_e2e.cluster import ROOT, GaveUp, Namespace, condition, is_true, phase, wait_for  # noqa: E402
from gyre_e2e.install import install  # noqa: E402
from timeline import Timeline  # noqa: E402
from live_traffic import IMAGE, Traffic  # noqa: E402

OUT = ROOT / "build" / "demo"
LABELLED_ROWS = 600


class Demo:
    def __init__(self):
        self.namespace = Namespace("gyre-demo")
        self.steps: list[dict] = []
        self.facts: dict = {}
        self.started = time.time()

    def run(self) -> None:
        self.step("Install Gyre with its Helm chart", install)
        self.step("Make a namespace with storage and labelled rows", self.prepare)
        self.timeline = Timeline(self.namespace.name, show)
        self.traffic = Traffic(self.namespace, "http://digits", "digits", rate=15, batch=3)
        if os.environ.get("GYRE_DEMO_KILL"):
            self.chaos = Chaos(int(os.environ["GYRE_DEMO_KILL"]), lambda what: print(f"   !! {what}", flush=True))
        self.step("Search: six trials, the best becomes version 1", self.search)
        self.step("Serve version 1 with MLServer", self.serve)
        self.step("Live rows flow, and nothing drifts", self.watch_steady_rows)
        self.step("The world shifts: exactly the moved sensors drift", self.shift)
        self.step("Newly labelled rows start one retraining; it beats the champion", self.retrain)
        self.step("Canary 10, 50, 100: version 2 takes over", self.roll_out)
        self.step("Drift clears against version 2's baseline", self.clear)
        self.step("A bad version 3 passes its gates and is rolled back by itself", self.roll_back)

    def step(self, title: str, act) -> None:
        print(f"\n== {title}", flush=True)
        begun = time.time()
        entry = {"title": title, "begun": begun, "ended": None, "result": "failed", "found": ""}
        self.steps.append(entry)
        try:
            entry["found"] = act() or ""
            entry["result"] = "done"
        except Exception as error:
            entry["found"] = str(error)
            raise
        finally:
            entry["ended"] = time.time()
        print(f"   {entry['found']}  ({entry['ended'] - begun:.0f} s)", flush=True)

    def prepare(self) -> str:
        self.namespace.recreate()
        self.namespace.apply_sample("digits/storage.yaml")
        self.namespace.run_pod("rows-initial", IMAGE, ["python", "/app/rows.py", "/data/labelled/initial.csv", "initial"], claim="models")
        return self.namespace.logs("rows-initial").strip()

    def search(self) -> str:
        self.namespace.apply_sample("digits/experiment.yaml")
        experiment = self.namespace.wait_for_object("Experiment", "digits-search", "to succeed", lambda o: phase(o) in ("Succeeded", "Failed"), 420)
        require(phase(experiment) == "Succeeded", f"the search failed: {condition(experiment, 'Failed')['message']}")
        trials = self.namespace.list("TrainingJob", "gyre.dev/experiment=digits-search")
        succeeded = [trial for trial in trials if phase(trial) == "Succeeded"]
        require(len(succeeded) >= 6, f"only {len(succeeded)} trials succeeded")
        self.facts["trials"] = [trial_facts(trial) for trial in sorted(trials, key=lambda t: t["metadata"]["creationTimestamp"])]
        self.v1 = experiment["status"]["modelVersion"]
        version = self.approved(self.v1)
        require(version["status"]["version"] == 1, "the first version is not number 1")
        best = experiment["status"]["currentOptimalTrial"]
        return f"{len(succeeded)} trials; best accuracy {float(best['value']):.4f} makes {self.v1}"

    def serve(self) -> str:
        self.namespace.apply_sample("digits/inference-service.yaml")
        self.namespace.apply_sample("digits/drift-monitor.yaml")
        self.namespace.wait_for_object("InferenceService", "digits", "to be Ready", lambda o: is_true(o, "Ready"), 180)
        require(self.stable() == self.v1, f"{self.stable()} is served, not {self.v1}")
        return f"digits serves {self.v1}"

    def watch_steady_rows(self) -> str:
        self.traffic.start("steady")
        windows = self.windows_with("NoDrift", 2, 150)
        require(not is_true(self.monitor(), "DriftDetected"), "drift was reported although nothing had moved")
        return f"{windows} windows without drift"

    def shift(self) -> str:
        want = expected.drifted()
        self.facts["expected_psi"] = expected.drift_by_feature()
        self.traffic.start("shifted")
        self.namespace.wait_for_object("DriftMonitor", "digits", "to detect drift", lambda o: is_true(o, "DriftDetected"), 180)

        def whole_window() -> dict | None:
            monitor = self.monitor()
            return monitor if found(monitor) == want else None

        try:
            monitor = wait_for("the drifted features to be the expected ones", whole_window, 90)
        except GaveUp:
            raise GaveUp(f"drifted: {sorted(found(self.monitor()))}; SciPy says: {sorted(want)}") from None
        self.facts["found_psi"] = {f["name"]: f["value"] for f in monitor["status"]["topFeatures"] if f["name"] != "prediction"}
        return f"drifted: {', '.join(sorted(want))}, as SciPy says"

    def retrain(self) -> str:
        self.namespace.wait_for_object("DriftMonitor", "digits", "to wait for labels", lambda o: is_true(o, "RetrainPending"), 90)
        self.namespace.run_pod("rows-shifted", IMAGE, ["python", "/app/rows.py", "/data/labelled/shifted.csv", "shifted", str(LABELLED_ROWS)], claim="models")

        def job() -> dict | None:
            jobs = self.namespace.list("TrainingJob", "gyre.dev/monitor=digits")
            return jobs[0] if jobs and phase(jobs[0]) in ("Succeeded", "Failed") else None

        training = wait_for("the retraining to end", job, 240)
        require(phase(training) == "Succeeded", f"the retraining failed: {condition(training, 'Failed')['message']}")
        require(len(self.namespace.list("TrainingJob", "gyre.dev/monitor=digits")) == 1, "more than one retraining for one episode")
        self.v2 = training["status"]["modelVersion"]
        version = self.approved(self.v2, 240)
        verdict = next(v for v in version["status"]["verdicts"] if v.get("champion"))
        self.facts["verdict"] = verdict
        require(verdict["result"] == "Superior", f"against the champion it is {verdict['result']}")
        lineage = version["spec"]["lineage"]
        require(lineage.get("trigger") and lineage["datasets"][0].get("digest"), "its lineage lacks trigger or dataset digest")
        return f"{self.v2}: {verdict['value']:.3f} against the champion's {verdict['championValue']:.3f} on {verdict['n']} shifted rows"

    def roll_out(self) -> str:
        self.namespace.wait_for_object("InferenceService", "digits", f"to serve {self.v2}", lambda o: o["status"].get("stable", {}).get("modelVersion") == self.v2, 360)
        for weight in (10, 50, 100):
            require(self.timeline.said("InferenceService", f"sends the canary {weight} %"), f"the canary never had {weight} %")
        return f"{self.v2} took over by 10, 50 and 100 %"

    def clear(self) -> str:
        self.namespace.wait_for_object(
            "DriftMonitor", "digits", "to clear against the new reference",
            lambda o: o["status"].get("referenceModelVersion") == self.v2 and not is_true(o, "DriftDetected")
            and o["status"].get("lastWindow", {}).get("verdict") == "NoDrift", 180)
        return f"the reference is {self.v2}'s baseline, and nothing drifts from it"

    def roll_back(self) -> str:
        stable = self.service()["status"]["stable"]["revision"]
        self.namespace.apply_sample("digits/bad-training-job.yaml")
        training = self.namespace.wait_for_object("TrainingJob", "digits-brittle", "to end", lambda o: phase(o) in ("Succeeded", "Failed"), 180)
        require(phase(training) == "Succeeded", "the bad model could not even be trained")
        self.v3 = training["status"]["modelVersion"]
        self.approved(self.v3, 240)
        service = self.namespace.wait_for_object(
            "InferenceService", "digits", f"to roll {self.v3} back",
            lambda o: (o["status"].get("lastOutcome") or {}).get("result") == "RolledBack", 300)
        require(self.stable() == self.v2, f"{self.stable()} is served, not {self.v2}")
        require(is_true(service, "Ready"), "the service is not Ready, although stable serves")
        bad = service["status"]["lastOutcome"]["revision"]
        self.traffic.stop()
        require(self.traffic.failures(bad) > 0, "the bad revision raised no error: it was rolled back for another reason")
        require(self.traffic.failures(stable) == 0, f"{self.traffic.failures(stable)} requests failed on stable")
        self.facts["traffic"] = {"failed_on_canary": self.traffic.failures(bad), "answered_by_stable": self.traffic.answers(stable)}
        return f"{service['status']['lastOutcome']['message']}; no failed request on stable"

    def approved(self, name: str, seconds: float = 120) -> dict:
        version = self.namespace.wait_for_object("ModelVersion", name, "to be judged", lambda o: phase(o) in ("Approved", "Rejected"), seconds)
        require(phase(version) == "Approved", f"{name} was rejected: {condition(version, 'Ready')['message']}")
        return version

    def monitor(self) -> dict:
        return self.namespace.get("DriftMonitor", "digits")

    def service(self) -> dict:
        return self.namespace.get("InferenceService", "digits")

    def stable(self) -> str:
        return self.service()["status"]["stable"]["modelVersion"]

    def windows_with(self, verdict: str, count: int, seconds: float) -> int:
        return wait_for(
            f"{count} windows with {verdict}",
            lambda: (n := self.monitor().get("status", {}).get("recentVerdicts", []).count(verdict)) >= count and n, seconds)

    def leave_report(self, outcome: str) -> None:
        OUT.mkdir(parents=True, exist_ok=True)
        entries = []
        if hasattr(self, "timeline"):
            self.timeline.write(OUT / "timeline.json")
            entries = self.timeline.entries
        lines = self.traffic.so_far() if hasattr(self, "traffic") else []
        (OUT / "report.html").write_text(report.page(outcome, self.started, self.steps, self.facts, entries, lines))
        print(f"\nreport: {(OUT / 'report.html').relative_to(ROOT)}   timeline: {(OUT / 'timeline.json').relative_to(ROOT)}")


def require(holds, otherwise: str) -> None:
    if not holds:
        raise GaveUp(otherwise)


def found(monitor: dict) -> set[str]:
    return {f["name"] for f in monitor["status"].get("topFeatures", []) if f["drifted"] and f["name"] != "prediction"}


def trial_facts(trial: dict) -> dict:
    metrics = {metric["name"]: metric["value"] for metric in trial["status"].get("metrics", [])}
    return {"name": trial["metadata"]["name"], "parameters": trial["spec"].get("parameters", {}), "metrics": metrics, "phase": phase(trial)}


def show(entry: dict) -> None:
    minutes, seconds = divmod(int(entry["seconds"]), 60)
    print(f"   {minutes:3d}:{seconds:02d}  {entry['kind']:<17}{entry['name']:<28}{entry['what']}", flush=True)


def main() -> int:
    demo = Demo()
    try:
        demo.run()
    except (GaveUp, RuntimeError, OSError) as error:
        print(f"\nThe loop did not close: {error}", file=sys.stderr, flush=True)
        demo.leave_report("The loop did not close")
        return 1
    demo.leave_report("The loop closed")
    print(f"The loop closed in {(time.time() - demo.started) / 60:.1f} minutes.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
