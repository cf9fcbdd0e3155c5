"""Names -> entities: what hypotheses target, and what the texts of pages name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from exchange.domain.alias import Alias
from exchange.linking.index import Index, differing, index
from exchange.linking.mentions import mentions, names_any
from exchange.linking.targets import Aliases, resolve
from exchange.store import entities, hypotheses, pages
from exchange.store.engine import Store

_CHUNK = 500
_FEW = 5


@dataclass(frozen=True, kw_only=True)
class Ambiguity:
    """A name that several entities bear, so that it was linked to none; `where` is the name, or the page that has it."""

    where: str
    said: str


def link_targets(store: Store) -> list[Ambiguity]:
    """Links every target to the one entity that bears its name; several that do are named instead."""
    ambiguous, changed = {}, []
    with store.reading() as transaction:
        targets = hypotheses.targets(transaction)
        aliases = Aliases(entities.aliases(transaction) if targets else ())
        rows = entities.ids(transaction)
        for hypothesis, name, linked in targets:
            link = resolve(name, aliases)
            if link.ambiguous:
                ambiguous[name] = link.candidates
            entity = rows[link.entity] if link.entity else None
            if entity != linked:
                changed.append((hypothesis, name, entity))
    for start in range(0, len(changed), _CHUNK):
        with store.writing() as transaction:
            for hypothesis, name, entity in changed[start : start + _CHUNK]:
                hypotheses.link_target(transaction, hypothesis, name, entity)
    return [
        Ambiguity(where=name, said=f"the target {name} is ambiguous: {_some(candidates)}; not linked")
        for name, candidates in sorted(ambiguous.items())
    ]


def link_pages(
    store: Store, slugs: Collection[str] | None = None, before: Sequence[Alias] | None = None
) -> list[Ambiguity]:
    """Finds anew what the texts of these pages, or of all, name beside their links.

    `before` are the names that there were when all other pages were linked: those of them are linked anew in which a name
    stands that has come, gone or changed its bearers since.
    """
    named: dict[int, set[int]] = {}
    ambiguous: list[Ambiguity] = []
    with store.reading() as transaction:
        if not pages.any_stored(transaction):
            return []
        aliases = entities.aliases(transaction)
        changed = slugs is not None and before is not None and set(before) != set(aliases)
        if slugs is not None and not slugs and not changed:
            return []
        names, rows = index(Aliases(aliases)), entities.ids(transaction)
        new = moved(before or (), aliases) if changed else None
        for text in pages.texts(transaction, None if changed else slugs):
            if new is not None and text.slug not in (slugs or ()) and not names_any(text.words, new):
                continue
            found, several = _named(text.words, names)
            named[text.row] = {rows[key] for key in found if key in rows}
            if several:
                ambiguous.append(Ambiguity(where=text.slug, said=_said(text.slug, several)))
    _store(store, named)
    return ambiguous


def moved(before: Sequence[Alias], now: Sequence[Alias]) -> Index:
    """The names that have come, gone or changed their bearers: of all spellings of a name, if one of them has."""
    moved = {alias.spelling.casefold() for alias in set(before) ^ set(now)}
    then, today = (
        index(Aliases(alias for alias in each if alias.spelling.casefold() in moved)) for each in (before, now)
    )
    return differing(then, today)


def _store(store: Store, named: dict[int, set[int]]) -> None:
    every = list(named.items())
    for start in range(0, len(every), _CHUNK):
        with store.writing() as transaction:
            pages.name_entities(transaction, dict(every[start : start + _CHUNK]))


def _named(text: str, names: Index) -> tuple[set[str], dict[str, tuple[str, ...]]]:
    """The keys of all entities that the text names, and its ambiguous names with those that bear them."""
    found: set[str] = set()
    several: dict[str, tuple[str, ...]] = {}
    for mention in mentions(text, names):
        if mention.entity is None:
            several[mention.name] = mention.candidates
        elif not mention.explicit:
            found.add(mention.entity)
    return found, several


def _said(page: str, several: dict[str, tuple[str, ...]]) -> str:
    names = "; ".join(f"{name} ({_some(candidates)})" for name, candidates in sorted(several.items()))
    return f"page {page}: ambiguous names, not linked: {names}"


def _some(candidates: tuple[str, ...]) -> str:
    more = f" and {len(candidates) - _FEW} more" if len(candidates) > _FEW else ""
    return ", ".join(candidates[:_FEW]) + more
