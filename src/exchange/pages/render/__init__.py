"""One page, in each of the formats that it can be shown in."""

from collections.abc import Callable

from exchange.domain.page import Page
from exchange.pages.related import Related
from exchange.pages.render.html import html
from exchange.pages.render.json import json
from exchange.pages.render.jsonld import jsonld
from exchange.pages.render.legacy import legacy
from exchange.pages.render.markdown import markdown
from exchange.pages.render.wikitext import wikitext

RENDERERS: dict[str, Callable[[Page, Related, str], str]] = {
    "html": html,
    "markdown": markdown,
    "wikitext": wikitext,
    "legacy": legacy,
    "json": json,
    "json-ld": jsonld,
}
