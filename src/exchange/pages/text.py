"""Bytes of a file -> the text of a page, or a refusal."""

import re
import unicodedata

from exchange.errors import InputError

_CONTROLS = frozenset(map(chr, [*range(9), 11, 12, *range(14, 32), 127]))
# No text means these, and some terminals obey them.
_SECOND_CONTROLS = re.compile("[\u0080-\u009f]")
LARGEST = 20_000_000


def decode(content: bytes, name: str) -> str:
    """UTF-8 with bare newlines at line ends, without C1 controls, in normal form C. Raises InputError for what is binary, empty or too large."""
    if len(content) > LARGEST:
        raise InputError(f"{name} has {len(content):,} bytes; a file may have {LARGEST:,}. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not text: byte {error.start} is no UTF-8. Save it in UTF-8.") from error
    text = _SECOND_CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if odd := next((character for character in text if character in _CONTROLS), None):
        raise InputError(f"{name} is not text: it holds the control character {odd!r}.")
    if not text.strip():
        raise InputError(f"{name} is empty.")
    return unicodedata.normalize("NFC", text)
