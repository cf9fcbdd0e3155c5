"""Claims -> the entities that they name, what they would do to their targets, and which say nearly the same."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from exchange.domain.alias import Alias
from exchange.domain.hypothesis import Hypothesis
from exchange.jobs.naming import moved
from exchange.linking.index import Index, index
from exchange.linking.mentions import Mention, mentions, names_any
from exchange.linking.targets import Aliases
from exchange.relating.direction import direction, stance
from exchange.relating.kin import Said, kin
from exchange.store import entities, hypotheses, relations
from exchange.store.engine import Store, Transaction
from exchange.store.relations import ClaimRead

_CHUNK = 500


def read_claims(store: Store, before: Sequence[Alias]) -> None:
    """Reads the claims of hypotheses that are due, and finds which of these say nearly what others say.

    `before` are the names that there were when all others were read: those are read anew in which a name stands that has
    come, gone or changed its bearers since.
    """
    with store.reading() as transaction:
        due = frozenset(relations.due_hypotheses(transaction))
        aliases = entities.aliases(transaction)
        changed = set(before) != set(aliases)
        if not due and not changed:
            return
        names, rows = index(Aliases(aliases)), entities.ids(transaction)
        new = moved(before, aliases) if changed else None
        targets = relations.targets(transaction)
        keys = {row: key for key, row in rows.items()}
        read = [
            _read(each, names, rows, targets.get(each.id, frozenset()), keys)
            for each in hypotheses.stored_ones(transaction, None if new else due)
            if each.id in due or (new and names_any(_text(each), new))
        ]
    for start in range(0, len(read), _CHUNK):
        with store.writing() as transaction:
            relations.read_claims(transaction, read[start : start + _CHUNK])
    _find_kin(store, frozenset(each.hypothesis for each in read))


def _read(
    hypothesis: Hypothesis, names: Index, rows: dict[str, int], targets: frozenset[int], keys: dict[int, str]
) -> ClaimRead:
    text = _text(hypothesis)
    found = mentions(text, names)
    named = {rows[each.entity] for each in found if each.entity in rows} - targets
    turned = direction(text, list(_places(text, hypothesis, found, {keys[target] for target in targets})))
    sign = stance(hypothesis.claim, turned)
    about = "|".join(
        sorted(keys[target] for target in targets) or sorted(each.casefold() for each in hypothesis.targets)
    )
    signed = f"{'+' if sign > 0 else '-'}{about}" if sign and about else None
    return ClaimRead(hypothesis.id, frozenset(named), turned, signed)


def _text(hypothesis: Hypothesis) -> str:
    return f"{hypothesis.title}\n{hypothesis.statement or ''}"


def _places(
    text: str, hypothesis: Hypothesis, found: Sequence[Mention], targets: set[str]
) -> Iterator[tuple[int, int]]:
    """Where the text names a target: as it is written, or by another of its names."""
    for target in hypothesis.targets:
        yield from (found.span() for found in re.finditer(re.escape(target), text, re.IGNORECASE))
    yield from ((each.start, each.end) for each in found if each.entity in targets)


def _find_kin(store: Store, changed: frozenset[str]) -> None:
    """Compares anew all that are about the same targets and take the same stance as one that changed, now or before."""
    with store.reading() as transaction:
        groups: dict[str | None, list[str]] = defaultdict(list)
        before: dict[str, str | None] = {}
        for name, stood, first in relations.stances(transaction):
            groups[stood].append(name)
            before[name] = first
        left = {before[name] for name in changed if before.get(name)}
        moved = changed | {name for name, first in before.items() if first in left}
        found: dict[str, str | None] = {name: None for name in groups.pop(None, ()) if name in moved}
        for names in groups.values():
            if not moved.isdisjoint(names):
                found |= dict.fromkeys(names) | _kin(transaction, names)
    news = {name: first for name, first in found.items() if before[name] != first}
    with store.writing() as transaction:
        relations.set_kin(transaction, news)


def _kin(transaction: Transaction, names: list[str]) -> dict[str, str]:
    if len(names) < 2:
        return {}
    beside = relations.named_by_claims(transaction, names)
    said = [
        Said(hypothesis=each.id, text=each.claim, about="", stance=None, names=beside.get(each.id, frozenset()))
        for each in hypotheses.stored_ones(transaction, names)
    ]
    return kin(said)
