"""A model's full name, taken apart: openai:NAME, openai:NAME@URL, local:smollm2, local:PATH.gguf, scripted:FILE."""

import os
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from exchange.errors import UnknownModel

OPENAI_HOST = "api.openai.com"
EMBEDDED = "local:smollm2"


class Provider(StrEnum):
    """How a model is reached."""

    OPENAI = "openai"
    LOCAL = "local"
    SCRIPTED = "scripted"


@dataclass(frozen=True, kw_only=True)
class Spec:
    """`name` is a model's name, or a path; `url` is the base address of a compatible server, without a closing slash."""

    provider: Provider
    name: str
    url: str | None = None

    @property
    def paid(self) -> bool:
        """May a call cost money? Only in-process and scripted models are known not to."""
        return self.provider is Provider.OPENAI

    @property
    def of_openai(self) -> bool:
        """Is it OpenAI's own service, reached in secrecy?"""
        if self.provider is not Provider.OPENAI or self.url is None:
            return self.provider is Provider.OPENAI
        parts = urlsplit(self.url)
        return parts.scheme == "https" and parts.hostname == OPENAI_HOST


def base_url() -> str | None:
    """Where OPENAI_BASE_URL says that models of OpenAI are to be asked, if it says anything."""
    return os.environ.get("OPENAI_BASE_URL", "").strip().rstrip("/") or None


def resolved(full: str) -> str:
    """The name with the address of its server, where OPENAI_BASE_URL adds one: what is stored names who answered."""
    spec = parse(full)
    moved = spec.provider is Provider.OPENAI and spec.url is None and base_url()
    return f"{full}@{base_url()}" if moved else full


def parse(full: str) -> Spec:
    """Raises UnknownModel where `full` names no model that could exist."""
    prefix, colon, name = full.partition(":")
    if not colon or not name or prefix not in set(Provider):
        raise UnknownModel(
            f"{full!r} names no model. Write openai:NAME, openai:NAME@URL, local:smollm2, local:PATH.gguf or scripted:FILE."
        )
    if prefix != Provider.OPENAI:
        return Spec(provider=Provider(prefix), name=name)
    name, at, rest = name.partition("@http")
    url = f"http{rest}".rstrip("/") if at else None
    if url is not None and not _is_address(url):
        raise UnknownModel(
            f"openai:{name}@… names no address of a server; write http://HOST:PORT/v1, without user, password or query."
        )
    if not name:
        raise UnknownModel(f"{full!r} names a server and no model; write openai:NAME@URL.")
    return Spec(provider=Provider.OPENAI, name=name, url=url)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        plain = not (parts.username or parts.password or parts.query or parts.fragment)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and plain
    except ValueError:
        return False
