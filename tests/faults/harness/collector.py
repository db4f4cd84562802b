"""What workers and agents say to the operator: the real protocol, over TLS, with the pod's own token."""

from __future__ import annotations

import json

import urllib3

from .api import CORE, Api

AUDIENCE = "gyre.dev"
CA = "gyre-ca"
SERVICE, REVISION = "gyre.dev/service", "gyre.dev/revision"
# Nobody sends requests to simulated agents.
IDLE_MILLISECONDS = 60_000


def pod_token(api: Api, pod: dict, seconds: int = 3600) -> str:
    """As the kubelet projects it into the pod of this metadata: bound to it, and good for the collector alone."""
    bound = {"kind": "Pod", "apiVersion": "v1", "name": pod["name"], "uid": pod["uid"]}
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
               "spec": {"audiences": [AUDIENCE], "boundObjectRef": bound, "expirationSeconds": seconds}}
    path = f"{CORE}/namespaces/{pod['namespace']}/serviceaccounts/default/token"
    return api.create(path, request)["status"]["token"]


def idle_report(labels: dict, generation: int, wait_milliseconds: int) -> dict:
    """Of an agent that nobody sends requests, with its pod's labels."""
    return {"service": labels[SERVICE], "revision": labels[REVISION], "generation": generation,
            "waitMilliseconds": wait_milliseconds, "idleMilliseconds": IDLE_MILLISECONDS,
            "served": {"requests": 0, "errors": 0}, "forwarded": []}


class Collector:
    def __init__(self, api: Api, namespace: str, port: int):
        self._api = api
        self._namespace = namespace
        self._url = f"https://127.0.0.1:{port}"
        self._core = f"{CORE}/namespaces/{namespace}"
        self._tokens: dict[str, str] = {}
        self._pool: urllib3.PoolManager | None = None

    def deliver(self, pod: str, model_version: str, baseline: str) -> bool:
        """A verifying Job's baseline; false when the operator could not take it now."""
        answer = self._post(pod, f"/v1/baselines/{model_version}", baseline)
        if answer and 400 <= answer.status < 500:
            raise RuntimeError(f"the baseline of {model_version} was refused: {answer.data.decode()}")
        return answer is not None and answer.status < 300

    def sync(self, pod: str, report: dict) -> dict | None:
        """An agent's report, and what it is told; nothing when nobody answers."""
        return self._json(self._post(pod, "/v1/sync", json.dumps(report)))

    def send_buckets(self, pod: str, request: dict) -> list[int]:
        """Sequences that the operator answers for."""
        return (self._json(self._post(pod, "/v1/buckets", json.dumps(request))) or {}).get("acknowledged", [])

    @staticmethod
    def _json(answer: urllib3.BaseHTTPResponse | None) -> dict | None:
        return json.loads(answer.data) if answer and answer.status == 200 else None

    def _post(self, pod: str, path: str, body: str) -> urllib3.BaseHTTPResponse | None:
        pool = self._connect()
        token = self._token(pod)
        if not pool or not token:
            return None
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            return pool.request("POST", self._url + path, body=body, headers=headers, timeout=20)
        except urllib3.exceptions.HTTPError:
            # The operator may be dead, or come back with another certificate.
            self._pool = None
            return None

    def _connect(self) -> urllib3.PoolManager | None:
        if not self._pool:
            authority = self._api.find(f"{self._core}/configmaps/{CA}")
            if not authority:
                return None
            host = f"gyre-collector.{self._namespace}.svc"
            self._pool = urllib3.PoolManager(ca_cert_data=authority["data"]["ca.crt"], assert_hostname=host,
                                             server_hostname=host, retries=False)
        return self._pool

    def _token(self, pod: str) -> str | None:
        if pod not in self._tokens:
            found = self._api.find(f"{self._core}/pods/{pod}")
            if not found:
                return None
            self._tokens[pod] = pod_token(self._api, found["metadata"])
        return self._tokens[pod]
