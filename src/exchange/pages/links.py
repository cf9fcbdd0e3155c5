"""Which addresses may become a link: http, https, and places on the site itself. All else stays words."""

import re
from urllib.parse import urlsplit

_ODD = re.compile(
    r"[\x00-\x20\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    r"\ufeff\ufff9-\uffff\ud800-\udfff\\<>\"`{|}^]"
)
_WEB = re.compile(r"https?://(?=[^/?#])", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9-]+")
_OWN = re.compile(r"(?!//)[\w.~-]*(?:[/?#]|$)", re.ASCII)


def address(text: str) -> str | None:
    """The text itself where it may be a link's address, else None.

    It may where it is http(s) with a host and without a user's name, or names no scheme and no host; and where it holds no
    blank, control or unseen character, no backslash, and no sign that a URL has to encode.
    """
    if not text or _ODD.search(text):
        return None
    if not _WEB.match(text):
        return text if _OWN.match(text) else None
    return text if _is_whole(text) else None


def _is_whole(address: str) -> bool:
    """Does it name a host, a port that there can be if any, and no user?"""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return False


def on(site: str, text: str) -> str | None:
    """The same, with the site's base address before what begins with a slash."""
    found = address(text)
    return address(site + found) if found and found.startswith("/") else found


def debate(site: str, name: str | None) -> str | None:
    """Where the site shows the debate of that id."""
    return on(site, f"/debate/{name}") if name and _NAME.fullmatch(name) else None
