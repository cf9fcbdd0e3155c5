"""Does a turn say anything that was not said before? Told from its words alone, the same whenever it is asked."""

import re
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import fuzz

from exchange.domain.debate import Turn
from exchange.domain.neutral import neutral

# In an argument of 25 words, "as I said" before it or "hence" for "so" leaves 97; another cell type or another signal, and
# so another argument, 93 to 94. To take something new for a repetition is the worse error of the two.
_NEARLY_THE_SAME = 95.0
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# What turns a sentence round though it is but one word of many: negations, directions, and who is agreed with.
_TURNING = re.compile(
    r"not?|nor|never|none|neither|without|cannot|hardly|rarely|only|un(?:like|support|prov|prob)\w*|\w+n['’]t|fail\w*|"
    r"lack\w*|absen\w*|fals\w*|wrong\w*|true|contra\w*|refut\w*|disprov\w*|prov\w*|confirm\w*|support\w*|agree\w*|"
    r"disagree\w*|up\w*|down\w*|more|less|few\w*|high\w*|low\w*|rais\w*|ris\w*|fall\w*|increas\w*|decreas\w*|gain\w*|"
    r"los[est]\w*|reduc\w*|promot\w*|inhibit\w*|activat\w*|inactivat\w*|suppress\w*|stimulat\w*|block\w*|induc\w*|"
    r"protect\w*|harm\w*|worsen\w*|improv\w*|before|after"
)


def says_nothing_new(turn: Turn, earlier: Sequence[Turn]) -> bool:
    """No citation that was not made before, by either side, and no argument that is not nearly one made before."""
    if not set(_cited([turn])) <= set(_cited(earlier)):
        return False
    said = [argument.text for each in earlier for argument in each.arguments]
    return all(any(repeats(argument.text, before) for before in said) for argument in turn.arguments)


def repeats(text: str, before: str) -> bool:
    """Nearly the same words in whatever order, and every word that could turn their sense the same, in the same order.

    Those are negations, directions, and what is written with a digit or a capital within: numbers, names of genes.
    """
    words, others = _words(text), _words(before)
    if list(_turning(words)) != list(_turning(others)):
        return False
    return fuzz.token_sort_ratio(_plain(words), _plain(others)) >= _NEARLY_THE_SAME


def _cited(turns: Iterable[Turn]) -> Iterator[tuple[int, str]]:
    for turn in turns:
        for argument in turn.arguments:
            for citation in argument.citations:
                yield citation.passage, _plain(_words(citation.quote))


def _words(text: str) -> list[str]:
    return _WORD.findall(neutral(text))


def _plain(words: Iterable[str]) -> str:
    return " ".join(words).casefold()


def _turning(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if any(letter.isdigit() or letter.isupper() for letter in word[1:]) or word.isdigit():
            yield word
        elif _TURNING.fullmatch(word.casefold()):
            yield word.casefold()
