"""HTTP/2 over TLS before a proxy, which tells clients to go away (GOAWAY) after every stream, as API servers do that
are about to end or want their clients elsewhere. Streams that came later are not processed, as the frame says. Who asks
for HTTP/1.1 gets that, and is left alone."""

from __future__ import annotations

import asyncio
import pathlib
import ssl
import urllib.parse

import aiohttp
import h2.config
import h2.connection
import h2.events
import h2.exceptions
from hyperframe.frame import GoAwayFrame

from .proxy import Loop

# Streams that still run have so long; a watch outlasts it.
GRACE_SECONDS = 2


class GoingAway:
    def __init__(self, loop: Loop, proxy_url: str, certificate: pathlib.Path, key: pathlib.Path):
        self.goaways = 0
        self._loop = loop
        self._proxy_url = proxy_url
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._context.set_alpn_protocols(["h2", "http/1.1"])
        self._port = loop.wait(self._start())

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._port}"

    def stop(self) -> None:
        self._loop.wait(self._close())

    async def _start(self) -> int:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), auto_decompress=False)
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Newcomer(self), "127.0.0.1", 0, ssl=self._context)
        return self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        await self._session.close()

    def protocol(self, chosen: str | None) -> asyncio.Protocol:
        if chosen == "h2":
            return Connection(self, self._session, self._proxy_url)
        return Tunnel(self._proxy_url)


class Newcomer(asyncio.Protocol):
    """A connection until it is known what it speaks."""

    def __init__(self, front: GoingAway):
        self._front = front

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        protocol = self._front.protocol(transport.get_extra_info("ssl_object").selected_alpn_protocol())
        transport.set_protocol(protocol)
        protocol.connection_made(transport)


class Tunnel(asyncio.Protocol):
    """All bytes go to the proxy and back."""

    def __init__(self, url: str):
        self._url = urllib.parse.urlsplit(url)
        self._early = bytearray()
        self._server: asyncio.StreamWriter | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._task = asyncio.ensure_future(self._carry_back())

    def connection_lost(self, _: Exception | None) -> None:
        self._task.cancel()
        if self._server:
            self._server.close()

    def data_received(self, data: bytes) -> None:
        if self._server:
            self._server.write(data)
        else:
            self._early.extend(data)

    async def _carry_back(self) -> None:
        try:
            reader, self._server = await asyncio.open_connection(self._url.hostname, self._url.port)
            self._server.write(bytes(self._early))
            while data := await reader.read(1 << 16):
                self._transport.write(data)
        except OSError:
            pass
        finally:
            self._transport.close()


class Connection(asyncio.Protocol):
    def __init__(self, front: GoingAway, session: aiohttp.ClientSession, url: str):
        self._front = front
        self._session = session
        self._url = url
        self._last = 0
        self._connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self._requests: dict[int, tuple[dict[str, str], bytearray]] = {}
        self._tasks: dict[int, asyncio.Task] = {}
        self._window = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._connection.initiate_connection()
        self._flush()

    def connection_lost(self, _: Exception | None) -> None:
        for task in self._tasks.values():
            task.cancel()

    def data_received(self, data: bytes) -> None:
        try:
            for event in self._connection.receive_data(data):
                self._handle(event)
        except h2.exceptions.ProtocolError:
            self._transport.abort()
            return
        self._flush()

    def _handle(self, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.RequestReceived):
            self._requests[event.stream_id] = ({name.decode(): value.decode() for name, value in event.headers}, bytearray())
        elif isinstance(event, h2.events.DataReceived):
            self._requests[event.stream_id][1].extend(event.data)
            self._connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            self._take(event.stream_id)
        elif isinstance(event, (h2.events.WindowUpdated, h2.events.RemoteSettingsChanged)):
            self._window.set()
        elif isinstance(event, h2.events.StreamReset) and event.stream_id in self._tasks:
            self._tasks[event.stream_id].cancel()

    def _take(self, stream: int) -> None:
        headers, body = self._requests.pop(stream)
        if self._last:
            return
        self._last = stream
        self._tasks[stream] = asyncio.ensure_future(self._answer(stream, headers, bytes(body)))
        self._go_away()

    # h2 would take the connection for closed after its own GOAWAY; the frame alone lets the streams end.
    def _go_away(self) -> None:
        self._front.goaways += 1
        self._flush()
        self._transport.write(GoAwayFrame(0, last_stream_id=self._last, error_code=0).serialize())
        asyncio.get_running_loop().call_later(GRACE_SECONDS, self._transport.close)

    async def _answer(self, stream: int, headers: dict[str, str], body: bytes) -> None:
        plain = {name: value for name, value in headers.items() if not name.startswith(":")}
        try:
            async with self._session.request(headers[":method"], self._url + headers[":path"], data=body or None, headers=plain,
                                             timeout=aiohttp.ClientTimeout(total=None)) as answer:
                said = [(":status", str(answer.status))]
                said += [(name.lower(), value) for name, value in answer.headers.items()
                         if name.lower() not in ("connection", "transfer-encoding", "keep-alive")]
                self._connection.send_headers(stream, said)
                self._flush()
                async for chunk in answer.content.iter_any():
                    await self._send(stream, chunk)
                self._connection.end_stream(stream)
        except aiohttp.ClientError:
            self._connection.reset_stream(stream)
        except h2.exceptions.ProtocolError:
            # The client has given the stream up.
            return
        finally:
            self._tasks.pop(stream, None)
        self._flush()

    async def _send(self, stream: int, data: bytes) -> None:
        while data:
            size = min(self._connection.local_flow_control_window(stream), self._connection.max_outbound_frame_size, len(data))
            if size == 0:
                self._window.clear()
                await self._window.wait()
                continue
            self._connection.send_data(stream, data[:size])
            data = data[size:]
            self._flush()

    def _flush(self) -> None:
        self._transport.write(self._connection.data_to_send())
