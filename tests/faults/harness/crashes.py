"""The three ways in which a write may go wrong when a process dies or a connection breaks."""

from __future__ import annotations

from typing import Awaitable, Callable

from .proxy import Call, Cut, Reply, Write
from .run import Run

OnCall = Callable[[Call], Awaitable[Reply]]


def not_applied_and_killed(run: Run, write: Write) -> OnCall:
    async def on_call(call: Call) -> Reply:
        if call.write == write:
            run.kill()
            raise Cut
        return await call.forward()

    return on_call


def applied_and_killed(run: Run, write: Write) -> OnCall:
    async def on_call(call: Call) -> Reply:
        reply = await call.forward()
        if call.write == write:
            run.kill()
            raise Cut
        return reply

    return on_call


def answer_lost(_: Run, write: Write) -> OnCall:
    async def on_call(call: Call) -> Reply:
        reply = await call.forward()
        if call.write == write:
            raise Cut
        return reply

    return on_call


VARIANTS: dict[str, Callable[[Run, Write], OnCall]] = {
    "not-applied": not_applied_and_killed,
    "applied": applied_and_killed,
    "answer-lost": answer_lost,
}
