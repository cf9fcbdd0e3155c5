"""Sphinx with MyST: `extensions = ["myst_parser", "exchange.pages.hosts.sphinx"]` in conf.py."""

from pathlib import PurePath, PurePosixPath
from typing import Any

from exchange.pages.hosts.markdown import fill


def setup(app: Any) -> dict[str, Any]:
    """Has the marks of Markdown files filled as they are read; a page's slug is the name of its file."""
    app.connect("source-read", _filled)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _filled(app: Any, docname: str, source: list[str]) -> None:
    if PurePath(str(app.env.doc2path(docname))).suffix == ".md":
        source[0] = fill(source[0], PurePosixPath(docname).name)
