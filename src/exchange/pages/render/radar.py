"""A score's criteria as a radar: a spoke for each, from 0 in the middle to 1 on the ring."""

import textwrap
from collections.abc import Sequence
from math import pi
from typing import TYPE_CHECKING

from exchange.domain.score import CriterionScore
from exchange.pages.render.escape import short
from exchange.pages.render.svg import INK, QUIET, svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.projections.polar import PolarAxes

_SIZE = (4.4, 3.3)  # inches, of 72 points each
_AXES = (0.25, 0.15, 0.5, 0.66)
_WIDEST, _LONGEST = 16, 40
MOST = 16
"""Spokes that there is room for: of more criteria, those that weigh most."""


def radar_svg(criteria: Sequence[CriterionScore]) -> str:
    """The pooled ratings; whiskers are one standard deviation between judges to both sides, where there is any."""
    shown = heaviest(criteria)
    told = "; ".join(f"{each.label} {each.value:.2f}" for each in shown)
    return svg(lambda: _figure(shown), "Criteria", "", f"The criteria's ratings, from 0 to 1: {told}.", titled=False)


def heaviest(criteria: Sequence[CriterionScore]) -> tuple[CriterionScore, ...]:
    """As many as there is room for, in their own order."""
    kept = sorted(criteria, key=lambda each: -each.weight)[:MOST]
    return tuple(each for each in criteria if any(each is one for one in kept))


def _figure(criteria: Sequence[CriterionScore]) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE)
    axes: PolarAxes = figure.add_axes(_AXES, projection="polar")  # type: ignore[assignment] # what a polar projection is
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    axes.set(ylim=(0, 1))
    axes.tick_params(axis="x", pad=9)
    axes.set_rgrids([0.25, 0.5, 0.75, 1], ["", "0.5", "", "1"], color=QUIET, fontsize=8)
    angles = [2 * pi * place / len(criteria) for place in range(len(criteria))]
    axes.set_thetagrids([angle * 180 / pi for angle in angles], [_label(each) for each in criteria])
    _spokes(axes, angles, criteria)
    return figure


def _spokes(axes: "PolarAxes", angles: Sequence[float], criteria: Sequence[CriterionScore]) -> None:
    values = [each.value for each in criteria]
    axes.plot([*angles, angles[0]], [*values, values[0]], color=INK, linewidth=1.6, marker="o", markersize=5)
    axes.fill(angles, values, color=QUIET, alpha=0.2, linewidth=0)
    for angle, each in zip(angles, criteria, strict=True):
        if each.spread:
            ends = [max(each.value - each.spread, 0), min(each.value + each.spread, 1)]
            axes.plot([angle, angle], ends, color=QUIET, linewidth=3, alpha=0.6, solid_capstyle="butt")
    for angle, label in zip(angles, axes.get_xticklabels(), strict=True):
        side = round(angle / pi, 6) % 1
        label.set_horizontalalignment("center" if side == 0 else "left" if angle < pi else "right")


def _label(each: CriterionScore) -> str:
    words = textwrap.fill(short(each.label, _LONGEST), _WIDEST)
    return f"{words}\n{each.value:.2f}"
