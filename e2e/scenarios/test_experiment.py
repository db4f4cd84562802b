"""A search on real pods: reproducible, bounded, and its best trial wins."""

import json

from gyre_e2e import samples
from gyre_e2e.cluster import condition, phase


def search(namespace, obj, seconds=180):
    namespace.apply(json.dumps(obj))
    return namespace.wait_for_object("Experiment", obj["metadata"]["name"], "to finish", lambda o: phase(o) in ("Succeeded", "Failed"), seconds)


def assignments(namespace, name):
    trials = namespace.list("TrainingJob", f"gyre.dev/experiment={name}")
    return sorted(trial["spec"]["parameters"]["x"] for trial in trials)


def test_the_best_trial_wins(namespace):
    done = search(namespace, samples.experiment("first"))
    assert phase(done) == "Succeeded", condition(done, "Failed")
    assert done["status"]["trials"]["succeeded"] == 3
    best = done["status"]["currentOptimalTrial"]
    assert float(best["value"]) == min(map(float, assignments(namespace, "first")))


def test_the_same_seed_gives_the_same_search(namespace):
    obj = samples.experiment("again")
    search(namespace, obj)
    assert assignments(namespace, "again") == assignments(namespace, "first")


def test_a_grid_ends_when_it_is_exhausted(namespace):
    obj = samples.experiment("grid")
    obj["spec"]["algorithm"] = {"algorithmName": "grid"}
    obj["spec"]["parameters"][0]["feasibleSpace"] = {"min": "0", "max": "1", "step": "0.5"}
    obj["spec"]["maxTrialCount"] = 10
    done = search(namespace, obj)
    assert phase(done) == "Succeeded"
    assert sorted(map(float, assignments(namespace, "grid"))) == [0, 0.5, 1]


def test_a_goal_ends_the_search_early(namespace):
    obj = samples.experiment("goal")
    obj["spec"]["objective"]["goal"] = 1.0
    obj["spec"]["parallelTrialCount"] = 1
    done = search(namespace, obj)
    assert done["status"]["trials"]["succeeded"] == 1


def test_too_many_failures_fail_the_search_and_say_why(namespace):
    obj = samples.experiment("failing")
    trial = obj["spec"]["trialTemplate"]["trainingJob"]
    trial["template"]["spec"]["containers"][0]["command"][2] = "echo ${trialParameters.x} is not for me; exit 1"
    trial["runPolicy"] = {"backoffLimit": 0}
    obj["spec"]["maxFailedTrialCount"] = 0
    done = search(namespace, obj)
    assert phase(done) == "Failed"
    assert "fail" in condition(done, "Failed")["message"].lower()


def test_not_a_number_never_wins(namespace):
    obj = samples.experiment("nan")
    container = obj["spec"]["trialTemplate"]["trainingJob"]["template"]["spec"]["containers"][0]
    container["command"][2] = 'case ${trialParameters.x} in 0.[0-4]*) echo loss=nan;; *) echo loss=${trialParameters.x};; esac'
    obj["spec"]["maxFailedTrialCount"] = 3
    done = search(namespace, obj)
    best = (done["status"].get("currentOptimalTrial") or {}).get("value")
    assert best is None or float(best) >= 0.5
