"""What may happen to watches: held back, thinned out, delayed behind the others, wound back when they are opened anew."""

from __future__ import annotations

import asyncio
from typing import AsyncIterator

from .frames import Event
from .proxy import Call, Cut, Opened, Reply

Frames = AsyncIterator[bytes]
# What is ready is taken together; so long is waited for more.
TOGETHER_SECONDS = 0.05


class Gate:
    """Holds back the events of some resources (all when none is named) while it is closed."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *resources: str):
        self._loop = loop
        self._resources = resources
        self._open = asyncio.Event()
        self._open.set()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._open.clear)

    def open(self) -> None:
        self._loop.call_soon_threadsafe(self._open.set)

    async def withhold(self, call: Call, frames: Frames) -> Frames:
        async for frame in frames:
            if not self._resources or call.resource in self._resources:
                await self._open.wait()
            yield frame

    async def coalesce(self, call: Call, frames: Frames) -> Frames:
        """As withhold, but of each object only its last state is told, as after a relist."""
        async for batch in batches(frames, self._open):
            for frame in coalesced(batch):
                yield frame


async def batches(frames: Frames, when: asyncio.Event) -> AsyncIterator[list[bytes]]:
    """What has come by the time that `when` is set, always at least one frame."""
    waiting: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def read() -> None:
        try:
            async for frame in frames:
                waiting.put_nowait(frame)
        finally:
            waiting.put_nowait(None)

    reader = asyncio.ensure_future(read())
    try:
        while (first := await waiting.get()) is not None:
            await asyncio.sleep(TOGETHER_SECONDS)
            await when.wait()
            batch = [first]
            while not waiting.empty() and (frame := waiting.get_nowait()) is not None:
                batch.append(frame)
            yield batch
    finally:
        reader.cancel()


def coalesced(batch: list[bytes]) -> list[bytes]:
    """One event for each object: what was made and is gone again was never there."""
    first: dict[str, str] = {}
    last: dict[str, tuple[int, Event]] = {}
    for place, frame in enumerate(batch):
        event = Event.of(frame)
        uid = event.uid or f"bookmark {place}"
        first.setdefault(uid, event.type)
        last[uid] = (place, event)
    out = []
    for uid, (_, event) in sorted(last.items(), key=lambda each: each[1][0]):
        if first[uid] == "ADDED" and event.type == "DELETED":
            continue
        if first[uid] == "ADDED":
            event.type = "ADDED"
        out.append(event.frame())
    return out


def behind(resource: str, seconds: float):
    """One watch lags behind the others."""
    async def on_events(call: Call, frames: Frames) -> Frames:
        async for frame in frames:
            if call.resource == resource:
                await asyncio.sleep(seconds)
            yield frame

    return on_events


class WoundBack:
    """A watch that is opened anew begins where an earlier one of the same resource began: the past comes again."""

    def __init__(self) -> None:
        self.replays = 0
        self._first: dict[str, str] = {}

    async def on_call(self, call: Call) -> Reply:
        version = call.query.get("resourceVersion", "")
        if isinstance(call, Opened) and version not in ("", "0"):
            first = self._first.setdefault(call.path, version)
            self.replays += first != version
            call.query["resourceVersion"] = first
        return await call.forward()


def broken_off_after(seconds: float):
    """Each watch is cut after so long, and has to be opened anew."""
    async def on_events(_: Call, frames: Frames) -> Frames:
        deadline = asyncio.get_running_loop().time() + seconds
        iterator = frames.__aiter__()
        while True:
            try:
                yield await asyncio.wait_for(anext(iterator), deadline - asyncio.get_running_loop().time())
            except (TimeoutError, StopAsyncIteration):
                raise Cut from None

    return on_events
