"""Every collected attack on every tear-sheet, in a real browser: the suite tries a part of them."""

from collections.abc import Iterable
from pathlib import Path

from tests.bench.limits import Limits
from tests.browser import attacks
from tests.browser.chromium import Watched, chromium
from tests.conftest import SHARED

_BATCH = 500


def run(limits: Limits, shared: Path = SHARED, every: int = 1) -> None:
    """Prints, for tear-sheets in HTML and as SVG, how many were shown and what happened; `every` so manieth is tried."""
    words = attacks.collected(shared)[::every]
    with chromium() as browser:
        watched = Watched(browser)
        for first in range(0, len(words), _BATCH):
            some = words[first : first + _BATCH]
            _show(limits, watched, "HTML", "<!doctype html><title>A page</title>", attacks.sheets(some), "")
            head = '<svg xmlns="http://www.w3.org/2000/svg">'
            _show(limits, watched, "SVG", head, attacks.drawings(some), "</svg>")


def _show(limits: Limits, watched: Watched, name: str, head: str, parts: Iterable[str], tail: str) -> None:
    made = list(parts)
    kind, path = ("image/svg+xml", "/drawn.svg") if tail else ("text/html", "/shown")
    watched.show(f"{head}{''.join(made)}{tail}", kind, path)
    happened = len(watched.active()) + len(watched.dialogs) + len(watched.requests)
    print(
        f"{len(made)} tear-sheets in {name}: {len(watched.active())} active nodes, {len(watched.dialogs)} dialogs, "
        f"{len(watched.requests)} requests",
        flush=True,
    )
    limits.at_most(f"what happened in tear-sheets in {name}", happened, 0)


if __name__ == "__main__":
    run(Limits())
