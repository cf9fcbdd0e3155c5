"""A figure of matplotlib's as SVG: told in words too, without a script, and of the same bytes every time."""

import io
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from exchange.pages.render.escape import plain, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#1b1b1f"
QUIET = "#5f5f6a"
_FONT = "DejaVu Sans"
FONT = f"'{_FONT}', sans-serif"
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "exchange",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.sans-serif": [_FONT],
    "font.size": 9,
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK),
}
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_FONT_OF = re.compile(r"(.*?)([\d.]+px) (.+)")
_SVG = "http://www.w3.org/2000/svg"
_LONGEST, _MARGIN, _LINE = 88, 14, 17


def svg(draw: Callable[[], "Figure"], title: str, subtitle: str, description: str, titled: bool = True) -> str:
    """The figure that `draw` makes, under the title and the subtitle, which may be anybody's words.

    Not `titled`, both are left to what stands around the figure; the title is then its name alone.

    matplotlib is loaded here: not before, and without its own notes on fonts and folders.
    """
    with _quiet():
        import matplotlib

        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(_SETTINGS)
            file = io.StringIO()
            draw().savefig(file, format="svg", metadata=_NO_METADATA)
    return _told(file.getvalue(), plain(title), plain(subtitle), plain(description), titled)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without warnings of glyphs that the measuring font lacks (the reader's has them) and of folders that are not there."""
    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
            yield
    finally:
        log.setLevel(level)


def _told(drawn: str, title: str, subtitle: str, description: str, titled: bool) -> str:
    """The drawing with its name and description for those who do not see it, and with both titles as text."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ElementTree.fromstring(drawn)  # noqa: S314 # matplotlib has just written it
    _attribute(root)
    root.set("role", "img")
    for place, (name, words) in enumerate((("title", title), ("desc", description))):
        root.insert(place, element(name, words))
    for line, (words, weight) in enumerate(((title, "bold"), (subtitle, "normal")) if titled else (), start=1):
        font = {"font-weight": weight, "font-size": "12px", "font-family": FONT, "fill": INK}
        root.append(element("text", short(words, _LONGEST), x=str(_MARGIN), y=str(_LINE * line + 3), **font))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def element(name: str, words: str, **attributes: str) -> ElementTree.Element:
    """An element of SVG that holds these words."""
    made = ElementTree.Element(f"{{{_SVG}}}{name}", attributes)
    made.text, made.tail = words, "\n"
    return made


def _attribute(root: ElementTree.Element) -> None:
    """Turns every style into attributes: a page with a strict Content-Security-Policy would drop it."""
    for defs in root.iter(f"{{{_SVG}}}defs"):
        for style in defs.findall(f"{{{_SVG}}}style"):
            defs.remove(style)
    root.attrib.update({"stroke-linejoin": "round", "stroke-linecap": "butt"})  # what that element said of all
    for each in root.iter():
        for declared in filter(None, map(str.strip, each.attrib.pop("style", "").split(";"))):
            name, value = map(str.strip, declared.split(":", 1))
            each.attrib.update(_font(value) if name == "font" else {name: value})


def _font(shorthand: str) -> dict[str, str]:
    """`bold 9px 'A', sans-serif` as attributes."""
    before, size, family = _FONT_OF.fullmatch(shorthand).groups()  # type: ignore[union-attr] # matplotlib writes no other
    weight = {"font-weight": before.strip()} if before.strip() else {}
    return {"font-size": size, "font-family": family, **weight}


def inlined(drawn: str, prefix: str) -> str:
    """The drawing as a part of another document: all names in it begin with `prefix`."""
    return ElementTree.tostring(part(drawn, prefix), encoding="unicode")


def part(drawn: str, prefix: str) -> ElementTree.Element:
    """The same as an element."""
    root = ElementTree.fromstring(drawn)  # noqa: S314 # written by `svg`
    for each in root.iter():
        for name, value in each.attrib.items():
            if name == "id":
                each.set(name, f"{prefix}-{value}")
            elif name.endswith("}href"):
                each.set(name, value.replace("#", f"#{prefix}-", 1))
            else:
                each.set(name, value.replace("url(#", f"url(#{prefix}-"))
    return root
