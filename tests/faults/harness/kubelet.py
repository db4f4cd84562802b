"""The one node's kubelet, as far as the API server asks it: for what a container has printed."""

from __future__ import annotations

import http.server
import pathlib
import ssl
import threading

from .api import CORE, Api
from .jobs import LOG
from .pods import NODE


class Kubelet:
    def __init__(self, api: Api, certificate: pathlib.Path, key: pathlib.Path):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                # /containerLogs/<namespace>/<pod>/<container>?tailLines=…
                _, _, namespace, pod, *_ = self.path.split("?")[0].split("/")
                found = api.another().find(f"{CORE}/namespaces/{namespace}/pods/{pod}")
                text = (found or {}).get("metadata", {}).get("annotations", {}).get(LOG, "").encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True, name="kubelet").start()
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE}}
        api.create(f"{CORE}/nodes", node)
        port = self._server.server_address[1]
        api.patch(f"{CORE}/nodes/{NODE}/status", {"status": {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
        }})

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
