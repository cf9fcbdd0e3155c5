"""The whole page as Markdown."""

import re

from exchange.domain.page import Page
from exchange.pages import words
from exchange.pages.related import Related, RelatedHypothesis
from exchange.pages.render.escape import escaped

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_SCRIPT_LINK = re.compile(r"\]\(\s*<?\s*(?:javascript|vbscript|data|file)\s*:[^)]*", re.IGNORECASE)


def markdown(page: Page, related: Related, site: str) -> str:  # noqa: ARG001 # every renderer is called alike
    """Title, infobox, body and the related hypotheses, each with its number, its words and its cautions."""
    parts = [f"# {escaped(page.title)}"]
    if page.infobox:
        rows = [
            f"| {_harmless(label).replace('|', chr(92) + '|')} | {_harmless(value).replace('|', chr(92) + '|')} |"
            for label, value in page.infobox
        ]
        parts.append("\n".join(["| | |", "|---|---|", *rows]))
    parts += [_harmless(page.body), "## Related Hypotheses", section(related)]
    return "\n\n".join(parts) + "\n"


def _harmless(markdown: str) -> str:
    """The body for a host that allows HTML: no tag begins in it, and no link leads to a script."""
    return _SCRIPT_LINK.sub("](#", _TAG.sub("&lt;", markdown))


def section(related: Related) -> str:
    """The list alone, or the sentence that stands in its place."""
    if related.problem:
        return related.problem
    return "\n".join(_item(each) for each in related.hypotheses) or words.NONE


def _item(item: RelatedHypothesis) -> str:
    number, *rest = item.standing
    target = f" · Target: {escaped(', '.join(item.targets))}" if item.targets else ""
    lines = [f"- [{escaped(item.title)}]({item.url}) — {' '.join([f'**{number}**', *rest])}{target}"]
    if item.caution:
        lines.append(f"  *{escaped(item.caution)}*")
    if item.replaced is not None:
        lines.append(f"  An imported score of {item.replaced:.2f} stood here before.")
    lines.append(f"  Shown because {escaped('; '.join(item.reasons))}. AI debate, not curated.")
    return "\n".join(lines)
