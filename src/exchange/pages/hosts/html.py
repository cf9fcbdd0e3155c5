"""The HTML that hosts put into their pages: escaped whole, and so safe where a host escapes the rest."""

from markupsafe import Markup, escape

from exchange.pages.related import FoundHypothesis, Related
from exchange.pages.render.html import section as rendered


def section(related: Related, site: str = "") -> Markup:
    """The section of related hypotheses; `site` is what links to debates begin with."""
    return Markup(rendered(related, site))  # noqa: S704 # its template escapes whatever it is given


def line(found: FoundHypothesis) -> Markup:
    """A hypothesis within a sentence: its title, linked, and how it stands; or the sentence in its place."""
    item = found.hypothesis
    if item is None:
        return Markup('<span class="exchange-line">{}</span>').format(found.sentence)
    number, *rest = item.standing
    said = " · ".join([" ".join(rest), *item.said]).removeprefix(" · ")
    caution = Markup(' title="{}"').format(item.caution) if item.caution else ""
    return Markup('<span class="exchange-line"{}><a href="{}"><bdi>{}</bdi></a> <strong>{}</strong>{}</span>').format(
        caution, item.url, item.title, number, escape(f" {said}" if said else "")
    )
