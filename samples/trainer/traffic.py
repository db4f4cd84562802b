"""Clients of the service: traffic.py URL MODEL steady|shifted RATE [ROWS_PER_REQUEST]

Sends live rows of the digits data as Open Inference Protocol requests, and prints a JSON line a second: how many were
sent, and how many each revision answered well or badly. SIGTERM ends it after the requests in flight.
"""

import collections
import http.client
import json
import signal
import sys
import threading
import time
import urllib.parse

import digits

WORKERS = 8


class Client:
    def __init__(self, url: str, model: str, rows, rate: float, batch: int):
        self.url = urllib.parse.urlparse(url)
        self.path = f"/v2/models/{model}/infer"
        self.rows, self.rate, self.batch = rows, rate, batch
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.next_request = 0
        self.started = time.monotonic()
        self.counts: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)

    def take_turn(self) -> int:
        with self.lock:
            turn, self.next_request = self.next_request, self.next_request + 1
        delay = self.started + turn / self.rate - time.monotonic()
        return turn if not self.stop.wait(max(0.0, delay)) else -1

    def body(self, turn: int) -> bytes:
        picks = [(turn * self.batch + i) % len(self.rows) for i in range(self.batch)]
        data = self.rows[picks].ravel().tolist()
        shape = [self.batch, self.rows.shape[1]]
        return json.dumps({"inputs": [{"name": "predict", "shape": shape, "datatype": "FP64", "data": data}]}).encode()

    def record(self, revision: str, outcome: str) -> None:
        with self.lock:
            self.counts[revision][outcome] += 1

    def work(self) -> None:
        connection = None
        while (turn := self.take_turn()) >= 0:
            try:
                connection = connection or http.client.HTTPConnection(self.url.hostname, self.url.port or 80, timeout=30)
                connection.request("POST", self.path, self.body(turn), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                self.record(answer.headers.get("x-gyre-revision", "none"), "ok" if answer.status == 200 else str(answer.status))
                if answer.headers.get("Connection", "").lower() == "close":
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException) as error:
                self.record("none", type(error).__name__)
                connection = None

    def report(self) -> None:
        with self.lock:
            counts, self.counts = self.counts, collections.defaultdict(collections.Counter)
        print(json.dumps({"time": time.time(), "revisions": counts}), flush=True)

    def run(self) -> None:
        threads = [threading.Thread(target=self.work) for _ in range(WORKERS)]
        for thread in threads:
            thread.start()
        while not self.stop.wait(1):
            self.report()
        for thread in threads:
            thread.join()
        self.report()


def main() -> None:
    url, model, world, rate = sys.argv[1:5]
    live = digits.live_rows()
    rows = (digits.shift(live) if world == "shifted" else live)[digits.FEATURES].to_numpy()
    client = Client(url, model, rows, float(rate), int(sys.argv[5]) if len(sys.argv) > 5 else 3)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: client.stop.set())
    client.run()


if __name__ == "__main__":
    main()
