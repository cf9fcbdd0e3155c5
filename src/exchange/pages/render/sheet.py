"""A tear-sheet as one page for print: in HTML, and as a drawing."""

from typing import Any

from markupsafe import Markup

from exchange.config import bands
from exchange.domain.score import JudgeScore
from exchange.pages.render.escape import plain
from exchange.pages.render.html import document
from exchange.pages.render.plots import small_history_svg
from exchange.pages.render.radar import heaviest, radar_svg
from exchange.pages.render.svg import inlined
from exchange.pages.tearsheet import Cited, TearSheet

MOST_JUDGES, MOST_POINTS = 5, 6


def sheet_html(sheet: TearSheet, site: str, stylesheet: str | None = None) -> str:
    """A complete document, as `html` makes one of a page; what is too long for one page is cut short, with an ellipsis."""
    return document("sheet.html", stylesheet, site, **told(sheet))


def told(sheet: TearSheet, figures: bool = True) -> dict[str, Any]:
    """What the template shows; without its figures, which take far the longest, if they are not wanted."""
    criteria = sheet.score.criteria if sheet.score else ()
    return dict(
        source=source,
        sheet=sheet,
        item=sheet.standing,
        shift=shift(sheet),
        criteria=heaviest(criteria),
        radar=_drawn(radar_svg(criteria), "radar") if criteria and figures else "",
        plot=_drawn(small_history_svg(sheet.history, bands()), "plot") if figures else "",
        judges=judges(sheet),
        points=sheet.points[:MOST_POINTS],
    )


def judges(sheet: TearSheet) -> tuple[JudgeScore, ...]:
    """As many as there is room for."""
    return sheet.score.judges[:MOST_JUDGES] if sheet.score else ()


def shift(sheet: TearSheet) -> tuple[str, str, str] | None:
    """The score before and after the debate, and their difference."""
    score = sheet.score
    if score is None or score.prior is None or score.value is None or score.shift is None:
        return None
    return f"{score.prior:.2f}", f"{score.value:.2f}", f"{score.shift:+.2f}"


def source(cited: Cited) -> str:
    """Where the quote is from: page, section, and what the passage cites."""
    if not cited.page:
        return "no such passage"
    keys = f" [{', '.join(cited.keys)}]" if cited.keys else ""
    return plain(f"{cited.page}{f', {cited.section}' if cited.section else ''}{keys}")


def _drawn(svg: str, prefix: str) -> Markup:
    return Markup(inlined(svg, prefix))  # noqa: S704 # an XML writer has escaped every word of it
