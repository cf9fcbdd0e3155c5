"""The page as wikitext for MediaWiki: every foreign sign a character reference, every link written out."""

import re
from collections.abc import Sequence

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType

from exchange.domain.page import Page
from exchange.pages import links, words
from exchange.pages.addresses import page_url
from exchange.pages.markdown import PARSER
from exchange.pages.related import Related, RelatedHypothesis
from exchange.pages.render.escape import plain, seen

_MAGIC = re.compile(r"\b(?:ISBN|RFC|PMID)(?=\s)")
_HARMLESS = re.compile(r"[^\W_]|[ .,;()@–—-]")
_IN_ADDRESSES = str.maketrans({"'": "%27", "[": "%5B", "]": "%5D"})


def wikitext(page: Page, related: Related, site: str) -> str:
    """Infobox, body and related hypotheses. Links are those that `links.address` allows and that name their host."""
    here = page_url(site, page)
    parts = [
        _infobox(page, site, here),
        _markup(page.body, site, here),
        "== Related Hypotheses ==",
        section(related, site),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def section(related: Related, site: str = "") -> str:
    """The list alone, or the sentence that stands in its place; `site` is what links to debates begin with."""
    if related.problem:
        return quoted(related.problem)
    lines = [
        line for group in related.groups for place, each in enumerate(group) for line in _item(each, site, bool(place))
    ]
    if related.damaged:
        lines.append(f"* {quoted(words.damaged(len(related.damaged)))}")
    if not lines:
        return quoted(words.NONE)
    meanings = [f"* ''{quoted(word)}'': {quoted(meaning)}" for word, meaning in related.legend.items()]
    return "\n".join([*lines, "", quoted(words.LEGEND), "", *meanings])


def quoted(text: str) -> str:
    """Words on one line of which MediaWiki takes nothing for markup, a magic word, or a link."""
    return _referenced(plain(text))


def _referenced(text: str) -> str:
    """All signs but letters, digits and a few as character references; and the first letters of magic links."""
    text = _MAGIC.sub(lambda word: f"\ue000{word[0]}", text.replace("\ue000", ""))
    whole = "".join(sign if _HARMLESS.match(sign) or sign in "\n\ue000" else f"&#{ord(sign)};" for sign in text)
    return re.sub("\ue000(.)", lambda word: f"&#{ord(word[1])};", whole)


def _item(item: RelatedHypothesis, site: str, opposes: bool) -> list[str]:
    number, *rest = item.standing
    target = f" · {quoted(item.aim)}" if item.aim else ""
    marks = "".join(f" · {quoted(mark)}" for mark in item.said)
    title = _linked(quoted(item.title), links.address(item.url))
    standing = " ".join([f"'''{quoted(number)}'''", *map(quoted, rest)])
    replaced = None if item.replaced is None else f"An imported score of {item.replaced:.2f} stood here before."
    below = [
        f"''{quoted(item.caution)}''" if item.caution else None,
        quoted(words.outcome(item.outcome)) or None,
        replaced,
        words.OPPOSES if opposes else None,
        quoted(item.because),
        _debated(item, site),
        _like(item),
    ]
    return [f"* {title} — {standing}{target}{marks}", *(f"*: {line}" for line in below if line)]


def _like(item: RelatedHypothesis) -> str:
    named = (_linked(quoted(each.title), links.address(each.url)) for each in item.like)
    return f"{words.like(len(item.like))}: {'; '.join(named)}." if item.like else ""


def _debated(item: RelatedHypothesis, site: str) -> str:
    on = quoted((item.at or "")[:10])
    if not item.debate:
        return f"{words.STORED} {on}." if on else ""
    return f"{words.NOT_CURATED}: {_linked(f'debate {quoted(item.debate)}', links.debate(site, item.debate))}, {on}."


def _linked(quoted_words: str, address: str | None) -> str:
    """An external link; the words alone where the address names no host, which MediaWiki needs."""
    if not address or "://" not in address:
        return quoted_words
    return f"[{address.translate(_IN_ADDRESSES)} {quoted_words}]"


def _infobox(page: Page, site: str, here: str) -> str:
    if not page.infobox:
        return ""
    cells = [(_markup(label, site, here), _markup(value, site, here)) for label, value in page.infobox]
    rows = [f"<tr><th>{label}</th><td>{value}</td></tr>" for label, value in cells]
    return "\n".join(['<table class="wikitable">', *rows, "</table>"])


def _markup(markdown: str, site: str, here: str) -> str:
    """Markdown as wikitext: headings in its signs, blocks in the HTML that MediaWiki allows."""
    return _Wikitext().render(PARSER.parse(markdown), PARSER.options, {"site": site, "here": here}).strip()


class _Wikitext(RendererHTML):
    """markdown-it's renderer, with all text quoted, and headings and links as MediaWiki has them."""

    def text(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        return _referenced(seen(tokens[idx].content))

    def code_inline(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        return f"<code>{_referenced(seen(tokens[idx].content))}</code>"

    def code_block(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        lines = tokens[idx].content.expandtabs(4).split("\n")
        return f"<pre>{chr(10).join(_referenced(seen(line)) for line in lines)}</pre>\n"

    def fence(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        return self.code_block(tokens, idx)

    def image(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        return quoted(tokens[idx].content)

    def softbreak(self, *_: object) -> str:
        return " "

    def hardbreak(self, *_: object) -> str:
        return "<br>"

    def heading_open(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        return f"\n{'=' * int(tokens[idx].tag[1:])} "

    def heading_close(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        return f" {'=' * int(tokens[idx].tag[1:])}\n"

    def link_open(self, tokens: Sequence[Token], idx: int, _options: object, env: EnvType) -> str:
        address = links.on(env["site"], str(tokens[idx].attrGet("href") or ""), env["here"]) or ""
        env["linked"] = "://" in address
        return f"[{address.translate(_IN_ADDRESSES)} " if env["linked"] else ""

    def link_close(self, _tokens: object, _idx: int, _options: object, env: EnvType) -> str:
        return "]" if env["linked"] else ""
