"""The names that are looked for in texts, each filed under its rarest word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from exchange.domain.alias import Alias, Given
from exchange.linking.targets import Aliases
from exchange.linking.wary import ABBREVIATIONS, ENGLISH

_APART = bytes(byte if byte > 127 or chr(byte).isalnum() else ord(" ") for byte in range(256))
_NO_WORD = re.compile(r"[^\x00-\x7f\w]")
GENES = ("genes/", "proteins/")
_SHORTEST_LOOSE = 4
_LONGEST_ABBREVIATION = 5
_LOOKED_FOR = frozenset({Given.NAME, Given.SYNONYM, Given.TITLE})
_LETTER = re.compile(r"[^\W\d_]")
_ODD = tuple(zip("\u2010\u2011\u2012\u2013\u2212\u2019\u00a0\u202f", "-----'  ", strict=True))


class Entry(NamedTuple):
    """A name in the form in which it is compared, and who bears it.

    A `loose` name is in small letters and found in any case; a `wary` one means its entity only in context.
    """

    name: str
    candidates: tuple[str, ...]
    loose: bool
    wary: bool


@dataclass(frozen=True, kw_only=True)
class Index:
    """All names by the rarest of their words; `known` are these words.

    Loose names are filed under the word in small letters, in capitals, and with a capital at its start.
    """

    filed: Mapping[str, Sequence[Entry]]
    known: frozenset[str]


def index(aliases: Aliases) -> Index:
    """The index of all names, synonyms and titles; words of links and slugs are not looked for."""
    filed: dict[str, list[Entry]] = {}
    seen: set[tuple[str, bool]] = set()
    for word, entry in _entries(aliases):
        if (entry.name, entry.loose) in seen:
            continue
        seen.add((entry.name, entry.loose))
        for form in {word, word.upper(), word.capitalize()} if entry.loose else (word,):
            filed.setdefault(form, []).append(entry)
    return Index(filed=filed, known=frozenset(filed))


def differing(before: Index, now: Index) -> Index:
    """The entries that only one of them has: where a text has none of these names, both find the same in it."""
    changed = _entries_of(before) ^ _entries_of(now)
    filed: dict[str, list[Entry]] = {}
    for each in (before, now):
        for word, entries in each.filed.items():
            if kept := [entry for entry in entries if entry in changed]:
                filed.setdefault(word, []).extend(kept)
    return Index(filed=filed, known=frozenset(filed))


def _entries_of(of: Index) -> set[Entry]:
    return {entry for entries in of.filed.values() for entry in entries}


def words(flat: str) -> list[str]:
    """The runs of letters and digits of a flat text."""
    return flat.encode("utf-8", "surrogatepass").translate(_APART).decode("utf-8", "surrogatepass").split()


def flat(text: str) -> str:
    """The text with one kind of hyphen, apostrophe and blank, and without other marks beyond ASCII; letter for letter."""
    if not text.isascii():
        for odd, plain in _ODD:
            text = text.replace(odd, plain)
        text = _NO_WORD.sub(" ", text)
    return text.replace("\n", " ").replace("\t", " ")


def lowered(text: str) -> str:
    """The text in small letters, letter for letter: those few that would become two stay as they are."""
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


def _in_any_case(name: str, word: str, gene: bool) -> bool:
    """Symbols have their case, unless they have a long word and a digit; names in words have none."""
    if gene:
        return len(word) >= _SHORTEST_LOOSE and any(map(str.isdigit, name))
    return " " in name or (len(name) >= _SHORTEST_LOOSE and name[1:].islower())


def _is_wary(name: str, gene: bool, official: bool) -> bool:
    """Two letters, a common abbreviation, an English word, a synonym of three letters; a disease's abbreviation."""
    if len(name) <= 2 or name in ABBREVIATIONS:
        return True
    if not gene:
        return name.isupper() and len(name) <= _LONGEST_ABBREVIATION
    return name.lower() in ENGLISH or (not official and len(name) == 3 and name.isalpha())


def _spellings(aliases: Aliases) -> Iterator[tuple[str, list[Alias]]]:
    """Each name and synonym as it is written, with those that bear it in that case."""
    for those in aliases.by_name.values():
        spelt: dict[str, list[Alias]] = {}
        for alias in those:
            if alias.given in _LOOKED_FOR:
                spelt.setdefault(alias.spelling, []).append(alias)
        yield from spelt.items()


def _entries(aliases: Aliases) -> Iterator[tuple[str, Entry]]:
    """Each entry, and the word to file it under."""
    for spelling, those in _spellings(aliases):
        name = flat(spelling).strip()
        if len(name) < 2 or not _LETTER.search(name) or name in ENGLISH:
            continue
        candidates = aliases.bearers(spelling)
        gene = candidates[0].startswith(GENES)
        official = any(alias.given is not Given.SYNONYM for alias in those)
        word = _rarest_word(name)
        yield word, Entry(name, candidates, loose=False, wary=_is_wary(name, gene, official))
        if _in_any_case(name, word, gene):
            small = lowered(name)
            yield _rarest_word(small), Entry(small, aliases.bearers_in_any_case(spelling), loose=True, wary=False)


def _rarest_word(name: str) -> str:
    """The word that the fewest texts have, as far as its form tells."""
    if name.isalnum():
        return name
    return max(words(name), key=lambda word: (not word.isdigit() and not word.islower(), not word.isdigit(), len(word)))
