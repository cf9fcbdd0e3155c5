"""Untrusted text stands between two lines that only this store could have written."""

import hmac
import re
import unicodedata

from exchange.domain.neutral import INVISIBLE, neutral
from exchange.errors import PromptError, ReplyError

_MARK_LENGTH = 16
_NO_LETTER = re.compile(r"[\W_]+")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[bfnrt])")


class Fences:
    """The fences of one debate. A place (`claim`, `passages`, `turn 3`) has the same mark in every prompt."""

    def __init__(self, secret: bytes, debate: str) -> None:
        self._secret = secret
        self._debate = debate

    def mark(self, place: str) -> str:
        """HMAC-SHA256 of debate and place under the store's secret, its first 16 hex digits."""
        message = f"{self._debate}\n{place}".encode()
        return hmac.new(self._secret, message, "sha256").hexdigest()[:_MARK_LENGTH]

    def around(self, place: str, text: str) -> str:
        """The text, neutralised, inside its fence. Raises PromptError for a text that contains the mark of its fence.

        The mark of another fence may stand in it: neutral text has no `<<` and no `>>`, so it opens and closes nothing.
        """
        mark, inside = self.mark(place), neutral(text)
        if mark in _bare(text):
            raise PromptError(f"The text at {place!r} contains the mark of its own fence; it is refused as it stands.")
        return f"<<{mark}\n{inside}\n{mark}>>"

    def refuse_mark(self, place: str, text: str) -> None:
        """Raises ReplyError where a model's text contains the mark of the fence that it will stand in.

        The text is a reply as it came, so that JSON's escapes are read too.
        """
        if self.mark(place) in _bare(_unescaped(text)):
            raise ReplyError("it contains the mark of its own fence", text)


def _unescaped(text: str) -> str:
    """The text as JSON's escapes mean it; those of line ends become spaces."""
    halves = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else " ", text)
    return halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _bare(text: str) -> str:
    """Letters and digits alone, plain and lowered, so that neither spacing nor another width or style hides a mark."""
    plain = unicodedata.normalize("NFKD", INVISIBLE.sub("", text))
    return _NO_LETTER.sub("", plain.lower())
