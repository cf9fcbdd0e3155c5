"""Scores and untrusted text as a terminal shows them."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exchange.pages.related import RelatedHypothesis

_CONTROLS = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def tame(text: str) -> str:
    """The text without characters that steer a terminal or that nobody sees."""
    return _CONTROLS.sub("", text)


def standing(item: "RelatedHypothesis") -> str:
    """Number, interval, band, certainty and marks on one line."""
    if item.value is None or item.band is None:
        said = [item.state]
    else:
        said = [f"{item.value:.2f}"]
        if item.low is not None and item.high is not None:
            said.append(f"({item.low:.2f}–{item.high:.2f})")
        said += [item.band.symbol, item.band.word]
        if item.certainty:
            said.append(f"[{item.certainty}{f', perhaps {item.neighbour}' if item.neighbour else ''}]")
        if item.state == "contested":
            said.append("contested")
    if item.demonstration:
        said.append("· demonstration")
    if item.imported:
        said.append("· imported, not checked here")
    return " ".join(said)
