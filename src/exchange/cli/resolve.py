"""`exchange resolve`."""

import json as codec
from collections.abc import Iterator

from exchange.cli.words import standing, tame
from exchange.config import settings
from exchange.domain.event import Resolution, ScoreEvent
from exchange.domain.identity import hypothesis_id
from exchange.jobs.resolving import resolve
from exchange.jobs.showing import View, view
from exchange.pages.words import outcome
from exchange.store.engine import open_store


def run(name: str, resolution: str, source: str, db: str | None, json: bool) -> None:
    """Prints how the hypothesis stands with its outcome, or that nothing changed."""
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        hypothesis = hypothesis_id(name)
        event = resolve(store, hypothesis, Resolution(resolution), source)
        seen = view(store, hypothesis, chosen)
    finally:
        store.close()
    print(_json(event, seen) if json else "\n".join(tame(line) for line in _lines(event, seen)))


def _lines(event: ScoreEvent | None, seen: View) -> Iterator[str]:
    yield f"{seen.hypothesis.id}  {seen.hypothesis.title}"
    yield f"{outcome(seen.standing.outcome)}{'' if event else ' Nothing changed: that was stored already.'}"
    yield f"Score: {standing(seen.standing)}"
    if seen.standing.caution:
        yield f"  {seen.standing.caution}"


def _json(event: ScoreEvent | None, seen: View) -> str:
    """An object with `changed`, the appended `event` or null, and `standing`, the hypothesis as pages show it."""
    content = {
        "changed": event is not None,
        "event": event.model_dump(mode="json") if event else None,
        "standing": seen.standing.model_dump(mode="json"),
    }
    return codec.dumps(content, ensure_ascii=False, indent=2)
