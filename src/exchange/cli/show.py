"""`exchange show`."""

from collections.abc import Iterator

from exchange.cli.showing.debate import debate_lines
from exchange.cli.showing.score import score_lines
from exchange.cli.words import tame
from exchange.config import settings
from exchange.domain.identity import hypothesis_id
from exchange.jobs.showing import View, view
from exchange.store.engine import open_store


def run(name: str, debate: str | None, db: str | None, json: bool) -> None:
    """Prints everything that is known of the hypothesis."""
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        seen = view(store, hypothesis_id(name), chosen, debate)
    finally:
        store.close()
    print(seen.model_dump_json(indent=2) if json else "\n".join(tame(line) for line in lines(seen)))


def lines(seen: View) -> Iterator[str]:
    """The view, line by line."""
    hypothesis = seen.hypothesis
    yield f"{hypothesis.id}  {hypothesis.title}"
    yield f"  {hypothesis.statement or 'No statement is stored: the title is what is debated.'}"
    yield f"  targets: {', '.join(hypothesis.targets) or 'none'}"
    for page, reasons in seen.pages.items():
        yield f"  on page {page}: {'; '.join(reasons)}"
    yield ""
    yield from score_lines(seen)
    yield from _history(seen)
    if seen.debate:
        yield from debate_lines(seen.debate)
    if seen.unfinished:
        yield ""
        yield f"Unfinished debate {seen.unfinished}: `exchange resume {hypothesis.id}` goes on."


def _history(seen: View) -> Iterator[str]:
    yield ""
    yield f"Score events: {len(seen.events)}"
    for event in seen.events:
        number = event.score.state.value if event.score.value is None else f"{event.score.value:.2f}"
        origin = event.debate or event.origin or (event.outcome and event.outcome.source)
        mark = " (demonstration)" if event.demonstration else ""
        yield f"  {event.at[:19]}  {number}  {event.cause}{mark}  {origin}"
