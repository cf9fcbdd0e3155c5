"""What others paste to show a page or a hypothesis: a frame, or a link. Both lead to the wiki's own address."""

import html
import json

from exchange.domain.noun import Noun
from exchange.pages.addresses import absolute
from exchange.pages.render.escape import escaped, plain

# Links may open in a tab of their own; scripts, forms and the page around the frame are out of reach.
_SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
_HEIGHT = 600  # CSS pixels


class Embed(Noun):
    """`url` is the address for readers, `frame` the same without the wiki's own furniture around it."""

    title: str
    url: str
    frame: str
    html: str
    markdown: str


def embed(title: str, path: str, site: str) -> Embed:
    """The snippets for what the wiki shows at `path`, an address below `site`. Raises ConfigError where there is no site."""
    url = absolute(site).rstrip("/") + path
    frame, words = f"{url}?embed=1", html.escape(plain(title))
    return Embed(
        title=plain(title),
        url=url,
        frame=frame,
        html=(
            f'<iframe src="{html.escape(frame)}" title="{words}" width="100%" height="{_HEIGHT}" loading="lazy" '
            f'sandbox="{_SANDBOX}" referrerpolicy="no-referrer"></iframe>\n'
        ),
        markdown=f"[{escaped(title)}]({url})\n",
    )


def snippet(made: Embed, format: str) -> str:
    """The snippet in one of FORMATS; `json` holds all."""
    if format == "json":
        return json.dumps(made.model_dump(), ensure_ascii=False, indent=2) + "\n"
    return made.markdown if format == "markdown" else made.html


FORMATS = ("html", "markdown", "json")
