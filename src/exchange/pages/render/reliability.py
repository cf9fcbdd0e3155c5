"""How often what was called probable came true: the diagram of a calibration, as SVG."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from io import StringIO
from typing import Any

Point = tuple[float, float, int]
# Told apart by form and line as well as by tone, so that a print in grey says as much.
_LOOKS: tuple[dict[str, Any], ...] = (
    dict(marker="o", linestyle=":", color="#7a7a7a", markerfacecolor="white"),
    dict(marker="^", linestyle="--", color="#3d6fa5", markerfacecolor="white"),
    dict(marker="s", linestyle="-", color="#111111"),
)
# Where a point's count stands beside it, in points: elsewhere for each curve, since curves run close together.
_BESIDE = ((-14, 1), (6, 2), (6, -8))
_STYLE = {"svg.hashsalt": "exchange", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}


def reliability(curves: Mapping[str, Sequence[Point]], title: str) -> str:
    """An SVG document: for each curve its bins' mean probability, share of true items and number of items.

    At most three curves; one without points is left out. The same curves give the same bytes.
    """
    # matplotlib takes a while to import: only a diagram waits for it.
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    drawn, written = {name: points for name, points in curves.items() if points}, StringIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        parameters: Any = matplotlib.rcParams
        parameters.update(_STYLE)
        figure = Figure(figsize=(5, 5.2), layout="constrained")
        _draw(figure.add_subplot(), drawn, title)
        canvas: Any = FigureCanvasSVG(figure)
        canvas.print_svg(written, metadata={"Date": None, "Creator": None, "Title": title})
    return _described(written.getvalue(), " ".join(_in_words(drawn)))


def _draw(axes: Any, curves: Mapping[str, Sequence[Point]], title: str) -> None:
    axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=1, label="what is said comes true")
    for (name, points), look, beside in zip(curves.items(), _LOOKS, _BESIDE, strict=False):
        said, true, counts = zip(*points, strict=True)
        axes.plot(said, true, label=f"{name} ({sum(counts)} items)", linewidth=1.2, markersize=6, **look)
        for at in points:
            axes.annotate(
                str(at[2]), at[:2], xytext=beside, textcoords="offset points", fontsize=6, color=look["color"]
            )
    axes.set(
        xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal", xlabel="probability given", ylabel="share that is true"
    )
    axes.set_title(title, parse_math=False)
    axes.legend(loc="upper left", frameon=False)


def _described(svg: str, words: str) -> str:
    """The drawing with a role, and with its points in words for those who do not see it."""
    named = svg.replace("<svg ", '<svg role="img" ', 1)
    return named.replace("</title>", f"</title>\n <desc>{escape(words, quote=False)}</desc>", 1)


def _in_words(curves: Mapping[str, Sequence[Point]]) -> Iterator[str]:
    for name, points in curves.items():
        bins = "; ".join(f"{said:.2f} was said and {true:.2f} came true, {count} items" for said, true, count in points)
        yield f"{name}: {bins}."
