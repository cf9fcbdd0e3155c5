"""The whole page as Markdown."""

import html

from exchange.domain.page import Page
from exchange.pages import links, words
from exchange.pages.addresses import page_url
from exchange.pages.markdown import harmless
from exchange.pages.related import Related, RelatedHypothesis
from exchange.pages.render.escape import escaped


def markdown(page: Page, related: Related, site: str) -> str:
    """Title, infobox, body and the related hypotheses, each with its number, its words and its cautions."""

    def placed(address: str) -> str | None:
        return links.on(site, address, page_url(site, page))

    def cell(words: str) -> str:
        return harmless(" ".join(words.splitlines()), placed).replace("|", "\\|")

    parts = [f"# {escaped(page.title)}"]
    if page.infobox:
        rows = [f"| {cell(label)} | {cell(value)} |" for label, value in page.infobox]
        parts.append("\n".join(["| | |", "|---|---|", *rows]))
    parts += [harmless(page.body, placed), "## Related Hypotheses", section(related, site)]
    return "\n\n".join(parts) + "\n"


def section(related: Related, site: str = "") -> str:
    """The list alone, or the sentence that stands in its place; `site` is what links to debates begin with."""
    if related.problem:
        return related.problem
    items = [_item(each, site, bool(place)) for group in related.groups for place, each in enumerate(group)]
    if related.damaged:
        items.append(f"- {words.damaged(len(related.damaged))}")
    if related.legend:
        items += ["", words.LEGEND, "", *(f"- *{word}*: {meaning}" for word, meaning in related.legend.items())]
    return "\n".join(items) or words.NONE


def _item(item: RelatedHypothesis, site: str, opposes: bool) -> str:
    number, *rest = item.standing
    target = f" · {escaped(item.aim)}" if item.aim else ""
    marks = "".join(f" · {mark}" for mark in item.said)
    lines = [
        f"- {_linked(escaped(item.title), links.address(item.url))} — {' '.join([f'**{number}**', *map(_in_round_brackets, rest)])}{target}{marks}"
    ]
    if item.caution:
        lines.append(f"  *{escaped(item.caution)}*")
    if item.outcome:
        lines.append(f"  {escaped(words.outcome(item.outcome))}")
    if item.replaced is not None:
        lines.append(f"  An imported score of {item.replaced:.2f} stood here before.")
    if opposes:
        lines.append(f"  {words.OPPOSES}")
    lines.append(f"  {_in_round_brackets(item.because)}{_debated(item, site)}")
    if item.like:
        named = (_linked(escaped(each.title), links.address(each.url)) for each in item.like)
        lines.append(f"  {words.like(len(item.like))}: {'; '.join(named)}.")
    return "\n".join(lines)


def _debated(item: RelatedHypothesis, site: str) -> str:
    on = escaped((item.at or "")[:10])
    if not item.debate:
        return f" {words.STORED} {on}." if on else ""
    name = _linked(f"debate {escaped(item.debate)}", links.debate(site, item.debate))
    return f" {words.NOT_CURATED}: {name}, {on}."


def _in_round_brackets(words: str) -> str:
    """Escaped, but for round brackets, which mean nothing where no square ones do."""
    return escaped(words).replace("\\(", "(").replace("\\)", ")")


def _linked(words: str, address: str | None) -> str:
    """A link that ends where its address ends, or the words alone."""
    if not address:
        return words
    return f"[{words}]({html.escape(address).replace('(', '%28').replace(')', '%29')})"
