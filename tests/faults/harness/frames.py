"""The frames of a watch, as they stand in the stream: lines of JSON, or protocol buffers that follow their size."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import AsyncIterator

import aiohttp

PROTOBUF = "application/vnd.kubernetes.protobuf"
PREFIX = 4
MAGIC = b"k8s\0"


async def frames_of(content: aiohttp.StreamReader, content_type: str) -> AsyncIterator[bytes]:
    """Whole frames, however long: an event may be larger than the reader's buffer."""
    cut = _cut_prefixed if content_type.startswith(PROTOBUF) else _cut_lines
    rest = b""
    async for chunk in content.iter_any():
        frames, rest = cut(rest + chunk)
        for frame in frames:
            yield frame


def _cut_lines(data: bytes) -> tuple[list[bytes], bytes]:
    *lines, rest = data.split(b"\n")
    return [line + b"\n" for line in lines], rest


def _cut_prefixed(data: bytes) -> tuple[list[bytes], bytes]:
    frames = []
    while len(data) >= PREFIX and len(data) >= (end := PREFIX + int.from_bytes(data[:PREFIX])):
        frames.append(data[:end])
        data = data[end:]
    return frames, data


def _prefixed(event: bytes) -> bytes:
    return len(event).to_bytes(PREFIX) + event


def _is_json(frame: bytes) -> bool:
    return frame.startswith(b"{")


@dataclass
class Event:
    """What a test may want to know of a frame, or change in it."""

    type: str
    uid: str  # Of the object; empty in a bookmark.
    _frame: bytes

    @staticmethod
    def of(frame: bytes) -> Event:
        if _is_json(frame):
            event = json.loads(frame)
            return Event(event["type"], event["object"].get("metadata", {}).get("uid", ""), frame)
        event = fields(frame[PREFIX:])
        unknown = fields(fields(event[2])[1].removeprefix(MAGIC))
        metadata = fields(fields(unknown[2]).get(1, b""))
        return Event(event[1].decode(), metadata.get(5, b"").decode(), frame)

    def frame(self) -> bytes:
        if _is_json(self._frame):
            return json.dumps(json.loads(self._frame) | {"type": self.type}).encode() + b"\n"
        return _prefixed(text_field(1, self.type.encode()) + text_field(2, fields(self._frame[PREFIX:])[2]))


def error_like(frame: bytes, code: int, reason: str, message: str) -> bytes:
    """The end of a watch whose frames look like this one."""
    if _is_json(frame):
        return b'{"type":"ERROR","object":' + status(code, reason, message) + b"}\n"
    return _prefixed(text_field(1, b"ERROR") + text_field(2, text_field(1, sealed_status(code, reason, message))))


def status(code: int, reason: str, message: str, details: dict | None = None) -> bytes:
    return json.dumps({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": code, "reason": reason,
                       "message": message, "details": details or {}}).encode()


def sealed_status(code: int, reason: str, message: str, details: dict | None = None) -> bytes:
    """The same in protocol buffers; of the details the causes and the delay."""
    said = text_field(2, b"Failure") + text_field(3, message.encode()) + text_field(4, reason.encode())
    if details:
        causes = [text_field(1, each["reason"].encode()) + text_field(2, each["message"].encode()) for each in details["causes"]]
        delay = varint(5 << 3) + varint(details["retryAfterSeconds"])
        said += text_field(5, b"".join(text_field(4, cause) for cause in causes) + delay)
    said += varint(6 << 3) + varint(code)
    return MAGIC + text_field(1, text_field(1, b"v1") + text_field(2, b"Status")) + text_field(2, said)


def half_of(frame: bytes) -> bytes:
    """A whole frame with half an event in it."""
    if _is_json(frame):
        return frame[: len(frame) // 2] + b"\n"
    return _prefixed(frame[PREFIX: len(frame) // 2])


# Protocol buffers (https://protobuf.dev/programming-guides/encoding/), as far as Kubernetes uses them.


def fields(message: bytes) -> dict[int, bytes]:
    """The text of each field by its number, the last one of several; integers are left out."""
    out = {}
    at = 0
    while at < len(message):
        tag, at = _read_varint(message, at)
        value, at = _read_varint(message, at)
        if tag & 7 == 2:
            out[tag >> 3] = message[at:at + value]
            at += value
    return out


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while data[at] & 0x80:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
    return value | data[at] << shift, at + 1


def varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def text_field(number: int, text: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(text)) + text
