"""300 hostile forms of an address, built from what makes an address hostile."""

_BODY = "alert(document.domain)"
_SCHEMES = ("javascript", "vbscript", "data", "livescript", "mocha", "jar", "view-source", "ms-its", "feed", "blob")
_OTHERS = ("file", "ftp", "mailto", "tel", "ws", "wss", "about", "chrome", "intent", "filesystem", "gopher", "ssh")
_INSIDE = ("\t", "\n", "\r", "\x00", "\x01", "\x1f", "\u200b", "\u00ad", "\ufeff", "\u202e", "\u2028")
_BEFORE = (
    "\x00",
    "\x01",
    "\x08",
    "\x0b",
    "\x1f",
    " ",
    "\t",
    "\n",
    "\xa0",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\u202e",
    "\u2028",
)
_ENTITIES = (
    "&#106;",
    "&#x6a;",
    "&#X6A;",
    "&#0000106;",
    "&#x6A",
    "%6a",
    "%256a",
    "\\u006a",
    "\\x6a",
    "j&Tab;",
    "j&NewLine;",
)
_COLONS = ("&colon;", "&#58;", "&#x3a;", "%3a", "\uff1a", "\ua789", "\u2236", " :", "\t:", "\x00:")
_HOSTS = (
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
)
_TRICKS = (
    "/\t/evil.example",
    "/\n/evil.example",
    "\x01//evil.example",
    " //evil.example",
    "//evil.example@wiki.example",
    "https://wiki.example@evil.example/",
    "https://wiki.example:pw@evil.example/",
    "https://@evil.example/",
    "https://evil.example\\@wiki.example/",
    "https:\\\\evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https://",
    "https://?x",
    "https://#x",
    "http://[::1",
    "http://evil.example:99999999/",
    "http://evil.example:0/",
    "https://evil.example/\u202egnp.exe",
    "https://evil\u200b.example/",
    "https://evil.example/\x00",
    'https://evil.example/" onmouseover=alert(1) x="',
    "https://evil.example/'><script>alert(1)</script>",
    "https://evil.example/`x`",
    "https://evil.example/ x",
    "\uff48ttps://evil.example",
    "hxxp://evil.example",
    "httpsx://evil.example",
    "://evil.example",
    ":evil",
    "x:y",
    "1:2",
)


def _cased(word: str) -> str:
    return "".join(each.upper() if place % 2 else each for place, each in enumerate(word))


def _made() -> list[str]:
    schemes = (*_SCHEMES, *_OTHERS)
    plain = [f"{scheme}:{rest}" for scheme in schemes for rest in (_BODY, f"//evil.example/%0a{_BODY}")]
    cased = [f"{form(scheme)}:{_BODY}" for scheme in schemes for form in (_cased, str.upper, str.title)]
    inside = [f"{scheme[:4]}{odd}{scheme[4:]}:{_BODY}" for scheme in _SCHEMES[:4] for odd in _INSIDE]
    before = [f"{odd}{scheme}:{_BODY}" for scheme in _SCHEMES[:4] for odd in _BEFORE]
    encoded = [f"{first}avascript:{_BODY}" for first in _ENTITIES]
    colons = [f"{scheme}{colon}{_BODY}" for scheme in _SCHEMES[:4] for colon in _COLONS]
    documents = [
        f"data:{kind}{form},<script>{_BODY}</script>"
        for kind in ("text/html", "text/xml", "image/svg+xml", "application/xhtml+xml", "")
        for form in ("", ";charset=utf-8", ";base64", ";x=y")
    ]
    return [*plain, *cased, *inside, *before, *encoded, *colons, *documents, *_HOSTS, *_TRICKS]


HOSTILE = list(dict.fromkeys(_made()))
