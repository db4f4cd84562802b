"""A small client of the API server: JSON in, JSON out, by path. The tests look at whole objects as they are stored."""

from __future__ import annotations

import json
import pathlib
from typing import Any, Iterator
from urllib.parse import urlencode

import urllib3

CORE, BATCH, APPS = "/api/v1", "/apis/batch/v1", "/apis/apps/v1"
GYRE = "/apis/gyre.dev/v1alpha1"
MERGE, STRATEGIC = "application/merge-patch+json", "application/strategic-merge-patch+json"


class ApiError(Exception):
    def __init__(self, status: int, body: str):
        super().__init__(f"{status}: {body[:300]}")
        self.status = status
        self.body = body

    @property
    def is_about_another(self) -> bool:
        """The object is gone, has changed, or is another one of the same name."""
        return self.status in (404, 409) or (self.status == 422 and "metadata.uid" in self.body)


class Api:
    def __init__(self, url: str, token: str, ca_file: pathlib.Path | None = None):
        self._url = url
        self._token = token
        self._ca_file = ca_file
        self._headers = {"Authorization": f"Bearer {token}"}
        self._pool = urllib3.PoolManager(ca_certs=str(ca_file) if ca_file else None, maxsize=8, retries=False)

    def another(self) -> Api:
        """The same for another thread."""
        return Api(self._url, self._token, self._ca_file)

    def text(self, path: str, **query: str) -> str:
        return self._send("GET", path, query=query)

    def get(self, path: str, **query: str) -> dict:
        return json.loads(self._send("GET", path, query=query))

    def find(self, path: str) -> dict | None:
        """The object, or nothing when there is none."""
        try:
            return self.get(path)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, path: str, selector: str = "") -> list[dict]:
        return self.get(path, **({"labelSelector": selector} if selector else {}))["items"]

    def create(self, path: str, body: dict) -> dict:
        return json.loads(self._send("POST", path, body))

    def create_from_yaml(self, path: str, manifest: str) -> dict:
        """As it is written: the server reads another YAML than Python does."""
        return json.loads(self._send("POST", path, manifest, content_type="application/yaml"))

    def patch(self, path: str, body: dict | list, kind: str = MERGE) -> dict:
        return json.loads(self._send("PATCH", path, body, content_type=kind))

    def replace(self, path: str, body: dict) -> dict:
        return json.loads(self._send("PUT", path, body))

    def delete(self, path: str, **options: Any) -> None:
        """Gone is gone: a missing object is no error."""
        try:
            self._send("DELETE", path, {"apiVersion": "v1", "kind": "DeleteOptions", **options})
        except ApiError as error:
            if error.status != 404:
                raise

    def watch(self, path: str, version: str = "", selector: str = "") -> Iterator[dict]:
        """Events from `version` on, or all there is and then events; ends when the server ends it."""
        asked = {"resourceVersion": version, "labelSelector": selector}
        query = {"watch": "true", "allowWatchBookmarks": "true", **{key: value for key, value in asked.items() if value}}
        answer = self._pool.request("GET", self._url + path, fields=query, headers=self._headers, preload_content=False,
                                    timeout=urllib3.Timeout(connect=10, read=None))
        try:
            if answer.status != 200:
                raise ApiError(answer.status, answer.data.decode())
            rest = b""
            for chunk in answer.stream(amt=None):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from (json.loads(line) for line in lines if line)
        finally:
            answer.close()

    def _send(self, method: str, path: str, body: Any = None, query: dict | None = None,
              content_type: str = "application/json") -> str:
        headers = {**self._headers, "Content-Type": content_type}
        url = self._url + path + ("?" + urlencode(query) if query else "")
        data = body if body is None or isinstance(body, str) else json.dumps(body)
        answer = self._pool.request(method, url, body=data, headers=headers, timeout=120)
        text = answer.data.decode()
        if answer.status >= 300:
            raise ApiError(answer.status, text)
        return text
