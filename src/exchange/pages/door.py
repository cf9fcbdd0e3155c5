"""The front door for renderers: synchronous, from any thread, and never an error into a page."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from exchange.config import Settings, bands, settings, stamp
from exchange.domain.bands import Bands
from exchange.domain.identity import hypothesis_id
from exchange.errors import ExchangeError, InputError
from exchange.pages import words
from exchange.pages.related import FoundHypothesis, Related, one_in, pages_in
from exchange.store.engine import Store
from exchange.store.reader import forget, reader

_log = logging.getLogger("exchange")
_Told = TypeVar("_Told")


@dataclass(frozen=True, kw_only=True)
class _AtHand:
    """Settings and bands, and what they were made from."""

    stamp: tuple[object, ...]
    settings: Settings
    bands: Bands


_at_hand: dict[str | None, _AtHand] = {}


def related(slug: str, db: str | None = None) -> Related:
    """The hypotheses that concern the page of that slug, artifact id or wiki_page_id, in one query.

    Never raises: where the store is missing, locked, broken, or of another Exchange, `problem` says so in a sentence, and
    the reason is logged under `exchange`. A page that is not stored has `known` False. `db` is the path of the SQLite
    file, where it is not the one of the settings.
    """
    return related_many((slug,), db)[0]


def related_many(slugs: Iterable[str], db: str | None = None) -> tuple[Related, ...]:
    """The same of each of these pages, in their order: one query in all, however many there are. Never raises."""
    asked = _listed(slugs)
    names = [_name(each) for each in asked]
    odd = {number for number, each in enumerate(asked) if not isinstance(each, str)}
    if odd:
        _log.warning("related: a slug is text, and this is not: %.200r", [asked[number] for number in sorted(odd)])
    found = _guarded(
        lambda: f"related({', '.join(map(repr, names[:3]))}{', …' if len(names) > 3 else ''})",
        lambda: _ask(db, lambda store, chosen, table: pages_in(store, names, chosen, table)),
        lambda: tuple(Related(slug=name, problem=words.PROBLEM) for name in names),
    )
    if not odd:
        return found
    return tuple(
        Related(slug=each.slug, known=False, problem=words.NO_SLUG) if number in odd else each
        for number, each in enumerate(found)
    )


def hypothesis(id: str, db: str | None = None) -> FoundHypothesis:
    """The hypothesis with that id, in one query; its `reasons` are empty, since no page asks. Never raises."""
    try:
        name = hypothesis_id(_name(id))
    except InputError as error:
        _log.warning("hypothesis: %s", error)
        return FoundHypothesis(id=_name(id), known=False)
    return _guarded(
        lambda: f"hypothesis({name})",
        lambda: _ask(db, lambda store, chosen, table: one_in(store, name, chosen, table)),
        lambda: FoundHypothesis(id=name, problem=words.ONE_PROBLEM),
    )


def site(db: str | None = None) -> str:
    """What links to hypotheses and debates begin with; empty where the settings cannot be read. Never raises."""
    return _guarded(lambda: "site", lambda: _held(db).settings.site.rstrip("/"), str)


def _listed(slugs: object) -> list[object]:
    if isinstance(slugs, str) or not isinstance(slugs, Iterable):
        return [slugs]
    return list(slugs)


def _name(given: object) -> str:
    """The words that were given, as far as JSON and SQLite can hold them."""
    text = given if isinstance(given, str) else f"<{type(given).__name__}>"
    return text.encode(errors="replace").decode()


def _ask(db: str | None, asked: Callable[[Store, Settings, Bands], _Told]) -> _Told:
    held = _held(db)
    path = held.settings.database
    try:
        return asked(reader(path), held.settings, held.bands)
    except Exception:
        forget(path)
        raise


def _held(db: str | None) -> _AtHand:
    """Settings and bands, read again where their files or the environment have changed."""
    now, known = stamp(), _at_hand.get(db)
    if known is None or known.stamp != now:
        known = _at_hand[db] = _AtHand(stamp=now, settings=settings(db=db), bands=bands())
    return known


def _guarded(what: Callable[[], str], ask: Callable[[], _Told], otherwise: Callable[[], _Told]) -> _Told:
    try:
        return ask()
    except ExchangeError as error:
        _log.warning("%s: %s", what(), error)
    except Exception:  # noqa: BLE001 # a page is shown whatever there is that nobody foresaw; the log has it whole
        _log.exception("%s failed in a way that nobody foresaw", what())
    return otherwise()
