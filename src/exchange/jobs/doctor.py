"""Is this machine ready? One finding a line: what was looked at, how it is, what to do."""

import importlib.util
import os
import sqlite3
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from exchange import config
from exchange.debate.questions import load_prompts
from exchange.domain.address import Where
from exchange.domain.counted import counted
from exchange.domain.format import Format
from exchange.domain.noun import Noun
from exchange.errors import ExchangeError, NotFound
from exchange.llm.connect import OPENAI_KEY
from exchange.llm.local import RUNTIME_COMMAND, SMOLLM2, weights
from exchange.llm.prices import Prices, never_used
from exchange.llm.spec import resolved
from exchange.store.engine import open_store
from exchange.store.pages import slugs_and_titles

_FIXED = (3, 51, 3)
_BACKPORTS = ((3, 44, 6), (3, 50, 7))
_FORMATS = ("quick", "panel", "extended")


class Health(StrEnum):
    """How bad it is."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


class Finding(Noun):
    """One thing that was looked at."""

    subject: str
    health: Health
    said: str


def findings(settings: config.Settings) -> Iterator[Finding]:
    """Everything that a debate needs, in the order in which it is needed."""
    yield Finding(subject="python", health=Health.GOOD, said=f"{sys.version.split()[0]} at {sys.executable}")
    yield _sqlite()
    yield Finding(
        subject="settings", health=Health.GOOD, said=f"{config.shipped_file()}, over it {_presence(config.user_file())}"
    )
    yield _files()
    yield _default_format(settings)
    yield _prices(settings)
    yield _database(settings.database)
    yield _embedded()
    yield _key()
    yield _paid(settings.paid_calls)
    yield _tracing(settings.tracing)


def _sqlite() -> Finding:
    found = sqlite3.sqlite_version_info
    if found >= _FIXED or found in _BACKPORTS:
        return Finding(subject="sqlite", health=Health.GOOD, said=sqlite3.sqlite_version)
    said = (
        f"{sqlite3.sqlite_version}: releases before 3.51.3 (but 3.44.6 and 3.50.7) can damage a database that several "
        "processes write at once; let one process write at a time"
    )
    return Finding(subject="sqlite", health=Health.NOTE, said=said)


def _files() -> Finding:
    try:
        prompts = load_prompts()
        rubrics = {config.rubric_named(config.format_named(name).rubric).name for name in _FORMATS}
        config.bands()
    except ExchangeError as error:
        return Finding(subject="prompts and configs", health=Health.BAD, said=str(error))
    said = f"{len(prompts)} prompts, formats {', '.join(_FORMATS)}, rubrics {', '.join(sorted(rubrics))}"
    return Finding(subject="prompts and configs", health=Health.GOOD, said=said)


def _default_format(settings: config.Settings) -> Finding:
    subject = "default format"
    try:
        format = config.format_named(settings.format)
        config.rubric_named(format.rubric)
        models = _models(format, settings)
    except ExchangeError as error:
        said = f"the settings name {settings.format!r}: {error}"
        return Finding(subject=subject, health=Health.BAD, said=said)
    return Finding(subject=subject, health=Health.GOOD, said=f"{format.name}, with {', '.join(models)}")


def _prices(settings: config.Settings) -> Finding:
    subject, path = "prices", config.prices_file()
    try:
        own = config.prices()
    except ExchangeError as error:
        return Finding(subject=subject, health=Health.BAD, said=str(error))
    if odd := never_used(own):
        said = f"{path} names {odd[0]!r}, which is no model's full name, so that its price is never used; write openai:{odd[0]}"
        return Finding(subject=subject, health=Health.BAD, said=said)
    if lacking := _unpriced(Prices(own=own), settings):
        said = f"no price is known of {', '.join(lacking)}; with a cap they are refused. Write them into {path}"
        return Finding(subject=subject, health=Health.NOTE, said=said)
    return Finding(subject=subject, health=Health.GOOD, said=f"{len(own)} of your own, in {_presence(path)}")


def _unpriced(prices: Prices, settings: config.Settings) -> list[str]:
    """The default format's models of unknown price; none where it has no models that can be told."""
    try:
        models = _models(config.format_named(settings.format), settings)
    except ExchangeError:
        # The finding on the format says why.
        return []
    return [model for model in models if not prices.known(model)]


def _models(format: Format, settings: config.Settings) -> list[str]:
    """Each of the format's models once, by its full name. Raises SetupError."""
    named = (format.models.proposer, format.models.critic, *format.models.judges)
    return list(dict.fromkeys(resolved(settings.model(name)) for name in named))


def _database(path: Where) -> Finding:
    try:
        store = open_store(path)
        pages = len(slugs_and_titles(store))
        store.close()
    except NotFound:
        return Finding(
            subject="database", health=Health.NOTE, said=f"{path} does not exist yet; `exchange import` makes it"
        )
    except ExchangeError as error:
        return Finding(subject="database", health=Health.BAD, said=str(error))
    return Finding(subject="database", health=Health.GOOD, said=f"{path}, {counted(pages, 'page')}")


def _embedded() -> Finding:
    if importlib.util.find_spec("xllamacpp") is None:
        return Finding(
            subject="embedded model", health=Health.NOTE, said=f"xllamacpp is not installed: {RUNTIME_COMMAND}"
        )
    try:
        return Finding(subject="embedded model", health=Health.GOOD, said=str(weights(SMOLLM2)))
    except ExchangeError as error:
        return Finding(subject="embedded model", health=Health.NOTE, said=str(error))


def _key() -> Finding:
    if os.environ.get(OPENAI_KEY, "").strip():
        return Finding(subject="key", health=Health.GOOD, said=f"{OPENAI_KEY} is set")
    said = f"{OPENAI_KEY} is not set: the format panel needs it, the format quick does not"
    return Finding(subject="key", health=Health.NOTE, said=said)


def _paid(allowed: bool) -> Finding:
    said = "calls that may cost money are allowed" if allowed else "calls that may cost money are refused"
    return Finding(subject="paid calls", health=Health.GOOD, said=said)


def _tracing(asked: bool) -> Finding:
    if asked:
        said = "on: where LANGSMITH_ variables ask for it, prompts and page text leave this machine"
        return Finding(subject="tracing", health=Health.NOTE, said=said)
    return Finding(subject="tracing", health=Health.GOOD, said="off, whatever LANGSMITH_ variables say")


def _presence(path: Path) -> str:
    return f"{path}" if path.is_file() else f"{path} (not there)"
