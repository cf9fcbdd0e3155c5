"""What pages and lists are told of hypotheses: which concern a page and why, and how they stand. One query, however many."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from exchange.domain.current import Current
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.relation import Relation, from_json
from exchange.errors import BrokenDigest
from exchange.store.dialects import LISTED, Both, bound, on_postgres, raw
from exchange.store.engine import Transaction
from exchange.store.records import read

# CROSS JOIN keeps SQLite to the order that is written: from the few that are asked for to what belongs to them.
_STANDING = """
    SELECT {asked} hypothesis.id, hypothesis.direction, hypothesis.stance, hypothesis.kin,
        hypothesis.claim_digest, hypothesis.targets_digest,
        {claim}, {event}, event.digest,
        {said}, said.digest, earlier.at, earlier.value,
        (SELECT digest FROM policy_in_force ORDER BY id DESC LIMIT 1)
    FROM {wanted}
    LEFT JOIN score_event AS said ON said.id = (
        SELECT max(id) FROM score_event
        WHERE hypothesis_id = hypothesis.id AND cause IN ('outcome', 'withdrawn')
    )
    LEFT JOIN score_event AS event ON event.id = (
        SELECT id FROM score_event
        WHERE hypothesis_id = hypothesis.id AND id >= coalesce(said.id, 0) ORDER BY standing DESC, id DESC LIMIT 1
    )
    LEFT JOIN score_event AS earlier ON earlier.id = (
        SELECT id FROM score_event
        WHERE hypothesis_id = hypothesis.id AND cause = 'imported' AND at < event.at ORDER BY id DESC LIMIT 1
    )
"""
# PostgreSQL stores no text that is none, so that its records need not come as bytes.
_RECORDS = {"claim": "hypothesis.record", "event": "event.record", "said": "said.record"}
_BYTES = {name: f"CAST({column} AS BLOB)" for name, column in _RECORDS.items()}
_ASKED = "name.value, page.slug, relation.relevance, relation.reasons,"
_RELATED = """{listed} AS name
    {join} page ON page.slug = name.value OR page.artifact = name.value OR page.wiki_page_id = name.value
    LEFT JOIN relation ON relation.page_id = page.id
    LEFT JOIN hypothesis ON hypothesis.id = relation.hypothesis_id"""
ON_PAGES = Both(
    sqlite=_STANDING.format(asked=_ASKED, wanted=_RELATED.format(listed=LISTED.sqlite, join="CROSS JOIN"), **_BYTES),
    postgres=_STANDING.format(asked=_ASKED, wanted=_RELATED.format(listed=LISTED.postgres, join="JOIN"), **_RECORDS),
)
STANDING = Both(
    sqlite=_STANDING.format(
        asked="", wanted=f"{LISTED.sqlite} AS wanted CROSS JOIN hypothesis ON hypothesis.id = wanted.value", **_BYTES
    ),
    postgres=_STANDING.format(
        asked="", wanted=f"{LISTED.postgres} AS wanted JOIN hypothesis ON hypothesis.id = wanted.value", **_RECORDS
    ),
)


class Standing(NamedTuple):
    """A hypothesis with its current score, the imported value that stood before it, and the policy that is in force.

    `current` is as `exchange.domain.event.current` has it; `said` is the latest event of an outcome or a withdrawal.
    `imported` is when that value was given, and which; `policy` is a digest, None where none was ever put in force.
    `direction`, `stance` and `kin` are what is read from its claim (store.tables.HypothesisRow); `digests` are those of claim
    and targets as a basis has them.
    """

    hypothesis: Hypothesis
    current: Current | None
    said: Current | None
    imported: tuple[tuple[str, float], ...]
    policy: str | None
    direction: str | None = None
    stance: str | None = None
    kin: str | None = None
    digests: tuple[str | None, str | None] = (None, None)


class OnPage(NamedTuple):
    """A page by its slug, and its relations; of each hypothesis how it stands, or why its rows cannot be read."""

    slug: str
    relations: tuple[tuple[Relation, Standing | str], ...]


def on_pages(transaction: Transaction, names: Iterable[str]) -> dict[str, OnPage]:
    """Each name -> its page and what concerns it, in one query. A name is a slug, an artifact id or a wiki_page_id.

    Names of pages that are not stored are left out. A slug counts before another page's artifact id.
    """
    found: dict[str, dict[str, list[tuple[Relation, Standing | str]]]] = {}
    read: dict[str, Standing | str] = {}
    for name, slug, relevance, reasons, hypothesis, *columns in _rows(transaction, ON_PAGES, names):
        on_page = found.setdefault(name, {}).setdefault(slug, [])
        if hypothesis is not None:
            if hypothesis not in read:
                read[hypothesis] = _read_or_why(hypothesis, *columns)
            on_page.append((Relation(hypothesis, relevance, from_json(reasons)), read[hypothesis]))
    chosen = {name: name if name in pages else min(pages) for name, pages in found.items()}
    return {name: OnPage(slug, tuple(found[name][slug])) for name, slug in chosen.items()}


def standing(transaction: Transaction, names: Iterable[str]) -> tuple[dict[str, Standing], dict[str, str]]:
    """The stored ones of these hypotheses, by id; and of those whose rows are damaged, what is wrong."""
    read = {row[0]: _read_or_why(*row) for row in _rows(transaction, STANDING, names)}
    whole = {name: each for name, each in read.items() if not isinstance(each, str)}
    return whole, {name: each for name, each in read.items() if isinstance(each, str)}


def _rows(transaction: Transaction, statement: Both, names: Iterable[str]) -> Sequence[Any]:
    """By SQLite's driver itself: what SQLAlchemy does around a statement takes longer than SQLite does for a page."""
    wanted = bound(transaction, dict.fromkeys(names))
    if on_postgres(transaction):
        return transaction.exec_driver_sql(statement.postgres, wanted).all()
    found: list[Any] = raw(transaction).execute(statement.sqlite, wanted).fetchall()
    return found


def _read_or_why(name: str, *columns: Any) -> Standing | str:
    """How the hypothesis stands, or what is wrong with its rows."""
    try:
        return _read(name, *columns)
    except BrokenDigest as error:
        return str(error)


def _read(
    name: str,
    direction: str | None,
    stance: str | None,
    kin: str | None,
    claim_digest: str | None,
    targets_digest: str | None,
    claim: bytes | str,
    event: bytes | str | None,
    expected: str | None,
    said: bytes | str | None,
    said_expected: str | None,
    imported_at: str | None,
    imported: Any,
    policy: str | None,
) -> Standing:
    hypothesis = read(Hypothesis, _text(claim, name), f"The hypothesis {name}")
    current, outcome = _event(event, expected, name), _event(said, said_expected, name)
    about = hypothesis.id, current.hypothesis if current else name, outcome.hypothesis if outcome else name
    if about != (name, name, name):
        raise BrokenDigest(f"What is stored as {name} is another's: it is not as it was stored.")
    before = () if imported_at is None else ((imported_at, imported),)
    return Standing(
        hypothesis, current, outcome, before, policy, direction, stance, kin, (claim_digest, targets_digest)
    )


def _event(record: bytes | str | None, expected: str | None, name: str) -> Current | None:
    return None if record is None else read(Current, _text(record, name), f"A score event of {name}", expected)


def _text(record: bytes | str, name: str) -> str:
    """SQLite's records come as bytes, so that one that is no text any more does not hide the others."""
    if isinstance(record, str):
        return record
    try:
        return record.decode()
    except UnicodeDecodeError as error:
        raise BrokenDigest(f"What is stored of {name} can no longer be read: it is not as it was stored.") from error
