"""The SDK's client, as every part of this room uses it."""

import ssl
from functools import cache

import httpx2
import openai
from pydantic import SecretStr

from exchange.llm.spec import Spec

NO_KEY = "none"
# The SDK leaves the body unread where a request bears this header, so that its length can be bounded.
UNREAD = {"X-Stainless-Raw-Response": "stream"}


def client(spec: Spec, key: SecretStr | None, connect: float, total: float) -> openai.AsyncOpenAI:
    """A client of the spec's server, which is sent the key, and nothing of whose account it is unless it is OpenAI."""
    made = openai.AsyncOpenAI(
        api_key=key.get_secret_value() if key else NO_KEY,
        base_url=spec.url,
        max_retries=0,
        timeout=httpx2.Timeout(total, connect=connect),
        http_client=openai.DefaultAsyncHttpxClient(verify=_certificates()),
    )
    if not spec.of_openai:
        # Whose account it is concerns OpenAI alone, and the SDK would tell every server.
        made.organization = made.project = None
    return made


@cache
def _certificates() -> ssl.SSLContext:
    """Read once for a process: it takes longer than a call to a server on loopback."""
    return httpx2.create_ssl_context()
