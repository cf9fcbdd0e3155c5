"""Does the cited passage exist, and do the quoted words stand in it?"""

import re
import unicodedata

from exchange.domain.debate import Brief, Check

SHORTEST_QUOTE = 8
_SAME = str.maketrans("‘’‚‛“”„‟‐‑‒–—―−‹›：", "''''\"\"\"\"-------<>:")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…|\[\.\.\.\]|\[…\])\s*")
_QUOTATION_MARKS = " \t\n\"'"


def check(brief: Brief, passage: int, quote: str) -> Check:
    """Compares after folding case, space and Unicode's variants; a quote must hold at least eight letters or digits.

    A quote with an ellipsis is checked piece by piece, each as long as that and behind the one before it.
    """
    text = next((each.text for each in brief.passages if each.number == passage), None)
    if text is None:
        return Check.UNKNOWN
    wanted = [folded(piece).strip(_QUOTATION_MARKS) for piece in _ELLIPSIS.split(quote)]
    pieces = [piece for piece in wanted if piece]
    if not pieces or min(sum(map(str.isalnum, piece)) for piece in pieces) < SHORTEST_QUOTE:
        return Check.UNQUOTED
    return Check.VERIFIED if _stand_in(pieces, folded(text)) else Check.MISQUOTED


def folded(text: str) -> str:
    """One form for what a reader would call the same words."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).translate(_SAME))
    return " ".join(plain.casefold().split())


def _stand_in(pieces: list[str], text: str) -> bool:
    """Whole words only: `art` does not stand in `heart`."""
    start = 0
    for piece in pieces:
        found = re.compile(rf"(?<!\w){re.escape(piece)}(?!\w)").search(text, start)
        if not found:
            return False
        start = found.end()
    return True
