"""The page as one HTML document: no script, nothing loaded from elsewhere."""

from functools import cache
from typing import Any

import nh3
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from exchange.config import bands
from exchange.domain.page import Page
from exchange.pages import words
from exchange.pages.markdown import PARSER
from exchange.pages.related import Related

_TAGS = frozenset(
    [
        "a",
        "p",
        "ul",
        "ol",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "em",
        "strong",
        "code",
        "pre",
        "blockquote",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "hr",
        "br",
    ]
)
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https"}


def html(page: Page, related: Related, site: str) -> str:
    """A complete document. Every word of page and hypotheses is escaped or sanitised."""
    return (
        environment()
        .get_template("page.html")
        .render(
            page=page,
            related=related,
            site=site,
            words=words,
            bands=bands().bands,
            markup=lambda text: _markup(text, site),
        )
    )


def _markup(markdown: str, site: str) -> Markup:
    """Markdown without raw HTML, cut down to a narrow list of tags; links that are not http(s) lose their address."""

    def address(_element: str, _attribute: str, value: str) -> str | None:
        return site + value if value.startswith("/") and not value.startswith("//") else value

    return Markup(  # noqa: S704 # nh3 has just made it safe
        nh3.clean(
            PARSER.render(markdown),
            tags=set(_TAGS),
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            attribute_filter=address,
            link_rel="nofollow ugc noopener",
        )
    )


@cache
def environment() -> Environment:
    """Where the templates lie; whatever they are given is escaped."""
    loader = PackageLoader("exchange.pages.render", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    filters: dict[str, Any] = {"number": lambda value: f"{value:.2f}"}
    environment.filters.update(filters)
    return environment
