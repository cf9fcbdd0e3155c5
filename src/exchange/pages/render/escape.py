"""Untrusted words on one line of Markdown that a host may render with HTML allowed."""

import html
import re

_UNSEEN = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_SIGNS = re.compile(r"([\\`*_{}\[\]()#+!|~])")


def escaped(text: str) -> str:
    """The same words as neither HTML nor Markdown would take for markup."""
    line = _UNSEEN.sub("", " ".join(text.split()))
    return _SIGNS.sub(r"\\\1", html.escape(line, quote=False))
