"""The page as one HTML document: no script, nothing loaded from elsewhere but, where one is named, its stylesheet."""

import base64
import hashlib
from functools import cache
from typing import Any

import nh3
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from exchange.config import bands
from exchange.domain.page import Page
from exchange.pages import links, words
from exchange.pages.addresses import page_url
from exchange.pages.markdown import PARSER
from exchange.pages.related import Related
from exchange.pages.render.escape import short

_BLOCKS = ["p", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "hr"]
_TABLES = ["table", "thead", "tbody", "tr", "th", "td"]
_TAGS = frozenset([*_BLOCKS, *_TABLES, "a", "em", "strong", "code", "br"])
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https"}


def html(page: Page, related: Related, site: str, stylesheet: str | None = None) -> str:
    """A complete document. Every word of page and hypotheses is escaped or sanitised.

    The stylesheet is linked where its address is given; else it stands in the document, which then allows by its own
    policy nothing but that.
    """
    here = page_url(site, page)
    shown = dict(page=page, related=related, markup=lambda text: _markup(text, site, here))
    return document("page.html", stylesheet, site=site, **shown)


def section(related: Related, site: str = "") -> str:
    """The related hypotheses alone, for a page that links the stylesheet; `site` is what links to debates begin with."""
    return environment().get_template("related.html").render(related=related, site=site, words=words)


def document(template: str, stylesheet: str | None, site: str, **known: Any) -> str:
    """A template as a document of its own; `known` is what it shows beside."""
    css = style()
    return (
        environment()
        .get_template(template)
        .render(
            site=site,
            words=words,
            stylesheet=stylesheet,
            css=Markup(css),  # noqa: S704 # our own file and colours that the bands' table has checked
            digest=_digest(css),
            **known,
        )
    )


@cache
def style() -> str:
    """The stylesheet, with the colours of the bands."""
    return environment().get_template("exchange.css").render(bands=bands().bands)


def _digest(css: str) -> str:
    """How a Content-Security-Policy names what stands in a style element."""
    return f"sha256-{base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()}"


def _markup(markdown: str, site: str, here: str) -> Markup:
    """Markdown without raw HTML, cut down to a narrow list of tags; what may not be linked loses its address."""
    return Markup(  # noqa: S704 # nh3 has just made it safe
        nh3.clean(
            PARSER.render(markdown),
            tags=set(_TAGS),
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            attribute_filter=lambda _element, name, value: links.on(site, value, here) if name == "href" else value,
            link_rel="nofollow ugc noopener",
        )
    )


@cache
def environment() -> Environment:
    """Every template escapes what it is given."""
    loader = PackageLoader("exchange.pages.render", "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    filters: dict[str, Any] = {
        "number": lambda value: f"{value:.2f}",
        "maybe": lambda value: "–" if value is None else f"{value:.2f}",
        "address": links.address,
        "short": short,
    }
    made.filters.update(filters)
    made.globals["debate_address"] = links.debate
    return made
