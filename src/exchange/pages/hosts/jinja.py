"""Jinja2: `Environment(extensions=["exchange.JinjaExtension"])`."""

from jinja2 import Environment
from jinja2.ext import Extension
from markupsafe import Markup

from exchange.pages.door import hypothesis, related, site
from exchange.pages.hosts import html


class JinjaExtension(Extension):
    """`related(slug)` and `hypothesis(id)` give a template the records; as filters they give it finished HTML.

    `{{ page.slug | related }}` is the section of related hypotheses, `{{ "h-3d993b5d" | hypothesis }}` one of them within a
    sentence. Both are Markup whose every word from elsewhere is escaped, so that autoescaping leaves them as they are.
    Neither raises: where there is nothing to show, the sentence that says so stands in its place.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals.update(related=related, hypothesis=hypothesis)
        environment.filters.update(related=_section, hypothesis=_line)


def _section(slug: str) -> Markup:
    return html.section(related(slug), site())


def _line(id: str) -> Markup:
    return html.line(hypothesis(id))
