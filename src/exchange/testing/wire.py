"""Faults of the server and of the way to it: statuses, delays, connections that end, bytes that dawdle."""

import json

from exchange.testing.fault import Fault, Way

# The discard port, where nobody listens on any machine that tests run on.
_NOWHERE = "http://127.0.0.1:9/v1/chat/completions"
_HTML = b"<html><body><h1>Bad gateway</h1></body></html>"


def status(
    code: int,
    *,
    retry_after: str | None = None,
    code_in_body: str | None = None,
    message: str = "The server said no.",
    echo_key: bool = False,
    name: str | None = None,
) -> Fault:
    """An HTTP error with a body as OpenAI shapes it; nothing is charged.

    `retry_after` is the header as it is sent, `code_in_body` such as `insufficient_quota`. With `echo_key` the message
    ends with the key that the request carried.
    """
    said = f"{message} The key was {{key}}." if echo_key else message
    error = {"message": said, "type": "invalid_request_error", "param": None, "code": code_in_body}
    sent = json.dumps({"error": error}).encode()
    return Fault(
        name=name or "-".join(["status", str(code), *(code_in_body or "").replace("_", "-").split()]),
        charged=False,
        rebody=lambda _: sent,
        status=code,
        headers=() if retry_after is None else (("retry-after", retry_after),),
        echoes=echo_key,
    )


def page(code: int, *, sent: bytes = _HTML, kind: str = "text/html", name: str | None = None) -> Fault:
    """What a gateway says in the model's place, as `kind`; nothing is charged."""
    return Fault(
        name=name or f"page-with-{code}",
        charged=False,
        rebody=lambda _: sent,
        status=code,
        headers=(("content-type", kind),),
    )


def redirect(to: str = _NOWHERE, *, code: int = 302) -> Fault:
    """Sends the client to another address, by default a port of loopback where nobody listens."""
    return Fault(name=f"redirect-{code}", charged=False, rebody=lambda _: b"", status=code, headers=(("location", to),))


def delay(seconds: float) -> Fault:
    """A good answer, late."""
    return Fault(name="delay", wait=seconds)


def drop_before_charge() -> Fault:
    """The connection is reset before anything was counted."""
    return Fault(name="drop-before-charge", charged=False, way=Way.RESET)


def drop_after_charge() -> Fault:
    """The work is counted, then the connection is closed without an answer."""
    return Fault(name="drop-after-charge", way=Way.UNANSWERED)


def drop_in_headers() -> Fault:
    """The work is counted, then the connection is closed inside a header."""
    return Fault(name="drop-in-headers", way=Way.CUT_IN_HEADERS)


def drop_in_body() -> Fault:
    """The work is counted, then the connection is closed in the middle of the body that was announced."""
    return Fault(name="drop-in-body", way=Way.CUT_IN_BODY)


def slow_bytes(interval: float) -> Fault:
    """A good answer, one byte of its body every `interval` seconds."""
    return Fault(name="slow-bytes", way=Way.BYTE_BY_BYTE, pace=interval)


def slow_headers(interval: float) -> Fault:
    """Another header every `interval` seconds, for as long as the client listens; there is no body."""
    return Fault(name="slow-headers", way=Way.ENDLESS_HEADERS, pace=interval)


WIRE = (
    status(400),
    status(400, code_in_body="context_length_exceeded", message="The context length is exceeded."),
    status(401, message="Incorrect API key provided."),
    status(401, message="Incorrect API key provided.", echo_key=True, name="status-401-echoing-the-key"),
    status(402),
    status(403),
    status(404, code_in_body="model_not_found"),
    status(408),
    status(409),
    status(413),
    status(418),
    status(422),
    status(429),
    status(429, retry_after="0.05", name="status-429-for-a-moment"),
    status(429, retry_after="86400", name="status-429-for-a-day"),
    status(429, retry_after="soon", name="status-429-for-no-sane-time"),
    status(429, retry_after="Thu, 01 Jan 2015 00:00:00 GMT", name="status-429-until-a-date-long-past"),
    status(429, code_in_body="insufficient_quota", message="You exceeded your current quota."),
    status(500),
    status(500, message="x" * 100_000, name="status-500-with-a-long-message"),
    status(502),
    status(503),
    status(504),
    status(529),
    page(200, name="html-with-200"),
    page(502, name="html-with-502"),
    page(500, sent=b"[1]", kind="application/json", name="list-with-500"),
    page(200, sent=b"", kind="application/json", name="empty-body-with-200"),
    page(204, sent=b"", name="no-content"),
    redirect(),
    redirect(code=307),
    delay(0.1),
    drop_before_charge(),
    drop_after_charge(),
    drop_in_headers(),
    drop_in_body(),
    slow_bytes(0.05),
    slow_headers(0.05),
)
