"""Two replicas, and the one that leads is killed without a word, again and again, while objects are created."""

import itertools
import statistics
import threading
import time

import pytest
import urllib3

from campaign.bases import bases
from harness.api import BATCH, CORE, GYRE, Api, ApiError
from harness.operator import Operator
from harness.process import GaveUp, wait_for

LEASE = "/apis/coordination.k8s.io/v1/namespaces/{}/leases/gyre-operator"
# Beyond the lease: the last renewal, a look that finds it over, the write, and our own look, each as slow as the API server
# is on a busy machine.
REQUESTS = 4
GRACE_SECONDS = 1.0
PARALLEL_TRIALS = 2


class Watch(threading.Thread):
    """Every object of a resource that was ever created, by name: its UIDs."""

    def __init__(self, api: Api, path: str):
        super().__init__(daemon=True)
        self.created: dict[str, set[str]] = {}
        self._api, self._path = api, path
        self.start()

    def run(self) -> None:
        version = ""
        while True:
            try:
                for event in self._api.watch(self._path, version):
                    version = event["object"]["metadata"]["resourceVersion"]
                    if event["type"] == "ADDED":
                        meta = event["object"]["metadata"]
                        self.created.setdefault(meta["name"], set()).add(meta["uid"])
            except urllib3.exceptions.HTTPError:
                # With the control plane it ends.
                return


class Creator(threading.Thread):
    """Creates a training, a search and a version in turn, until it is told to stop."""

    def __init__(self, api: Api, namespace: str, pause: float):
        super().__init__(daemon=True)
        self.names: dict[str, list[str]] = {"trainingjobs": [], "experiments": [], "modelversions": []}
        self._api, self._namespace, self._pause = api, namespace, pause
        self._done = threading.Event()
        self.start()

    def run(self) -> None:
        specs = {base.kind.lower() + "s": base for base in bases()}
        for number in itertools.count():
            plural = list(self.names)[number % 3]
            name = f"made-{number:04}"
            self.names[plural].append(name)
            self._create(plural, specs[plural].object(name))
            if self._done.wait(self._pause):
                return

    def _create(self, plural: str, body: dict) -> None:
        while True:
            try:
                self._api.create(f"{GYRE}/namespaces/{self._namespace}/{plural}", body)
                return
            except urllib3.exceptions.HTTPError:
                continue  # Whether it was made is not known.
            except ApiError as error:
                if error.status != 409:
                    raise
                return

    def stop(self) -> None:
        self._done.set()
        self.join()


class Replicas:
    def __init__(self, plane, namespace: str, *flags: str):
        self._api = plane.api()
        self._lease = LEASE.format(namespace)
        self.all = {name: Operator(plane.kubeconfig(), namespace, plane.folder, name, *flags, elects_leader=True).start().wait_ready()
                    for name in ("replica-0", "replica-1")}

    def holder(self) -> str:
        lease = self._api.find(self._lease)
        return lease["spec"].get("holderIdentity", "") if lease else ""

    def kill_leader(self) -> tuple[float, float]:
        """Seconds until the other leads, and the longest that the API server took to answer meanwhile. Only then does the
        dead one come back, as the standby."""
        leader = wait_for("a leader", self.holder, 60)
        time.sleep(0.1 * (int(time.monotonic() * 1000) % 20))  # Anywhere between two renewals.
        self.all[leader].kill()
        start = time.monotonic()
        slowest = 0.0

        def is_followed() -> bool:
            nonlocal slowest
            asked = time.monotonic()
            holder = self.holder()
            slowest = max(slowest, time.monotonic() - asked)
            return holder not in ("", leader)

        wait_for(f"a leader after {leader}", is_followed, 120, every=0.02)
        took = time.monotonic() - start
        self.all[leader].start().wait_ready()
        return took, slowest

    def stop(self) -> None:
        for operator in self.all.values():
            operator.stop()


def check_children(api: Api, namespace: str, names: dict[str, list[str]]) -> None:
    """Each has what it is to have, once."""
    own = f"{GYRE}/namespaces/{namespace}"
    jobs = api.list(f"{BATCH}/namespaces/{namespace}/jobs")
    services = api.list(f"{CORE}/namespaces/{namespace}/services")
    trainings = api.list(f"{own}/trainingjobs")
    versions = api.list(f"{own}/modelversions")

    def owned(objects: list[dict], uid: str) -> list[str]:
        return sorted(found["metadata"]["name"] for found in objects
                      if any(owner["uid"] == uid for owner in found["metadata"].get("ownerReferences", [])))

    for training in trainings:
        name, uid = training["metadata"]["name"], training["metadata"]["uid"]
        assert owned(jobs, uid) == [f"{name}-0"], name
        is_many = training["spec"]["numNodes"] > 1
        assert owned(services, uid) == ([name] if is_many else []), name
    for search in api.list(f"{own}/experiments"):
        name = search["metadata"]["name"]
        assert owned(trainings, search["metadata"]["uid"]) == [f"{name}-{index}" for index in range(PARALLEL_TRIALS)], name
    for version in versions:
        assert owned(jobs, version["metadata"]["uid"]) == [f"{version['metadata']['name']}-verify"]
    numbers = [version["status"]["version"] for version in versions]
    assert sorted(numbers) == list(range(1, len(names["modelversions"]) + 1)), "numbers of versions are given once"


@pytest.mark.parametrize("kills, lease, renew, retry", [
    pytest.param(4, 2, 1.5, 0.3, marks=pytest.mark.sample, id="sample"),
    pytest.param(50, 15, 10, 2, id="all"),
])
def test_a_dead_leader_is_followed_in_time_and_nothing_is_made_twice(environment, capsys, kills, lease, renew, retry):
    plane = environment.plane
    namespace = f"leaders-{kills}"
    plane.make_namespace(namespace)
    watch = Watch(plane.api(), f"{BATCH}/namespaces/{namespace}/jobs")
    replicas = Replicas(plane, namespace, f"--leader-lease-duration={lease}s", f"--leader-renew-deadline={renew}s",
                        f"--leader-retry-period={retry}s")
    creator = Creator(plane.api(), namespace, pause=max(0.3, kills * lease / 400))
    try:
        takeovers = [replicas.kill_leader() for _ in range(kills)]
    finally:
        creator.stop()
    try:
        api = plane.api()
        wait_until_complete(api, namespace, creator.names)
        check_children(api, namespace, creator.names)
        assert watch.is_alive(), "nobody has watched what was made"
        twice = {name: uids for name, uids in watch.created.items() if len(uids) > 1}
        assert not twice, f"made again: {twice}"
    finally:
        replicas.stop()
    took = [seconds for seconds, _ in takeovers]
    made = sum(len(names) for names in creator.names.values())
    with capsys.disabled():
        print(f"\n{kills} leaders killed, lease {lease} s, renewed every {retry} s, {made} objects created meanwhile: "
              f"the next leads after {statistics.median(took):.1f} s (median), {max(took):.1f} s (worst)")
    late = [(seconds, slowest) for seconds, slowest in takeovers
            if seconds > lease + GRACE_SECONDS + REQUESTS * slowest]
    assert not late, f"later than the lease allows (seconds, the API server's slowest answer): {late}"


def wait_until_complete(api: Api, namespace: str, names: dict[str, list[str]]) -> None:
    last = ""

    def look() -> bool:
        nonlocal last
        try:
            check_children(api, namespace, names)
        except (AssertionError, KeyError) as error:
            last = str(error)
            return False
        return True

    try:
        wait_for("", look, 60, every=0.5)
    except GaveUp:
        raise GaveUp(f"not complete after the last leader came: {last}") from None
