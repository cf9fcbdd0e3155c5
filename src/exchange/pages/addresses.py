"""Where pages and hypotheses are found on the wiki: every link is built from the setting `site`."""

from urllib.parse import quote

from exchange.domain.page import Page
from exchange.errors import ConfigError


def page_url(site: str, page: Page) -> str:
    """The page's address: that of its artifact id, or of the one that its slug gives it. Relative where `site` is ""."""
    return f"{site.rstrip('/')}/artifact/{quote(page.artifact or f'wiki-{page.slug}', safe='')}"


def hypothesis_url(site: str, hypothesis: str) -> str:
    """The hypothesis's address. Relative where `site` is ""."""
    return f"{site.rstrip('/')}/hypothesis/{quote(hypothesis, safe='')}"


def absolute(site: str) -> str:
    """The base address, for what leaves the wiki and leads nowhere without one. Raises ConfigError where none is set."""
    if not site:
        raise ConfigError(
            "There is no base address to build the link from. Set `site` in exchange.toml, or EXCHANGE_SITE, to the wiki's "
            "address, as in https://wiki.example."
        )
    return site
