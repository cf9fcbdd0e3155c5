"""Which version of a page or hypothesis is stored: what is cited, and what provenance begins with."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from exchange.domain.event import ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.identity import digest
from exchange.domain.page import Page
from exchange.errors import NotFound
from exchange.store.engine import Store
from exchange.store.records import read
from exchange.store.scores import counts
from exchange.store.tables import HypothesisRow, PageRow, ScoreEventRow


@dataclass(frozen=True, kw_only=True)
class Version:
    """The digest of a stored record, and when it was stored (UTC, ISO 8601); `number` is a score event's."""

    digest: str
    at: str
    number: int | None = None


def of_page(store: Store, page: Page) -> Version:
    """The version of a stored page. Raises NotFound."""
    wanted = select(col(PageRow.digest), col(PageRow.imported_at)).where(col(PageRow.slug) == page.slug)
    with store.reading() as transaction:
        row = transaction.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(f"No page {page.slug!r} is stored. `exchange list --pages` names those that are.")
    return Version(digest=row.digest, at=row.imported_at)


def of_hypothesis(store: Store, hypothesis: Hypothesis) -> Version:
    """The version of a stored hypothesis's words; its row keeps no digest, so that it is made. Raises NotFound."""
    wanted = select(col(HypothesisRow.record), col(HypothesisRow.imported_at))
    with store.reading() as transaction:
        row = transaction.execute(wanted.where(col(HypothesisRow.id) == hypothesis.id)).one_or_none()
    if row is None:
        raise NotFound(f"No hypothesis {hypothesis.id} is stored. `exchange list` names those that are.")
    return Version(digest=digest(row.record), at=row.imported_at)


def events(store: Store, hypothesis: str) -> list[tuple[Version, ScoreEvent]]:
    """All score events of the hypothesis with their numbers, oldest first. Raises BrokenDigest."""
    wanted = select(col(ScoreEventRow.id), col(ScoreEventRow.record), col(ScoreEventRow.digest), col(ScoreEventRow.at))
    with store.reading() as transaction:
        rows = transaction.execute(
            wanted.where(col(ScoreEventRow.hypothesis_id) == hypothesis).order_by(col(ScoreEventRow.id))
        ).all()
    return [
        (
            Version(digest=row.digest, at=row.at, number=row.id),
            read(ScoreEvent, row.record, f"A score event of {hypothesis}", row.digest),
        )
        for row in rows
    ]


def current_event(store: Store, hypothesis: str) -> tuple[Version, ScoreEvent] | None:
    """The score event that is the hypothesis's current one, with its number; None where there is none."""
    wanted = select(col(ScoreEventRow.id), col(ScoreEventRow.record), col(ScoreEventRow.digest), col(ScoreEventRow.at))
    order = (col(ScoreEventRow.standing).desc(), col(ScoreEventRow.id).desc())
    with store.reading() as transaction:
        found = transaction.execute(
            wanted.where(col(ScoreEventRow.hypothesis_id) == hypothesis, counts()).order_by(*order).limit(1)
        )
        row = found.one_or_none()
    if row is None:
        return None
    event = read(ScoreEvent, row.record, f"A score event of {hypothesis}", row.digest)
    return Version(digest=row.digest, at=row.at, number=row.id), event
