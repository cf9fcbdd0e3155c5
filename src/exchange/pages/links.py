"""Which addresses may become a link: http, https, and places on the site itself. All else stays words."""

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

_ODD = re.compile(
    r"[\x00-\x20\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    r"\ufeff\ufff9-\uffff\ud800-\udfff\\<>\"`{|}^]"
)
_WEB = re.compile(r"https?://(?=[^/?#])", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9-]+")
_DOT = re.compile("%2e", re.IGNORECASE)
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


def on(site: str, text: str, here: str = "") -> str | None:
    """The same, below the site's base address: what begins with a slash from there, all else from the page `here`.

    Without a site it stays as it is. None where it would lead out of the site.
    """
    found = address(text)
    if not found or not site or _WEB.match(found):
        return found
    base = urlunsplit(urlsplit(f"{site.rstrip('/')}/"))
    whole = urljoin(base, f".{found}") if found.startswith("/") else urljoin(here or base, found)
    return address(whole) if _undotted(whole).startswith(_undotted(base)) else None


def _undotted(whole: str) -> str:
    """The address as browsers ask for it: no dots lead up in it, however they are written."""
    plain = _DOT.sub(".", whole)
    return urljoin(plain, urlsplit(plain).path)


def from_root(site: str, markdown: str) -> str:
    """The Markdown with its links below the site's base address written from there, as pages have them."""
    if not site:
        return markdown
    return re.sub(rf"(\](?:\(|:)[ \t]*<?){re.escape(site.rstrip('/'))}(?=/)", r"\1", markdown)


def debate(site: str, name: str | None) -> str | None:
    """Where the site shows the debate of that id."""
    return on(site, f"/debate/{name}") if name and _NAME.fullmatch(name) else None
