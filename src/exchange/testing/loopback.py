"""HTTP/1.1 on loopback, one thread a connection, down to the bytes: what a fault needs and a web server hides."""

import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

from exchange.testing.answer import Sent
from exchange.testing.fault import Fault, Way

HOST = "127.0.0.1"
_PATH = "/chat/completions"
# What Exchange sends where it has no key: the SDK insists on one.
_NO_KEY = "none"
# Throws unsent bytes away and tells the other side so, with RST: on, after 0 seconds.
_RESET = struct.pack("ii", 1, 0)


class Loopback(ThreadingHTTPServer):
    """`serve` answers the body of one call through its handler, `desk` all else; `closes_within` waits some seconds, or less."""

    request_queue_size = 512
    # Threads are joined when the server is closed, so that none is left to write to a log that is closed.
    daemon_threads = False

    def __init__(
        self,
        serve: Callable[["Handler", bytes], None],
        desk: Callable[["Handler", bytes], None],
        closes_within: Callable[[float], bool],
    ) -> None:
        self.serve = serve
        self.desk = desk
        self.closes_within = closes_within
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((HOST, 0), Handler)

    def hang_up(self) -> None:
        """Ends every connection; threads that read from one or write to one are woken."""
        with self._lock:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        # The library's own sends FIN first, behind which a reset would be an orderly end.
        with self._lock:
            self._connections.discard(request)
            request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection, for as many calls as the client likes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Loopback

    @property
    def key(self) -> str:
        """The key that the request carries, or nothing."""
        sent = (self.headers.get("authorization") or "").removeprefix("Bearer ").strip()
        return "" if sent == _NO_KEY else sent

    def do_GET(self) -> None:
        self.server.desk(self, b"")

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            self.send_error(411)
            return
        body = self.rfile.read(int(length))
        if len(body) == int(length):
            serve = self.server.serve if self.path.endswith(_PATH) else self.server.desk
            serve(self, body)

    def send(self, answer: Sent, fault: Fault) -> None:
        """Sends it the way that the fault goes. Raises OSError where the client has vanished."""
        # The library would keep the connection for the next request.
        self.close_connection = self.close_connection or fault.way is not Way.WHOLE
        match fault.way:
            case Way.WHOLE:
                self.wfile.write(answer.head + answer.body)
            case Way.RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            case Way.UNANSWERED:
                pass
            case Way.CUT_IN_HEADERS:
                self.wfile.write(answer.head[: len(answer.head) // 2])
            case Way.CUT_IN_BODY:
                self.wfile.write(answer.head + answer.body[: len(answer.body) // 2])
            case Way.ENDLESS_HEADERS:
                self._dawdle(answer.head[:-2], (b"x-wait: %d\r\n" % number for number in count()), fault.pace)
            case Way.BYTE_BY_BYTE:
                self._dawdle(answer.head, (answer.body[at : at + 1] for at in range(len(answer.body))), fault.pace)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def _dawdle(self, first: bytes, pieces: Iterable[bytes], pace: float) -> None:
        self.wfile.write(first)
        for piece in pieces:
            if self.server.closes_within(pace):
                return
            self.wfile.write(piece)
