"""A model's full name, taken apart: openai:NAME, openai:NAME@URL, local:smollm2, local:PATH.gguf, scripted:FILE."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from exchange.errors import UnknownModel

OPENAI_HOST = "api.openai.com"


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
        """Is it OpenAI's own service?"""
        return self.provider is Provider.OPENAI and (self.url is None or urlsplit(self.url).hostname == OPENAI_HOST)


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
    if url is not None and not (urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname):
        raise UnknownModel(f"{full!r}: {url!r} is no address of a server; write http://HOST:PORT/v1.")
    if not name:
        raise UnknownModel(f"{full!r} names a server and no model; write openai:NAME@URL.")
    return Spec(provider=Provider.OPENAI, name=name, url=url)
