"""Our own fault proxy: stands between an operator and the API server, passes everything on, and lies where it is told to.

What is asked for a Lease, or stores nothing, is no write here.

    with Loop() as loop:
        proxy = Proxy(loop, plane)
        proxy.on_call = WoundBack().on_call
        Operator(plane.kubeconfig(proxy.url), …)
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import threading
from dataclasses import dataclass, field
from typing import AsyncIterator, Awaitable, Callable

import aiohttp
from aiohttp import web

from .control_plane import ControlPlane
from .frames import frames_of

# Between the two connections, never passed on.
HOP_HEADERS = {"host", "connection", "transfer-encoding", "content-length", "authorization", "accept-encoding"}
# In names: of UIDs, of what an Event says; and seconds since the epoch.
HASH = re.compile(r"\b([0-9a-f]{8}|\d{10})\b")
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
# Leader election never rests, and reviews are answered without being stored.
NOT_STORED = ("leases", "tokenreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews")


class Cut(Exception):
    """The connection is broken off without an answer, or in the middle of one."""


class Hang(Exception):
    """The connection stays open, and nobody answers any more."""


@dataclass(frozen=True)
class Write:
    """One write of a run, named so that it is found again in another: "PATCH jobs/status train-#", the second of them."""

    what: str
    occurrence: int


@dataclass
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    # When set, the body goes out in pieces of so many bytes, a second apart.
    piece: int = 0
    # When set, the connection is cut after so many bytes of the body.
    cut_after: int | None = None


@dataclass
class Call:
    """One request of the operator's."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    write: Write | None  # Nothing for everything else.
    _session: aiohttp.ClientSession
    _url: str

    @property
    def resource(self) -> str:
        """Plural of what is asked for, for example pods or jobs/status."""
        parts = self.path.strip("/").split("/")
        parts = parts[2:] if parts[0] == "api" else parts[3:]
        if parts[0] == "namespaces" and len(parts) > 2:
            parts = parts[2:]
        return "/".join([parts[0], *parts[2:]])

    @property
    def name(self) -> str:
        """Of the object; empty for a collection."""
        parts = self.path.split(self.resource.split("/")[0] + "/", 1)
        return parts[1].split("/")[0] if len(parts) > 1 else ""

    @property
    def is_watch(self) -> bool:
        return self.query.get("watch") in ("1", "true")

    async def forward(self) -> Reply:
        async with self._request() as answer:
            return Reply(answer.status, await answer.read(), _passed_on(answer.headers))

    def _request(self):
        # No limit of time: a watch lasts, and the operator has limits of its own.
        return self._session.request(self.method, self._url + self.path, params=self.query, data=self.body or None,
                                     headers=self.headers, timeout=aiohttp.ClientTimeout(total=None))


def _passed_on(headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in HOP_HEADERS}


async def pass_on(call: Call) -> Reply:
    return await call.forward()


async def pass_events_on(_: Call, frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for frame in frames:
        yield frame


class Loop:
    """The thread that all proxies of a test share."""

    def __enter__(self) -> Loop:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True, name="proxies")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()

    def wait(self, what: Awaitable):
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(30)


class Proxy:
    """Speaks plain HTTP/1.1 to the operator. `on_call` and `on_events` may be replaced at any time."""

    def __init__(self, loop: Loop, plane: ControlPlane):
        self.on_call: Callable[[Call], Awaitable[Reply]] = pass_on
        self.on_events: Callable[[Call, AsyncIterator[bytes]], AsyncIterator[bytes]] = pass_events_on
        self.writes: list[Write] = []
        self._loop = loop
        self._plane = plane
        self._port = loop.wait(self._start())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def stop(self) -> None:
        self._loop.wait(self._close())

    def cut_all(self) -> None:
        """Breaks off every connection that the operator has."""
        def cut() -> None:
            for transport in list(self._transports):
                transport.abort()

        self._loop.loop.call_soon_threadsafe(cut)

    async def _start(self) -> int:
        trust = ssl.create_default_context(cafile=str(self._plane.ca_file))
        self._transports: set[asyncio.Transport] = set()
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust, limit=0), auto_decompress=False)
        application = web.Application(client_max_size=16 << 20)
        application.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return site._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        self._transports.add(transport)
        try:
            call = self._call_of(request, await request.read())
            return await (self._watch(request, call) if call.is_watch else self._answer(request, call))
        except (Cut, aiohttp.ClientError):
            transport.abort()
            raise web.HTTPBadGateway() from None
        except Hang:
            await asyncio.Event().wait()
            raise AssertionError("a connection that hangs does not come to itself") from None
        finally:
            self._transports.discard(transport)

    def _call_of(self, request: web.Request, body: bytes) -> Call:
        headers = _passed_on(request.headers) | {"Authorization": f"Bearer {self._plane.token}"}
        call = Call(request.method, request.path, dict(request.query), headers, body, None, self._session, self._plane.url)
        if request.method in WRITES and call.resource not in NOT_STORED and "dryRun" not in call.query:
            what = f"{call.method} {call.resource} {HASH.sub('#', call.name or name_in(body))}"
            call.write = Write(what, sum(each.what == what for each in self.writes) + 1)
            self.writes.append(call.write)
        return call

    async def _answer(self, request: web.Request, call: Call) -> web.StreamResponse:
        reply = await self.on_call(call)
        answer = web.StreamResponse(status=reply.status, headers=reply.headers)
        answer.content_length = len(reply.body)
        await answer.prepare(request)
        body = reply.body if reply.cut_after is None else reply.body[:reply.cut_after]
        size = reply.piece or len(body) or 1
        for start in range(0, len(body), size):
            if start:
                await asyncio.sleep(1)
            await answer.write(body[start:start + size])
        if reply.cut_after is not None:
            raise Cut
        await answer.write_eof()
        return answer

    async def _watch(self, request: web.Request, call: Call) -> web.StreamResponse:
        # A watch may be refused as any call may.
        reply = await self.on_call(Opened(call)) if self.on_call is not pass_on else None
        if reply and reply.status != 0:
            return web.Response(status=reply.status, body=reply.body, headers=reply.headers)
        async with call._request() as upstream:
            answer = web.StreamResponse(status=upstream.status, headers=_passed_on(upstream.headers))
            await answer.prepare(request)
            if upstream.status != 200:
                await answer.write(await upstream.read())
                return answer
            frames = frames_of(upstream.content, upstream.headers.get("Content-Type", ""))
            async for frame in self.on_events(call, frames):
                await answer.write(frame)
            await answer.write_eof()
            return answer


class Opened(Call):
    """A watch that is about to be opened: to pass it on is to answer nothing yet."""

    def __init__(self, call: Call):
        super().__init__(**call.__dict__)

    async def forward(self) -> Reply:
        return Reply(0, b"")


def name_in(body: bytes) -> str:
    try:
        return json.loads(body)["metadata"].get("name", "")
    except (ValueError, KeyError, TypeError):
        return ""
