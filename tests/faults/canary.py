"""Two keys and a word that nobody else says, and where they are looked for."""

import base64
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# One is OpenAI's, for the server that OPENAI_BASE_URL names; the other is named for its server in [keys].
KEYS = ("sk-canary-7f3a9c51e0b24d68a1", "canary.2b90e6d4-c7f1.58")
# A word of the claim and of the page, which nobody else says.
PROMPT = "quillomarrow"


def leaks(left: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Whose key stands where, in the clear or in base64."""
    for whose, key in zip(("OpenAI", "the judge"), KEYS, strict=True):
        for name, content in left.items():
            if any(form in content for form in _forms(key)):
                yield whose, name


def _forms(key: str) -> Iterator[bytes]:
    """The key itself, and what base64 makes of it wherever it begins among three bytes."""
    yield key.encode()
    for before in range(3):
        coded = base64.b64encode(b" " * before + key.encode())
        yield coded[4 if before else 0 : -4]


@contextmanager
def recorder() -> Iterator[tuple[str, list[bytes]]]:
    """A server on loopback that takes whatever it is sent: its address, and all requests as they came."""
    got: list[bytes] = []

    class Recorder(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            got.append(f"{self.requestline}\n{self.headers}".encode() + body)
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_PATCH = do_PUT = do_POST  # noqa: N815 # the library's names

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", got
        finally:
            server.shutdown()
            thread.join()
