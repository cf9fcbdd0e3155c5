"""Many drawings in one load of the browser: each a document of its own in a frame, and all of them within one HTML document."""

from collections.abc import Sequence
from typing import NamedTuple

from tests.browser.chromium import HOST, Watched


class Seen(NamedTuple):
    """What a browser made of so many drawings: `broken` are those that it could not read, or did not load."""

    drawings: int
    active: list[str]
    dialogs: list[str]
    requests: list[str]
    broken: list[str]

    @property
    def happened(self) -> int:
        return len(self.active) + len(self.dialogs) + len(self.requests) + len(self.broken)


def in_frames(watched: Watched, drawings: Sequence[str]) -> Seen:
    """Each drawing, whole, as the document of a frame, where its scripts could run."""
    places = [f"/drawn-{number}.svg" for number in range(len(drawings))]
    for place, drawing in zip(places, drawings, strict=True):
        watched.give(place, drawing, "image/svg+xml")
    page = watched.show("".join(f'<iframe src="{place}"></iframe>' for place in places), path="/frames")
    frames = {frame.url: frame for frame in page.frames if frame.parent_frame}
    active: list[str] = []
    broken: list[str] = []
    for place in places:
        frame = frames.get(f"{HOST}{place}")
        if frame is None or frame.evaluate("document.documentElement.localName") != "svg":
            broken.append(place)
            continue
        active += frame.evaluate(watched.looking)
        broken += [place] * frame.locator("parsererror").count()
    return Seen(len(places), active, list(watched.dialogs), list(watched.requests), broken)


def inline(watched: Watched, drawings: Sequence[str]) -> Seen:
    """All drawings, without their first lines, in the body of one HTML document."""
    parts = "".join(each.partition("\n")[2] for each in drawings)
    page = watched.show(f"<!doctype html><title>A page</title>{parts}", path="/inline")
    whole = page.locator("body > svg").count()
    broken = [] if whole == len(drawings) else [f"{whole} of {len(drawings)} drawings stand in the document"]
    return Seen(len(drawings), watched.active(), list(watched.dialogs), list(watched.requests), broken)
