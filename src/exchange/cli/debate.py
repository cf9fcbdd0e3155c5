"""`exchange debate`."""

import asyncio
import json as codec
from collections.abc import Iterator

from exchange.cli.halting import until_halted
from exchange.cli.plans import print_plan
from exchange.cli.progress import Progress
from exchange.cli.showing.debate import ended_line, spent_line
from exchange.cli.showing.score import beside_lines
from exchange.cli.words import resume_command, standing, tame
from exchange.config import Settings, prices, settings
from exchange.domain.event import ScoreEvent
from exchange.domain.identity import hypothesis_id
from exchange.errors import DebateFailed, ExchangeError
from exchange.jobs.baseline import Compared, compared
from exchange.jobs.debate import debate
from exchange.jobs.plan import plan
from exchange.jobs.run import running
from exchange.jobs.setup import Wishes
from exchange.jobs.showing import View, view
from exchange.llm.prices import Prices
from exchange.store.clock import at, now
from exchange.store.engine import Store, open_store


def run(
    name: str,
    wishes: Wishes,
    paid: bool | None,
    max_cost: float | None,
    dry: bool,
    db: str | None,
    json: bool,
    asked: float | None,
) -> None:
    """Shows the debate on stderr as it goes on, and its score on stdout when it is done.

    `asked` is when the command was typed, in seconds since the epoch: a debate that ended since then is not held again.
    """
    chosen = settings(db=db, paid_calls=paid)
    hypothesis = hypothesis_id(name)
    store = open_store(chosen.database)
    try:
        if dry:
            print_plan([(hypothesis, plan(store, hypothesis, wishes, chosen, Prices(own=prices())))], json)
            return
        event = _watched(store, hypothesis, wishes, chosen, max_cost, db, at(asked) if asked else now())
        print(outcome(store, event, chosen, json))
    finally:
        store.close()


def outcome(store: Store, event: ScoreEvent, chosen: Settings, json: bool) -> str:
    """What a debate came to, as lines or as JSON."""
    seen, beside = view(store, event.hypothesis, chosen, event.debate), compared(store, event)
    return _json(event, seen, beside) if json else "\n".join(tame(line) for line in _lines(event, seen, beside))


def _watched(
    store: Store, hypothesis: str, wishes: Wishes, chosen: Settings, max_cost: float | None, db: str | None, asked: str
) -> ScoreEvent:
    with Progress(resume_command(hypothesis, db)) as progress:

        async def work(halt: asyncio.Event) -> ScoreEvent:
            async with running(store, chosen, max_cost, halt) as run:
                return await debate(run, hypothesis, wishes, progress.observer, asked)

        try:
            return until_halted(work, progress)
        except ExchangeError as error:
            if progress.has_begun and not isinstance(error, DebateFailed):
                progress.say_how_to_go_on(error)
            raise


def _lines(event: ScoreEvent, seen: View, beside: Compared | None) -> Iterator[str]:
    yield f"{seen.hypothesis.id}  {seen.hypothesis.title}"
    if seen.current == event:
        yield f"Score: {standing(seen.standing)}"
        if seen.standing.caution:
            yield f"  {seen.standing.caution}"
    else:
        number = event.score.state.value if event.score.value is None else f"{event.score.value:.2f}"
        yield f"Score of this debate: {number}{' · demonstration' if event.demonstration else ''}"
        yield f"  It does not displace the score that pages show: {standing(seen.standing)}"
    if event.score.reason:
        yield f"  {event.score.reason}"
    if event.score.unscored:
        yield f"  {event.score.unscored} sittings gave no verdict"
    if event.score.composite is not None:
        yield f"  composite {event.score.composite:.2f}, the rubric's weighted mean"
    if event.score.shift is not None:
        yield f"  the debate moved the judges by {event.score.shift:+.2f}"
    if seen.debate:
        yield ended_line(seen.debate)
    if beside:
        yield from beside_lines(beside)
    if seen.debate:
        yield spent_line(seen.debate)
    yield f"Shown on: {', '.join(seen.pages) or 'no page'}"
    other = "" if seen.current == event else f" --debate {event.debate}"
    yield f"Every turn and verdict: exchange show {seen.hypothesis.id}{other}"


def _json(event: ScoreEvent, seen: View, beside: Compared | None) -> str:
    return codec.dumps(
        {
            "event": event.model_dump(mode="json"),
            "standing": seen.standing.model_dump(mode="json"),
            "pages": seen.pages,
            "spent": seen.debate.spent if seen.debate else None,
            "baseline": beside.model_dump(mode="json") if beside else None,
        },
        ensure_ascii=False,
        indent=2,
    )
