"""A collector of spans that keeps them: OTLP over HTTP, as JSON."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Span:
    service: str
    name: str
    trace: str
    id: str
    parent: str
    failed: bool


@dataclass
class Collector:
    url: str
    _spans: list[Span] = field(default_factory=list)

    def of(self, trace: str) -> list[Span]:
        return [span for span in tuple(self._spans) if span.trace == trace]

    def keep(self, body: dict[str, Any]) -> None:
        for told in body["resourceSpans"]:
            resource = {each["key"]: each["value"] for each in told["resource"]["attributes"]}
            service = resource["service.name"]["stringValue"]
            for scope in told["scopeSpans"]:
                self._spans += [_span(service, each) for each in scope["spans"]]


def _span(service: str, told: dict[str, Any]) -> Span:
    failed = told.get("status", {}).get("code") == 2
    parent = told.get("parentSpanId", "")
    return Span(service, told["name"], told["traceId"], told["spanId"], parent, failed)


@contextmanager
def collecting() -> Iterator[Collector]:
    """One that listens on this machine until it is left."""

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.keep(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing: what it was sent is looked at by the test."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        collector = Collector(f"http://127.0.0.1:{server.server_port}/v1/traces")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield collector
        finally:
            server.shutdown()
