"""The agents of all serving pods, as KWOK runs none: the real protocol over TLS, each with a connection and its own pod's
token."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import urllib3
from harness.api import CORE, Api, ApiError
from harness.collector import CA, SERVICE, idle_report, pod_token
from harness.control_plane import ControlPlane

# As the real agent's.
WAIT_MILLISECONDS = 1000
PAUSE_SECONDS = 0.05
RETRY_SECONDS = 1
TIMEOUT = aiohttp.ClientTimeout(4)
# Longer than any run.
TOKEN_SECONDS = 6 * 3600


class Agents:
    """`failures` are calls without a good answer so far, `last_failure` says why the last of them had none."""

    def __init__(self, plane: ControlPlane, release: str, collector_port: int):
        self.failures = 0
        self.last_failure = ""
        self._plane = plane
        self._url = f"https://127.0.0.1:{collector_port}/v1/sync"
        self._host = f"gyre-collector.{release}.svc"
        self._known: set[str] = set()
        self._stopped = False
        self._loop = asyncio.new_event_loop()
        self._clients = ThreadPoolExecutor(4, "agents' tokens", initializer=self._connect)
        self._api = threading.local()
        for act in (self._loop.run_forever, self._follow):
            threading.Thread(target=act, daemon=True, name="agents").start()

    def stop(self) -> None:
        self._stopped = True
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)

    @staticmethod
    async def _end() -> None:
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _follow(self) -> None:
        api = self._plane.api()
        while not self._stopped:
            try:
                # Of all pods it would be too slow, and hold up the API server's other watches of pods with it. From
                # whatever version its cache has: when there is much to do, that is never the latest.
                for event in api.watch(f"{CORE}/pods", version="0", selector=SERVICE):
                    if event["type"] in ("ADDED", "MODIFIED"):
                        self._see(event["object"])
            except (ApiError, urllib3.exceptions.HTTPError):
                pass
            time.sleep(RETRY_SECONDS)

    def _see(self, pod: dict) -> None:
        meta = pod["metadata"]
        if pod["status"].get("phase") == "Running" and meta["uid"] not in self._known:
            self._known.add(meta["uid"])
            asyncio.run_coroutine_threadsafe(self._run(meta), self._loop)

    async def _run(self, meta: dict) -> None:
        while not self._stopped:
            try:
                token, authority = await self._loop.run_in_executor(self._clients, self._identify, meta)
                break
            except (ApiError, urllib3.exceptions.HTTPError) as error:
                await self._fail(f"no token: {error}")
        else:
            return
        connector = aiohttp.TCPConnector(limit=1, ssl=authority)
        async with aiohttp.ClientSession(connector=connector, headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT) as session:
            await self._report(session, meta["labels"])

    async def _report(self, session: aiohttp.ClientSession, labels: dict) -> None:
        generation = 0
        while not self._stopped:
            try:
                async with session.post(self._url, json=idle_report(labels, generation, WAIT_MILLISECONDS), server_hostname=self._host) as answer:
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

    def _connect(self) -> None:
        self._api.client = self._plane.api()

    def _identify(self, meta: dict) -> tuple[str, ssl.SSLContext]:
        api: Api = self._api.client
        published = api.get(f"{CORE}/namespaces/{meta['namespace']}/configmaps/{CA}")
        authority = ssl.create_default_context(cadata=published["data"]["ca.crt"])
        return pod_token(api, meta, TOKEN_SECONDS), authority
