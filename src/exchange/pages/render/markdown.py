"""The whole page as Markdown."""

from exchange.domain.page import Page
from exchange.pages import words
from exchange.pages.markdown import harmless
from exchange.pages.related import Related, RelatedHypothesis
from exchange.pages.render.escape import escaped


def markdown(page: Page, related: Related, site: str) -> str:  # noqa: ARG001 # every renderer is called alike
    """Title, infobox, body and the related hypotheses, each with its number, its words and its cautions."""
    parts = [f"# {escaped(page.title)}"]
    if page.infobox:
        rows = [
            f"| {harmless(label).replace('|', chr(92) + '|')} | {harmless(value).replace('|', chr(92) + '|')} |"
            for label, value in page.infobox
        ]
        parts.append("\n".join(["| | |", "|---|---|", *rows]))
    parts += [harmless(page.body), "## Related Hypotheses", section(related)]
    return "\n\n".join(parts) + "\n"


def section(related: Related) -> str:
    """The list alone, or the sentence that stands in its place."""
    if related.problem:
        return related.problem
    items = [_item(each) for each in related.hypotheses]
    if related.damaged:
        items.append(f"- {words.damaged(len(related.damaged))}")
    if related.legend:
        items += ["", words.LEGEND, "", *(f"- *{word}*: {meaning}" for word, meaning in related.legend.items())]
    return "\n".join(items) or words.NONE


def _item(item: RelatedHypothesis) -> str:
    number, *rest = item.standing
    target = f" · Target: {escaped(', '.join(item.targets))}" if item.targets else ""
    said = [*item.marks, *([item.outcome.resolution.value] if item.outcome else [])]
    marks = "".join(f" · {mark}" for mark in said)
    lines = [f"- [{escaped(item.title)}]({item.url}) — {' '.join([f'**{number}**', *rest])}{target}{marks}"]
    if item.caution:
        lines.append(f"  *{escaped(item.caution)}*")
    if item.outcome:
        lines.append(f"  {escaped(words.outcome(item.outcome))}")
    if item.replaced is not None:
        lines.append(f"  An imported score of {item.replaced:.2f} stood here before.")
    curated = " AI debate, not curated." if item.debate else ""
    lines.append(f"  Shown because {escaped('; '.join(item.reasons))}.{curated}")
    return "\n".join(lines)
