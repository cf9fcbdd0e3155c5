"""Bytes of a file -> the text of a page, or a refusal."""

import unicodedata

from exchange.errors import InputError

_CONTROLS = frozenset(map(chr, [*range(9), 11, 12, *range(14, 32), 127]))
LARGEST = 20_000_000


def decode(content: bytes, name: str) -> str:
    """UTF-8 with bare newlines at line ends, in normal form C. Raises InputError for what is binary, empty or too large."""
    if len(content) > LARGEST:
        raise InputError(f"{name} has {len(content):,} bytes; a page may have {LARGEST:,}. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not text: byte {error.start} is no UTF-8. Import Markdown in UTF-8.") from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if odd := next((character for character in text if character in _CONTROLS), None):
        raise InputError(f"{name} is not text: it holds the control character {odd!r}. Import Markdown in UTF-8.")
    if not text.strip():
        raise InputError(f"{name} is empty: there is no page in it.")
    return unicodedata.normalize("NFC", text)
