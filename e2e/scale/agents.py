"""The agents of all serving pods, as KWOK runs none: the real protocol over TLS, each with its own pod's token."""

from __future__ import annotations

import asyncio
import ssl
import threading
import traceback
from concurrent.futures import Future, ThreadPoolExecutor

import aiohttp
import urllib3
from harness.api import CORE, Api, ApiError
from harness.collector import AUDIENCE, CA
from harness.control_plane import ControlPlane
from harness.deployments import IDLE_MILLISECONDS, REVISION, SERVICE

WAIT_MILLISECONDS = 1000
PAUSE_SECONDS = 0.05
RETRY_SECONDS = 1


class Agents:
    def __init__(self, plane: ControlPlane, release: str, collector_port: int):
        self.failures = 0
        self.last_failure = ""
        self._plane = plane
        self._url = f"https://127.0.0.1:{collector_port}/v1/sync"
        self._host = f"gyre-collector.{release}.svc"
        self._known: set[str] = set()
        self._stopped = False
        self._loop = asyncio.new_event_loop()
        self._clients = ThreadPoolExecutor(4, "agents' tokens")
        self._authorities: dict[str, ssl.SSLContext] = {}
        for act in (self._loop.run_forever, self._follow):
            threading.Thread(target=act, daemon=True, name="agents").start()
        self._session = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def stop(self) -> None:
        self._stopped = True
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)

    @staticmethod
    async def _open() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def _end(self) -> None:
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._session.close()

    def _follow(self) -> None:
        api = self._plane.api()
        while not self._stopped:
            try:
                for event in api.watch(f"{CORE}/pods"):
                    if event["type"] in ("ADDED", "MODIFIED"):
                        self._see(event["object"])
            except (ApiError, urllib3.exceptions.HTTPError):
                continue

    def _see(self, pod: dict) -> None:
        meta = pod["metadata"]
        if SERVICE in meta.get("labels", {}) and pod["status"].get("phase") == "Running" and meta["uid"] not in self._known:
            self._known.add(meta["uid"])
            asyncio.run_coroutine_threadsafe(self._run(meta), self._loop).add_done_callback(self._note)

    def _note(self, ended: Future) -> None:
        if not ended.cancelled() and ended.exception():
            traceback.print_exception(ended.exception())

    async def _run(self, meta: dict) -> None:
        token, authority = await self._loop.run_in_executor(self._clients, self._identify, self._plane.api(), meta)
        labels, generation = meta["labels"], 0
        while not self._stopped:
            report = {"service": labels[SERVICE], "revision": labels[REVISION], "generation": generation,
                      "waitMilliseconds": WAIT_MILLISECONDS, "idleMilliseconds": IDLE_MILLISECONDS,
                      "served": {"requests": 0, "errors": 0}, "forwarded": []}
            try:
                async with self._session.post(self._url, json=report, ssl=authority, server_hostname=self._host,
                                              headers={"Authorization": f"Bearer {token}"}, timeout=aiohttp.ClientTimeout(4)) as answer:
                    told = await answer.json()
            except (aiohttp.ClientError, asyncio.TimeoutError) as error:
                await self._fail(f"{type(error).__name__}: {error}")
                continue
            if answer.status != 200:
                await self._fail(f"{answer.status}: {told}")
                continue
            if told.get("routes"):
                generation = told["routes"]["generation"]
            await asyncio.sleep(PAUSE_SECONDS)

    async def _fail(self, why: str) -> None:
        self.failures += 1
        self.last_failure = why
        await asyncio.sleep(RETRY_SECONDS)

    # The namespace's CA comes with its first service, and so do its pods.
    def _identify(self, api: Api, meta: dict) -> tuple[str, ssl.SSLContext]:
        core = f"{CORE}/namespaces/{meta['namespace']}"
        if meta["namespace"] not in self._authorities:
            ca = api.get(f"{core}/configmaps/{CA}")["data"]["ca.crt"]
            self._authorities[meta["namespace"]] = ssl.create_default_context(cadata=ca)
        bound = {"kind": "Pod", "apiVersion": "v1", "name": meta["name"], "uid": meta["uid"]}
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": [AUDIENCE], "boundObjectRef": bound}}
        token = api.create(f"{core}/serviceaccounts/default/token", request)["status"]["token"]
        return token, self._authorities[meta["namespace"]]
