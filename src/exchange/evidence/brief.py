"""The brief: the claim, and the passages of its pages, numbered."""

import re
from collections.abc import Callable, Iterable, Iterator

from exchange.domain.debate import Brief, NumberedPassage
from exchange.domain.format import BriefSize
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.page import Page, Passage

_WORD = re.compile(r"[^\W_]{3,}")
_SENTENCE_END = re.compile(r"(?<=[.!?])(?:\s+)(?=[A-Z0-9(\"'])")


def make(hypothesis: Hypothesis, pages: Iterable[Page], size: BriefSize, clean: Callable[[str], str]) -> Brief:
    """The passages that share most words with the claim and its targets, in the order of their pages.

    Equal passages count once; a passage longer than the size is cut after its last whole sentence. `clean` makes
    untrusted text fit to be shown to a model; claim and passages are stored as shown.
    """
    wanted = _words(" ".join((hypothesis.claim, hypothesis.title, *hypothesis.targets)))
    offered = list(_distinct(pages, clean))
    closest = sorted(range(len(offered)), key=lambda index: (-_overlap(wanted, offered[index][1]), index))
    chosen = sorted(closest[: size.passages])
    return Brief(
        hypothesis=hypothesis.id,
        claim=_line(clean(hypothesis.claim)),
        by_title=hypothesis.statement is None,
        targets=tuple(_line(clean(target)) for target in hypothesis.targets),
        passages=tuple(_numbered(number, *offered[index], size) for number, index in enumerate(chosen, start=1)),
    )


def sentences(text: str) -> list[str]:
    """The sentences of a passage, in order."""
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence]


def shorten(text: str, characters: int) -> str:
    """At most so many characters, ending with a sentence if one ends there, else with a word."""
    if len(text) <= characters:
        return text
    kept = ""
    for sentence in sentences(text):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > characters:
            break
        kept = longer
    return kept or text[:characters].rsplit(" ", 1)[0]


def _numbered(number: int, page: str, passage: Passage, size: BriefSize) -> NumberedPassage:
    text = shorten(passage.text, size.characters)
    return NumberedPassage(
        number=number,
        page=page,
        section=passage.section,
        text=text,
        sentences=tuple(sentences(text)),
        keys=passage.keys,
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _distinct(pages: Iterable[Page], clean: Callable[[str], str]) -> Iterator[tuple[str, Passage]]:
    """Every passage as models are to see it, once, unless nothing is left of it."""
    seen = {""}
    for page in pages:
        for passage in page.passages:
            text, section = _line(clean(passage.text)), _line(clean(passage.section))
            if text not in seen:
                seen.add(text)
                yield page.slug, passage.model_copy(update={"text": text, "section": section})


def _overlap(wanted: set[str], passage: Passage) -> int:
    return len(wanted & _words(f"{passage.section} {passage.text}"))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
