"""What pages and lists are told of hypotheses: which concern a page and why, and how they stand. Two queries, however many."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from exchange.domain.current import Current
from exchange.domain.hypothesis import Hypothesis
from exchange.errors import BrokenDigest
from exchange.store.engine import Transaction
from exchange.store.records import read

# CROSS JOIN keeps SQLite to the order that is written: from the few that are asked for to what belongs to them.
CONCERNS = text("""
    WITH asked AS MATERIALIZED (
        SELECT name.value AS name, page.id, page.slug, page.entity_id
        FROM json_each(:names) AS name
        CROSS JOIN page ON page.slug = name.value OR page.artifact = name.value OR page.wiki_page_id = name.value
    )
    SELECT asked.name, asked.slug, NULL AS hypothesis, NULL AS why, NULL AS entity FROM asked
    UNION ALL
    SELECT asked.name, asked.slug, listing.hypothesis_id, 'listed', NULL
    FROM asked CROSS JOIN listing ON listing.page_slug = asked.slug
    UNION ALL
    SELECT asked.name, asked.slug, target.hypothesis_id, 'subject', entity.name
    FROM asked
    CROSS JOIN target ON target.entity_id = asked.entity_id
    CROSS JOIN entity ON entity.id = target.entity_id
    UNION ALL
    SELECT asked.name, asked.slug, target.hypothesis_id, 'linked', entity.name
    FROM asked
    CROSS JOIN page_link ON page_link.page_id = asked.id
    CROSS JOIN target ON target.entity_id = page_link.entity_id
    CROSS JOIN entity ON entity.id = target.entity_id
""")
_STANDING = """
    SELECT hypothesis.id, hypothesis.record AS claim, event.record AS event, event.digest,
        earlier.at AS imported_at, earlier.value AS imported,
        (SELECT digest FROM policy_in_force ORDER BY id DESC LIMIT 1) AS policy
    FROM {wanted}
    LEFT JOIN score_event AS event ON event.id = (
        SELECT id FROM score_event WHERE hypothesis_id = hypothesis.id ORDER BY standing DESC, id DESC LIMIT 1
    )
    LEFT JOIN score_event AS earlier ON earlier.id = (
        SELECT id FROM score_event
        WHERE hypothesis_id = hypothesis.id AND cause = 'imported' AND at < event.at ORDER BY id DESC LIMIT 1
    )
"""
STANDING = text(
    _STANDING.format(wanted="json_each(:names) AS wanted CROSS JOIN hypothesis ON hypothesis.id = wanted.value")
)
_EVERY = text(_STANDING.format(wanted="hypothesis") + " ORDER BY hypothesis.title")


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a hypothesis concerns a page: `listed`, `subject` or `linked`; `entity` is named where it is one of the latter."""

    hypothesis: str
    why: str
    entity: str | None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A hypothesis with its current score, the imported value that stood before it, and the policy that is in force.

    `imported` is when that value was given, and which; `policy` is a digest, None where none was ever put in force.
    """

    hypothesis: Hypothesis
    current: Current | None
    imported: tuple[tuple[str, float], ...]
    policy: str | None


def concerning(transaction: Transaction, names: Iterable[str]) -> dict[str, tuple[str, tuple[Reason, ...]]]:
    """Each name -> the slug of its page, and what concerns it. A name is a slug, an artifact id or a wiki_page_id.

    Names of pages that are not stored are left out. A slug counts before another page's artifact id.
    """
    found: dict[str, dict[str, list[Reason]]] = {}
    for row in transaction.execute(CONCERNS, {"names": json.dumps(list(names))}):
        reasons = found.setdefault(row.name, {}).setdefault(row.slug, [])
        if row.hypothesis is not None:
            reasons.append(Reason(hypothesis=row.hypothesis, why=row.why, entity=row.entity))
    chosen = {name: name if name in pages else min(pages) for name, pages in found.items()}
    return {name: (slug, tuple(found[name][slug])) for name, slug in chosen.items()}


def standing(transaction: Transaction, names: Iterable[str]) -> tuple[dict[str, Standing], dict[str, str]]:
    """The stored ones of these hypotheses, by id; and of those whose rows are damaged, what is wrong."""
    whole: dict[str, Standing] = {}
    damaged: dict[str, str] = {}
    for row in transaction.execute(STANDING, {"names": json.dumps(list(names))}):
        try:
            whole[row.id] = _read(row)
        except BrokenDigest as error:
            damaged[row.id] = str(error)
    return whole, damaged


def every(transaction: Transaction) -> Iterator[Standing]:
    """All hypotheses, by title. Raises BrokenDigest."""
    return map(_read, transaction.execute(_EVERY))


def _read(row: Any) -> Standing:
    hypothesis = read(Hypothesis, row.claim, f"The hypothesis {row.id}")
    current = read(Current, row.event, f"A score event of {row.id}", row.digest) if row.event is not None else None
    if hypothesis.id != row.id or (current and current.hypothesis != row.id):
        raise BrokenDigest(f"What is stored as {row.id} is another's: it is not as it was stored.")
    imported: Sequence[tuple[str, float]] = () if row.imported_at is None else ((row.imported_at, row.imported),)
    return Standing(hypothesis=hypothesis, current=current, imported=tuple(imported), policy=row.policy)
