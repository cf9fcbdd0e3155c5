"""The Related Hypotheses section in the words and bytes of the wiki that pages are imported from."""

from exchange.domain.page import Page
from exchange.pages import words
from exchange.pages.related import Related, RelatedHypothesis
from exchange.pages.render.escape import escaped


def legacy(page: Page, related: Related, site: str) -> str:
    """The section's lines; nothing where no hypothesis concerns the page. A demonstration, and an outcome, stand at its line's end."""
    if related.problem:
        return f"Related Hypotheses\n{related.problem}\n"
    if not related.hypotheses:
        return ""
    head = f"From the [{escaped(page.listed_by or 'Exchange')}]({site}/exchange) — scored by multi-agent debate"
    return "\n".join(["Related Hypotheses", head, *(_line(each) for each in related.hypotheses), ""])


def _line(item: RelatedHypothesis) -> str:
    parts = [f"[{escaped(item.title)}]({item.url}) — {_number(item)}"]
    if item.targets:
        parts.append(f"Target: {escaped(', '.join(item.targets))}")
    if item.demonstration:
        parts.append("demonstration")
    if item.outcome:
        parts.append(item.outcome.resolution.value)
    if item.like:
        parts.append(words.like(len(item.like)))
    return "- " + " · ".join(parts)


def _number(item: RelatedHypothesis) -> str:
    if item.value is None or item.band is None:
        return item.state
    return f'<span style="color:{item.band.colour};font-weight:600">{item.value:.2f}</span>'
