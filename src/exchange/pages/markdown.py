"""What markdown-it reads: headings, plain text, links and citation keys. Raw HTML is text, never markup."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from exchange.pages import links

PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_CARELESS = MarkdownIt("commonmark", {"html": False}).enable("table")
_CARELESS.validateLink = lambda _: True  # type: ignore[assignment,method-assign] # a host that checks no link
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ANGLED = re.compile(r"(\](?:\(|:)[ \t]*)<([^\s<>()]+)>")
_PASSES = 3
_KEY = re.compile(r"\[@([^\]\s;,]+)\]")
_KEYS = re.compile(r"\s*\[@[^\]\s;,]+\]")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A paragraph, list item or table cell: the heading above it, its plain text, what it cites and links to."""

    section: str
    text: str
    keys: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


def blocks(markdown: str) -> Iterator[Block]:
    """Every block that is not a heading, in order; `links` are (address, text) pairs."""
    section = ""
    in_heading = False
    for token in PARSER.parse(markdown):
        if token.type in ("heading_open", "heading_close"):
            in_heading = token.type == "heading_open"
        elif token.type == "inline":
            text = _plain(token)
            if in_heading:
                section = text
                continue
            keys = tuple(dict.fromkeys(_KEY.findall(text)))
            yield Block(section=section, text=_KEYS.sub("", text).strip(), keys=keys, links=tuple(_links(token)))


def plain(markdown: str) -> str:
    """Markdown as plain text on one line."""
    return " ".join(_plain(token) for token in PARSER.parseInline(markdown))


def harmless(markdown: str, placed: Callable[[str], str | None] = links.address) -> str:
    """The Markdown for a host that allows HTML and checks no link: no tag begins in it, every link is as `placed` has it.

    `placed` gives what stands for an address, None where it may not be linked. The brackets of a line with such a link
    become character references, so that it is a link no more: if that makes other links of other words, all brackets do.
    """
    text = _TAG.sub("&lt;", _ANGLED.sub(r"\1\2", markdown.replace("\r\n", "\n").replace("\r", "\n")))
    text = _moved(text, placed)
    for _ in range(_PASSES):
        wrong = [where for where, found in _addressed(text) if any(placed(each) != each for each in found)]
        if not wrong:
            return text
        lines = text.split("\n")
        for number in (number for where in wrong for number in where):
            lines[number] = lines[number].replace("[", "&#91;")
        text = "\n".join(lines)
    return text.replace("[", "&#91;")


def _moved(text: str, placed: Callable[[str], str | None]) -> str:
    """With each address that is written as it is read where `placed` has it."""
    moves = [
        (where, each, to)
        for where, found in (_addressed(text) if placed is not links.address else ())
        for each in found
        if (to := placed(each)) and to != each
    ]
    lines = text.split("\n")
    for where, address, to in moves:
        _move(lines, where, address, to)
    return "\n".join(lines)


def _addressed(text: str) -> Iterator[tuple[range, tuple[str, ...]]]:
    """The lines of each text that has links, and of each definition of one, with their addresses."""
    known: dict[str, Any] = {}
    for token in _CARELESS.parse(text, known):
        if token.type == "inline" and token.map and (found := tuple(_addresses(token))):
            yield range(*token.map), found
    for reference in known.get("references", {}).values():
        yield range(*reference["map"]), (reference["href"],)


def _move(lines: list[str], where: range, address: str, to: str) -> None:
    written = re.compile(rf"(\](?:\(|:)[ \t]*<?){re.escape(address)}(?=[\s)>]|$)")
    for number in where:
        lines[number] = written.sub(lambda start: f"{start[1]}{to}", lines[number])


def _addresses(inline: Token) -> Iterator[str]:
    for child in inline.children or []:
        if child.type in ("link_open", "image"):
            yield str(child.attrs.get("href") or child.attrs.get("src") or "")


def _plain(inline: Token) -> str:
    return "".join(_words(child) for child in inline.children or []).strip()


def _words(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return token.content if token.type in ("text", "code_inline", "image") else ""


def _links(inline: Token) -> Iterator[tuple[str, str]]:
    address, words = None, ""
    for child in inline.children or []:
        if child.type == "link_open":
            address, words = str(child.attrs.get("href", "")), ""
        elif child.type == "link_close" and address is not None:
            yield address, words.strip()
            address = None
        elif address is not None:
            words += _words(child)
