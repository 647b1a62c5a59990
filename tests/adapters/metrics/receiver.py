"""A receiver of OTLP over HTTP on this machine: it decodes what it is sent."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)


@dataclass
class Receiver:
    """`status` is what it answers with; `location` where it redirects to."""

    url: str = ""
    status: int = 200
    location: str = ""
    requests: list[ExportMetricsServiceRequest] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def points(self) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
        """Metric → labels → value, of all that came."""
        found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
        for request in self.requests:
            for of_resource in request.resource_metrics:
                for scope in of_resource.scope_metrics:
                    for metric in scope.metrics:
                        for point in metric.gauge.data_points:
                            labels = sorted((a.key, a.value.string_value) for a in point.attributes)
                            found.setdefault(metric.name, {})[tuple(labels)] = point.as_double
        return found


@contextmanager
def receiving() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            found.paths.append(self.path)
            found.headers.append({k.lower(): v for k, v in self.headers.items()})
            if found.status == 200:
                assert self.headers["Content-Type"] == "application/x-protobuf"
                found.requests.append(ExportMetricsServiceRequest.FromString(body))
            self.send_response(found.status)
            if found.location:
                self.send_header("Location", found.location)
            answer = ExportMetricsServiceResponse().SerializeToString()
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
