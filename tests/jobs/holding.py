"""A debate as a test holds it, and what it leaves in the store."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from exchange.config import settings
from exchange.debate.context import Event
from exchange.domain.event import ScoreEvent
from exchange.jobs.debate import Observer, debate
from exchange.jobs.importing import import_files, read_files
from exchange.jobs.run import running
from exchange.jobs.setup import Wishes, settle
from exchange.store import hypotheses, scores
from exchange.store.dialects import on_postgres
from exchange.store.engine import Store
from tests import builders

HYPOTHESIS = "h-0e9a3b1c"
QUOTE = "Inflammatory signals raise PLIN2 in astrocytes within hours."


def ignore(*heard: object) -> None:
    """Hears, and does nothing."""


async def held(
    store: Store,
    wishes: Wishes | None = None,
    hypothesis: str = HYPOTHESIS,
    halt: asyncio.Event | None = None,
    seen: Callable[[Event], None] = ignore,
) -> ScoreEvent:
    """Debates with one attempt a call, and paid calls allowed: there is no server but those that tests name."""
    chosen = settings(paid_calls=True, limits={"attempts": 1})
    async with running(store, chosen, halt=halt) as run:
        return await debate(run, hypothesis, wishes or Wishes(), Observer(begun=ignore, event=seen, wait=ignore))


def all_played_by(model: str, format: str = "quick", judges: int = 1) -> Wishes:
    return Wishes(format=format, proposer=model, critic=model, judges=(model,) * judges)


def playing(store: Store, path: Path, format: str = "quick", credence: int = 60) -> str:
    """A scripted model that answers everything in that format, quoting a passage that the example's brief holds."""
    brief = settle(
        store, hypotheses.hypothesis(store, HYPOTHESIS), all_played_by("scripted:x", format, judges=2), settings()
    ).brief
    quoted = next(each for each in brief.passages if QUOTE in each.text or format == "quick")
    quote = QUOTE if QUOTE in quoted.text else quoted.sentences[0]
    rubric = {"quick": "mechanism", "panel": "therapeutic"}[format]
    return builders.agreeable_script(path, credence, rubric=rubric, quote=quote, passage=quoted.number)


def take_in(store: Store, path: Path, text: str) -> None:
    """Imports a file that holds the text."""
    path.write_text(text)
    import_files(store, read_files([path]))


def current(store: Store, hypothesis: str = HYPOTHESIS) -> ScoreEvent | None:
    return scores.current(store, (hypothesis,)).get(hypothesis)


def rows(store: Store, wanted: str) -> list[tuple[object, ...]]:
    """What the SQL behind SELECT finds."""
    with store.reading() as transaction:
        asked = wanted.replace("%", "%%") if on_postgres(transaction) else wanted
        return [tuple(row) for row in transaction.exec_driver_sql(f"SELECT {asked}")]
