"""`python -m tests.browser.looks` takes the pictures of docs/looks.md anew: what axe looks at, as a reader sees it."""

from pathlib import Path

from playwright.sync_api import Browser

from exchange.pages.render.drawing import sheet_svg
from exchange.pages.render.html import html
from exchange.pages.render.sheet import sheet_html
from tests.browser import samples
from tests.browser.chromium import Watched, chromium
from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "looks"
_GREY = "document.documentElement.style.filter = 'grayscale(1)'"


def take(browser: Browser) -> None:
    """Writes the pictures."""
    page = html(samples.page(), samples.related(), samples.SITE)
    sheet = sheet_html(samples.sheet(), samples.SITE)
    _picture(browser, page, "page-light", width=760)
    _picture(browser, page, "page-dark", scheme="dark", width=760)
    _picture(browser, page, "page-grey", width=760, script=_GREY)
    _picture(browser, page, "page-print", width=760, media="print")
    _picture(browser, sheet, "sheet-dark", scheme="dark", width=800)
    _picture(browser, sheet, "sheet-print", width=718, media="print")
    _picture(browser, sheet_svg(samples.sheet()), "sheet-drawn", width=794, kind="image/svg+xml")


def _picture(
    browser: Browser,
    text: str,
    name: str,
    *,
    width: int,
    scheme: str = "light",
    media: str = "screen",
    script: str | None = None,
    kind: str = "text/html",
) -> Path:
    watched = Watched(browser, scheme)
    shown = watched.show(text, kind)
    shown.set_viewport_size({"width": width, "height": 1100})
    shown.emulate_media(media="print" if media == "print" else "screen")
    if script:
        shown.evaluate(script)
    path = FOLDER / f"{name}.png"
    shown.screenshot(path=path, full_page=kind == "text/html")
    watched.close()
    return path


if __name__ == "__main__":
    with chromium() as opened:
        take(opened)
