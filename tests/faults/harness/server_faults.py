"""What an API server, or what stands before it, may answer instead of the truth. Each fault happens so many times and then
no more: the operator is to recover by itself."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import AsyncIterator, Callable

from .frames import PROTOBUF, error_like, half_of, sealed_status, status
from .proxy import Call, Cut, Hang, Opened, Reply

Which = Callable[[Call], bool]


def any_write(call: Call) -> bool:
    return call.write is not None


def any_watch(call: Call) -> bool:
    return isinstance(call, Opened)


def any_read(call: Call) -> bool:
    return call.write is None and not isinstance(call, Opened)


def any_document_read(call: Call) -> bool:
    """Of JSON. Half a log that is framed as a whole one is a log: nobody could tell."""
    return any_read(call) and call.resource != "pods/log"


@dataclass
class Fault:
    """Spoils the first `times` calls that `which` picks, for each path and verb on its own."""

    which: Which
    times: int
    hits: list[tuple[str, float]] = field(default_factory=list, init=False)
    _left: dict[str, int] = field(default_factory=dict, init=False)

    async def on_call(self, call: Call) -> Reply:
        if not self.which(call) or not self._is_due(call):
            return await call.forward()
        return await self.spoil(call)

    async def spoil(self, call: Call) -> Reply:
        raise NotImplementedError

    def _is_due(self, call: Call) -> bool:
        key = f"{call.method} {call.path}"
        left = self._left.setdefault(key, self.times)
        if left == 0:
            return False
        self._left[key] = left - 1
        self.hits.append((key, time.monotonic()))
        return True


@dataclass
class Refuse(Fault):
    """Answers with an error, and does not pass the call on."""

    code: int = 500
    reason: str = "InternalError"
    message: str = "simulated"
    headers: dict[str, str] = field(default_factory=dict)
    details: dict = field(default_factory=dict)

    async def spoil(self, call: Call) -> Reply:
        is_protobuf = PROTOBUF in call.headers.get("Accept", "")
        body = (sealed_status if is_protobuf else status)(self.code, self.reason, self.message, self.details)
        headers = {"Content-Type": PROTOBUF if is_protobuf else "application/json"} | self.headers
        return Reply(self.code, body, headers)


@dataclass
class Silence(Fault):
    """Takes the call, and never answers; a few of them, as each costs half a minute."""

    most: int = 4

    def _is_due(self, call: Call) -> bool:
        return len(self.hits) < self.most and super()._is_due(call)

    async def spoil(self, call: Call) -> Reply:
        raise Hang


@dataclass
class Spoilt(Fault):
    """Passes the call on, and spoils the answer: slow in pieces, or cut after a share of it, or cut but called whole."""

    how: str = "truncated"

    async def spoil(self, call: Call) -> Reply:
        reply = await call.forward()
        half = max(1, len(reply.body) // 2)
        if self.how == "slow":
            reply.piece = max(1, len(reply.body) // 4)
        elif self.how == "cut":
            reply.cut_after = half
        else:
            reply.body = reply.body[:half]
        return reply


class Ended:
    """Watches that end: in order and empty, with 410 in the stream, in the middle of a frame, or with a frame that is none."""

    def __init__(self, how: str, times: int):
        self.hits = 0
        self._how = how
        self._times = times
        self._left: dict[str, int] = {}

    async def on_events(self, call: Call, frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        # The first fill is left alone: without it there is nothing that could go wrong later.
        spoils = "sendInitialEvents" not in call.query and self._is_due(call)
        if spoils and self._how == "empty":
            return
        async for frame in frames:
            if not spoils:
                yield frame
                continue
            if self._how == "gone":
                yield frame
                yield error_like(frame, 410, "Expired", "too old resource version")
                return
            if self._how == "garbled":
                yield half_of(frame)
                await asyncio.sleep(60)
            else:
                yield frame[: len(frame) // 2]
            raise Cut

    def _is_due(self, call: Call) -> bool:
        left = self._left.setdefault(call.path, self._times)
        self._left[call.path] = max(0, left - 1)
        self.hits += left > 0
        return left > 0


class Mute:
    """A watch whose connection stands, and that says nothing while `is_on`."""

    def __init__(self, resource: str):
        self.is_on = False
        self.bookmarks = 0
        self._resource = resource

    async def on_events(self, call: Call, frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for frame in frames:
            if call.resource != self._resource:
                yield frame
            elif not self.is_on:
                self.bookmarks += b"BOOKMARK" in frame and b"initial-events-end" not in frame
                yield frame
