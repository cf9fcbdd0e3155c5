"""MkDocs: a file of one line, named under `hooks:`, `from exchange.pages.hosts.mkdocs import on_page_markdown`."""

from pathlib import PurePosixPath
from typing import Any

from exchange.pages.hosts.markdown import fill


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Fills the marks of a page. Its slug is `exchange` in its front matter, else the name of its file."""
    named = (page.meta or {}).get("exchange")
    return fill(markdown, str(named) if named else PurePosixPath(page.file.src_uri).stem)
