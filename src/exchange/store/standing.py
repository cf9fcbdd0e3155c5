"""What pages and lists are told of hypotheses: which concern a page and why, and how they stand. Two queries, however many."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from exchange.domain.current import Current
from exchange.domain.hypothesis import Hypothesis
from exchange.errors import BrokenDigest
from exchange.store.dialects import LISTED, Both, bound
from exchange.store.engine import Transaction
from exchange.store.records import read

# CROSS JOIN keeps SQLite to the order that is written: from the few that are asked for to what belongs to them.
_CONCERNS = """
    WITH asked AS MATERIALIZED (
        SELECT name.value AS name, page.id, page.slug, page.entity_id
        FROM {listed} AS name
        {join} page ON page.slug = name.value OR page.artifact = name.value OR page.wiki_page_id = name.value
    )
    SELECT asked.name, asked.slug, NULL, NULL, NULL FROM asked
    UNION ALL
    SELECT asked.name, asked.slug, listing.hypothesis_id, 'listed', NULL
    FROM asked {join} listing ON listing.page_slug = asked.slug
    UNION ALL
    SELECT asked.name, asked.slug, target.hypothesis_id, 'subject', entity.name
    FROM asked
    {join} target ON target.entity_id = asked.entity_id
    {join} entity ON entity.id = target.entity_id
    UNION ALL
    SELECT asked.name, asked.slug, target.hypothesis_id, 'linked', entity.name
    FROM asked
    {join} page_link ON page_link.page_id = asked.id
    {join} target ON target.entity_id = page_link.entity_id
    {join} entity ON entity.id = target.entity_id
    UNION ALL
    SELECT asked.name, asked.slug, target.hypothesis_id, 'named', entity.name
    FROM asked
    {join} page_name ON page_name.page_id = asked.id
    {join} target ON target.entity_id = page_name.entity_id
    {join} entity ON entity.id = target.entity_id
"""
CONCERNS = Both(
    sqlite=_CONCERNS.format(listed=LISTED.sqlite, join="CROSS JOIN"),
    postgres=_CONCERNS.format(listed=LISTED.postgres, join="JOIN"),
)
_STANDING = """
    SELECT hypothesis.id, {claim}, {event}, event.digest,
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
STANDING = Both(
    sqlite=_STANDING.format(
        wanted=f"{LISTED.sqlite} AS wanted CROSS JOIN hypothesis ON hypothesis.id = wanted.value", **_BYTES
    ),
    postgres=_STANDING.format(
        wanted=f"{LISTED.postgres} AS wanted JOIN hypothesis ON hypothesis.id = wanted.value", **_RECORDS
    ),
)
_BY_TITLE = " ORDER BY hypothesis.title"
_EVERY = Both(
    sqlite=_STANDING.format(wanted="hypothesis", **_BYTES) + _BY_TITLE,
    postgres=_STANDING.format(wanted="hypothesis", **_RECORDS) + _BY_TITLE,
)


class Reason(NamedTuple):
    """Why a hypothesis concerns a page: `listed`, `subject`, `linked` or `named`; `entity` is what the latter three are by."""

    hypothesis: str
    why: str
    entity: str | None


class Standing(NamedTuple):
    """A hypothesis with its current score, the imported value that stood before it, and the policy that is in force.

    `current` is as `exchange.domain.event.current` has it; `said` is the latest event of an outcome or a withdrawal.
    `imported` is when that value was given, and which; `policy` is a digest, None where none was ever put in force.
    """

    hypothesis: Hypothesis
    current: Current | None
    said: Current | None
    imported: tuple[tuple[str, float], ...]
    policy: str | None


def concerning(transaction: Transaction, names: Iterable[str]) -> dict[str, tuple[str, tuple[Reason, ...]]]:
    """Each name -> the slug of its page, and what concerns it. A name is a slug, an artifact id or a wiki_page_id.

    Names of pages that are not stored are left out. A slug counts before another page's artifact id.
    """
    found: dict[str, dict[str, list[Reason]]] = {}
    for name, slug, *reason in transaction.exec_driver_sql(CONCERNS.on(transaction), bound(names)).all():
        reasons = found.setdefault(name, {}).setdefault(slug, [])
        if reason[0] is not None:
            reasons.append(Reason(*reason))
    chosen = {name: name if name in pages else min(pages) for name, pages in found.items()}
    return {name: (slug, tuple(found[name][slug])) for name, slug in chosen.items()}


def standing(transaction: Transaction, names: Iterable[str]) -> tuple[dict[str, Standing], dict[str, str]]:
    """The stored ones of these hypotheses, by id; and of those whose rows are damaged, what is wrong."""
    whole: dict[str, Standing] = {}
    damaged: dict[str, str] = {}
    for row in transaction.exec_driver_sql(STANDING.on(transaction), bound(names)).all():
        try:
            whole[row[0]] = _read(*row)
        except BrokenDigest as error:
            damaged[row[0]] = str(error)
    return whole, damaged


def every(transaction: Transaction) -> Iterator[Standing]:
    """All hypotheses, by title. Raises BrokenDigest."""
    return (_read(*row) for row in transaction.exec_driver_sql(_EVERY.on(transaction)))


def _read(
    name: str,
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
    if any(about != name for about in (hypothesis.id, *(each.hypothesis for each in (current, outcome) if each))):
        raise BrokenDigest(f"What is stored as {name} is another's: it is not as it was stored.")
    return Standing(hypothesis, current, outcome, () if imported_at is None else ((imported_at, imported),), policy)


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
