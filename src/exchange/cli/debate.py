"""`exchange debate`."""

import asyncio
import json as codec
import signal
from collections.abc import Iterator

from exchange.cli.progress import Progress
from exchange.cli.show import spent_line
from exchange.cli.words import standing, tame
from exchange.config import Settings, settings
from exchange.domain.identity import hypothesis_id
from exchange.domain.score import ScoreEvent
from exchange.errors import DebateFailed, ExchangeError
from exchange.jobs.debate import Observer, debate
from exchange.jobs.setup import Wishes
from exchange.jobs.showing import View, view
from exchange.store.engine import Store, open_store


def run(name: str, wishes: Wishes, paid: bool | None, db: str | None, json: bool) -> None:
    """Shows the debate on stderr as it goes on, and its score on stdout when it is done."""
    chosen = settings(db=db, paid_calls=paid)
    hypothesis = hypothesis_id(name)
    store = open_store(chosen.database)
    try:
        event = _watched(store, hypothesis, wishes, chosen)
        seen = view(store, hypothesis, chosen, event.debate)
    finally:
        store.close()
    print(_json(event, seen) if json else "\n".join(tame(line) for line in _lines(event, seen)))


def _watched(store: Store, hypothesis: str, wishes: Wishes, chosen: Settings) -> ScoreEvent:
    with Progress() as progress:
        observer = Observer(
            begun=progress.begun,
            event=progress.event,
            ask=progress.ask,
            wait=progress.wait,
            answer=progress.answer,
        )
        try:
            return asyncio.run(_until_halted(store, hypothesis, wishes, chosen, observer, progress))
        except ExchangeError as error:
            if progress.has_begun and not isinstance(error, DebateFailed):
                progress.say(f"What was said so far is stored. To go on: exchange debate {hypothesis}")
            raise


async def _until_halted(
    store: Store, hypothesis: str, wishes: Wishes, chosen: Settings, observer: Observer, progress: Progress
) -> ScoreEvent:
    """The debate; the first Ctrl-C or SIGTERM lets calls in flight settle, the second ends at once."""
    halt, loop = asyncio.Event(), asyncio.get_running_loop()
    work = asyncio.create_task(debate(store, hypothesis, wishes, chosen, observer, halt))

    def stop() -> None:
        if halt.is_set():
            # A model in this process cannot be stopped in mid-sentence; its call has its intent in the ledger.
            progress.stop_at_once(hypothesis)
        progress.say("Stopping: the calls in flight are waited for. Once more to stop at once.")
        halt.set()

    for sent in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sent, stop)
    return await work


def _lines(event: ScoreEvent, seen: View) -> Iterator[str]:
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
        yield spent_line(seen.debate)
    yield f"Shown on: {', '.join(seen.pages) or 'no page'}"
    other = "" if seen.current == event else f" --debate {event.debate}"
    yield f"Every turn and verdict: exchange show {seen.hypothesis.id}{other}"


def _json(event: ScoreEvent, seen: View) -> str:
    return codec.dumps(
        {
            "event": event.model_dump(mode="json"),
            "standing": seen.standing.model_dump(mode="json"),
            "pages": seen.pages,
            "spent": seen.debate.spent if seen.debate else None,
        },
        ensure_ascii=False,
        indent=2,
    )
