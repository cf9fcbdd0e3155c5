"""Every collected attack on every tear-sheet, in a real browser: the suite tries a part of them."""

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

from tests.bench.limits import Limits
from tests.browser import attacks, framed
from tests.browser.chromium import Watched, chromium
from tests.browser.framed import Seen
from tests.conftest import SHARED

_BATCH, _DRAWN = 500, 50


def run(limits: Limits, shared: Path = SHARED, every: int = 1) -> None:
    """Prints, for tear-sheets in HTML and as SVG, how many were shown and what happened; `every` so manieth is tried.

    A drawing is shown twice: as the document of a frame, and in an HTML document. To draw takes by far the longest, so
    that as many processes do it as there are processors.
    """
    words = attacks.collected(shared)[::every]
    with _drawers() as drawers, chromium() as browser:
        drawn = drawers.map(attacks.drawing, words, chunksize=10)
        for some in _parts(words, _BATCH):
            with closing(Watched(browser)) as watched:
                _tell(limits, "HTML", _sheets(watched, some))
        for some in _parts(words, _DRAWN):
            drawings = [next(drawn) for _ in some]
            # A page that was given thousands of drawings ends by itself.
            with closing(Watched(browser)) as watched:
                _tell(limits, "SVG, each a document", framed.in_frames(watched, drawings))
                _tell(limits, "SVG within HTML", framed.inline(watched, drawings))


def _drawers() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn"))


def _parts(words: Sequence[str], size: int) -> list[Sequence[str]]:
    return [words[first : first + size] for first in range(0, len(words), size)]


def _sheets(watched: Watched, words: Sequence[str]) -> Seen:
    watched.show(f"<!doctype html><title>A page</title>{''.join(attacks.sheets(words))}")
    return Seen(len(words), watched.active(), list(watched.dialogs), list(watched.requests), [])


def _tell(limits: Limits, name: str, seen: Seen) -> None:
    """Dialogs and requests are counted from when the page was opened, so that none that came late is missed."""
    print(
        f"{seen.drawings} tear-sheets in {name}: {len(seen.active)} active nodes, {len(seen.dialogs)} dialogs, "
        f"{len(seen.requests)} requests, {len(seen.broken)} broken",
        flush=True,
    )
    limits.at_most(f"what happened in tear-sheets in {name}", seen.happened, 0)


if __name__ == "__main__":
    run(Limits())
