"""Names in a text -> mentions of entities. One pass over the text; what it takes is told by its length."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from exchange.linking.index import GENES, Entry, Index, flat, lowered, words
from exchange.linking.wary import CUES, CUES_BEFORE, CUES_OF, NO_CUE

_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\(/([a-z][a-z0-9-]*)/([A-Za-z0-9][\w.-]*)/?\)")
_PIECE = 4_000
_LONGEST_ADDRESS = 500
_AFTER = re.compile(rf"[ )*'\"-]{{1,4}}(?!{NO_CUE})(?:{'|'.join(CUES.split())})\b")
_BEFORE = tuple(f"{word}{the}" for word in CUES_BEFORE for the in (" ", " the "))
_TIES = (" of ", " in ", " of the ", " in the ")
_OF = tuple(f"{word}{tie}" for word in CUES_OF for tie in _TIES)
_IN_ADDRESSES = ("://", "](", "[@")


@dataclass(frozen=True, kw_only=True)
class Mention:
    """`text[start:end]` names the one entity, or one of the candidates; explicit where the author linked it."""

    start: int
    end: int
    name: str
    candidates: tuple[str, ...]
    explicit: bool = False

    @property
    def entity(self) -> str | None:
        """The key of the entity; None where several bear the name."""
        return self.candidates[0] if len(self.candidates) == 1 else None


class _Found(NamedTuple):
    start: int
    end: int
    entry: Entry


def mentions(text: str, index: Index) -> tuple[Mention, ...]:
    """All mentions, in order and apart from each other; an author's link counts first, then the longer name.

    A name that may mean something else (an English word, two letters, a common abbreviation) counts beside a word such
    as gene or expression, or where the text has the entity by another name too.
    """
    linked = tuple(_linked(text)) if "](/" in text else ()
    found = _apart([each for start, end in _pieces(text) for each in _in_piece(flat(text[start:end]), start, index)])
    free = [each for each in found if not _overlaps(each, linked)] if linked else found
    if any(sign in text for sign in _IN_ADDRESSES):
        free = [each for each in free if not _in_an_address(text, each.start)]
    sure = {name.entry.candidates for name in free if not name.entry.wary} | {link.candidates for link in linked}
    kept = [_mention(text, each) for each in free if _counts(text, each, sure)]
    return tuple(sorted((*linked, *kept), key=lambda mention: mention.start))


def names_any(text: str, index: Index) -> bool:
    """Does any of the names stand in the text, whatever it means there?"""
    return any(True for start, end in _pieces(text) for _ in _in_piece(flat(text[start:end]), start, index))


def _linked(text: str) -> Iterator[Mention]:
    for link in _LINK.finditer(text):
        key = f"{link[2]}/{link[3]}"
        yield Mention(start=link.start(), end=link.end(), name=link[1], candidates=(key,), explicit=True)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Parts that are looked at by themselves, cut between words: each name in a part costs a search of that part."""
    start = 0
    while len(text) - start > _PIECE:
        cut = max(text.rfind(" ", start, start + _PIECE), text.rfind("\n", start, start + _PIECE))
        end = cut if cut > start else start + _PIECE
        yield start, end
        start = end
    yield start, len(text)


def _in_piece(piece: str, shift: int, index: Index) -> Iterator[_Found]:
    small = lowered(piece)
    for word in index.known.intersection(words(piece)):
        for entry in index.filed[word]:
            for start, end in _places(entry.name, small if entry.loose else piece):
                if _stands_alone(piece, start, end):
                    yield _Found(start + shift, end + shift, entry)


def _places(name: str, text: str) -> Iterator[tuple[int, int]]:
    start = text.find(name)
    while start >= 0:
        yield start, (end := start + len(name))
        start = text.find(name, end)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """No letter, digit or at sign touches it, and no number is tied to it by a hyphen."""
    if text[start - 1 : start].isalnum() or text[end : end + 1].isalnum():
        return False
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    if "@" in (before[-1:], after[:1]):
        return False
    return not (before[-1:] == "-" and before[:1].isdigit()) and not (after[:1] == "-" and after[1:].isdigit())


def _in_an_address(text: str, start: int) -> bool:
    """It stands in the address of a link, or in a citation's key."""
    word = text[text.rfind(" ", max(start - _LONGEST_ADDRESS, 0), start) + 1 : start]
    return any(sign in word for sign in _IN_ADDRESSES)


def _apart(found: list[_Found]) -> list[_Found]:
    """From the left, the longest first, then the one in its own case; what overlaps an earlier one is dropped."""
    kept: list[_Found] = []
    for each in sorted(found, key=lambda each: (each.start, -each.end, each.entry.loose)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def _overlaps(found: _Found, linked: Sequence[Mention]) -> bool:
    next_one = bisect_right(linked, found.start, key=lambda link: link.start)
    return any(
        found.start < link.end and link.start < found.end for link in linked[max(next_one - 1, 0) : next_one + 1]
    )


def _counts(text: str, found: _Found, sure: Collection[tuple[str, ...]]) -> bool:
    return not found.entry.wary or found.entry.candidates in sure or _in_context(text, found)


def _in_context(text: str, found: _Found) -> bool:
    """Beside a gene's name stands a word that goes with genes: `the REST gene`, `gene REST`, `expression of REST`."""
    if not found.entry.candidates[0].startswith(GENES):
        return False
    start = found.start
    return (
        _AFTER.match(text, found.end) is not None
        or text.endswith(_BEFORE, 0, start)
        or (text.endswith(_TIES, 0, start) and text.endswith(_OF, 0, start))
    )


def _mention(text: str, found: _Found) -> Mention:
    return Mention(
        start=found.start, end=found.end, name=text[found.start : found.end], candidates=found.entry.candidates
    )
