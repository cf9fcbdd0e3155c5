"""The citation keys of a page that stand for no reference."""

from exchange.domain.page import Page

_MOST_NAMED = 20


def missing(page: Page) -> str:
    """A sentence that names the keys without a reference; empty where there is none."""
    keys = page.missing_references
    if not keys:
        return ""
    named = ", ".join(keys[:_MOST_NAMED]) + (" …" if len(keys) > _MOST_NAMED else "")
    return f"{len(keys)} of {len(page.cited)} cited keys have no reference on the page {page.slug}: {named}."
