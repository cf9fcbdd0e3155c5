"""A real Chromium, in which nothing may happen but what a page shows."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Dialog, Page, Request, Route, sync_playwright

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOST = "http://pages.test"
_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-default-apps"
)
_ACTIVE = Path(__file__).with_name("active.js")


def missing() -> str | None:
    """Why there is no browser; a machine that runs all tests (CI) must have one."""
    return None if PROGRAM or os.environ.get("CI") else "no Chromium: apt-get install chromium"


@contextmanager
def chromium() -> Iterator[Browser]:
    """It is closed behind the block."""
    if PROGRAM is None:
        raise RuntimeError("There is no Chromium here. `apt-get install chromium` installs it.")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=PROGRAM, args=_FLAGS.split())
        yield browser
        browser.close()


class Watched:
    """A page of the browser that notes every dialog, and every request but those for documents that it was given.

    Nothing is let through to a network. Headers are those that a host may send.
    """

    def __init__(self, browser: Browser, scheme: str = "light") -> None:
        self.looking = _ACTIVE.read_text(encoding="utf-8")
        self.dialogs: list[str] = []
        self.requests: list[str] = []
        self.errors: list[str] = []
        self._given: dict[str, tuple[str, str, dict[str, str]]] = {}
        self._context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
        self.page: Page = self._context.new_page()
        self.page.on("dialog", self._dialog)
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self._context.route("**/*", self._answer)

    def give(self, path: str, text: str, kind: str = "text/html", **headers: str) -> None:
        """Serves the text there."""
        self._given[f"{HOST}{path}"] = text, kind, headers

    def show(self, text: str, kind: str = "text/html", path: str = "/shown", **headers: str) -> Page:
        """The text as a document that has been loaded, with all that it may have begun."""
        self.give(path, text, kind, **headers)
        self.page.goto(f"{HOST}{path}", wait_until="load", timeout=60_000)
        return self.page

    def active(self) -> list[str]:
        """What the document holds that could act: see active.js."""
        found: list[str] = self.page.evaluate(self.looking)
        return found

    def close(self) -> None:
        self._context.close()

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _answer(self, route: Route, request: Request) -> None:
        given = self._given.get(request.url)
        if given is None:
            self.requests.append(request.url)
            route.abort()
            return
        text, kind, headers = given
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        route.fulfill(body=text.encode("utf-8", "replace"), headers={"content-type": f"{kind}; charset=utf-8"} | named)
