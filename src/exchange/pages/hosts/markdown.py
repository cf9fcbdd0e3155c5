"""Markdown: a function from text to text, and a plugin for markdown-it."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from exchange.pages.door import hypothesis, related, site
from exchange.pages.hosts import html
from exchange.pages.hosts.markers import HYPOTHESIS, RELATED
from exchange.pages.markdown import PARSER
from exchange.pages.related import FoundHypothesis
from exchange.pages.render.escape import escaped
from exchange.pages.render.markdown import section

# What is escaped, and code within a line, come first: marks in them are left as they are.
_LEFT_OR_MARK = re.compile(rf"\\.|(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)|{HYPOTHESIS.pattern}")


def fill(text: str, slug: str | None = None, db: str | None = None) -> str:
    """The Markdown with its marks replaced by Markdown. Never raises for what the store is or holds.

    `{{exchange:related}}`, alone in a paragraph, becomes the list of the page `slug`, `{{exchange:related:genes-plin2}}` that of the
    page named; `{{hypothesis:h-3d993b5d}}` becomes a link with the score; what is not known becomes a sentence that says
    so. Code, fenced, indented or within a line, stays as it is, and so does all other text, but for line ends, which become newlines.
    """
    lines = re.split("\r\n?|\n", text)
    for start, end, content, alone in reversed(list(_paragraphs(text))):
        mark = RELATED.fullmatch(content.strip()) if alone else None
        if mark:
            lines[start:end] = ["", *section(related(mark["slug"] or slug or "", db), site(db)).split("\n"), ""]
        elif HYPOTHESIS.search(content):
            lines[start:end] = _LEFT_OR_MARK.sub(
                lambda found: line(hypothesis(found["id"], db)) if found["id"] else found[0],
                "\n".join(lines[start:end]),
            ).split("\n")
    return "\n".join(lines)


def line(found: FoundHypothesis) -> str:
    """A hypothesis within a sentence: its title, linked, and how it stands; or the sentence in its place."""
    item = found.hypothesis
    if item is None:
        return f"*{found.sentence}*"
    number, *rest = item.standing
    marks = "".join(f" · {mark}" for mark in item.said)
    return f"[{escaped(item.title)}]({item.url}) — {' '.join([f'**{number}**', *rest])}{marks}"


def _paragraphs(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """The lines of each text that is no code, once, and whether it is a paragraph that stands in nothing else."""
    seen: set[tuple[int, int]] = set()
    before: Token | None = None
    for token in PARSER.parse(text):
        if token.type == "inline" and token.map and (token.map[0], token.map[1]) not in seen:
            seen.add((token.map[0], token.map[1]))
            alone = before is not None and before.type == "paragraph_open" and before.level == 0
            yield token.map[0], token.map[1], token.content, alone
        before = token


def exchange_plugin(parser: MarkdownIt, slug: str | None = None, db: str | None = None) -> None:
    """`MarkdownIt().use(exchange_plugin, slug="genes-plin2")`: the same marks, rendered as HTML."""

    def block(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
        source = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
        mark = RELATED.fullmatch(source.strip())
        if mark is None or state.is_code_block(start):
            return False
        if not silent:
            token = state.push("html_block", "", 0)
            token.map, state.line = [start, start + 1], start + 1
            token.content = html.section(related(mark["slug"] or slug or "", db), site(db))
        return True

    def inline(state: StateInline, silent: bool) -> bool:
        mark = HYPOTHESIS.match(state.src, state.pos, state.posMax)
        if mark is None:
            return False
        if not silent:
            state.push("html_inline", "", 0).content = html.line(hypothesis(mark["id"], db))
        state.pos = mark.end()
        return True

    parser.block.ruler.before("paragraph", "exchange_related", block)
    parser.inline.ruler.before("escape", "exchange_hypothesis", inline)
