"""What stands around a page's body: the infobox, the metadata table, the list of related hypotheses, references."""

import ast
import json
import re
from html.parser import HTMLParser
from typing import Any

from exchange.domain.identity import hypothesis_id
from exchange.domain.page import Listed
from exchange.errors import InputError
from exchange.pages import words
from exchange.pages.markdown import plain

_INFOBOX = re.compile(r"<table\b[^>]*\bclass=\"[^\"]*\binfobox\b[^\"]*\"[^>]*>.*?</table>", re.DOTALL | re.IGNORECASE)
_METADATA = re.compile(r"^(?:▸Metadata|(?P<level>#{1,6}) Metadata[ #]*$)", re.MULTILINE)
_ROW = re.compile(r"^\|\s*(?P<key>[^|]+?)\s*\|\s*(?P<value>.*?)\s*\|\s*$", re.MULTILINE)
_ARTIFACT = re.compile(r"/artifact/([\w-]+)")
_FURNITURE = re.compile(
    r"\s*$|No provenance edges found|Use \?embed=1 |<iframe |\S*https?://\S+/artifact/\S+$|\[[^\]]*\]\(\S+/artifact/\S+\)$"
)
_LISTED = re.compile(
    r"^\s*[-*]\s+\[(?P<title>.+)\]\([^)\s]*/hypothes[ie]s/(?P<id>h-[0-9a-f]+)\)(?P<rest>.*)$", re.IGNORECASE
)
_LISTED_BY = re.compile(r"^From the \[(?P<name>[^\]]+)\]\([^)]*\)")
_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?!\w|\.\d)")
_TARGET = re.compile(r"Target:\s*(?P<names>[^·]+)")
_DEMONSTRATION = re.compile(r"·\s*demonstration\s*(?:·|$)")
_OURS = re.compile(
    rf"(?:{re.escape(words.LEGEND)}|{re.escape(words.NONE)}|{re.escape(words.PROBLEM)})$|- \*(?:{'|'.join(words.MEANINGS)})\*: "
)
_REFERENCE = re.compile(r"^\s*(?:[-*]\s+|\d+\.\s+)?\[[@^](?P<key>[^\]\s]+)\]:?\s*(?P<text>\S.*)$")
_LONGEST_LITERAL = 10_000


def take_metadata(text: str) -> tuple[str, dict[str, Any], str | None]:
    """The text without its metadata, the metadata's typed values, and the artifact id that stands with them."""
    starts = list(_METADATA.finditer(text))
    if not starts:
        return text, {}, None
    before, behind = text[: starts[-1].start()], text[starts[-1].end() :].partition("\n")[2]
    rest = ""
    if level := starts[-1]["level"]:
        following = re.search(rf"^#{{1,{len(level)}}} ", behind, re.MULTILINE)
        behind, rest = (behind[: following.start()], behind[following.start() :]) if following else (behind, "")
    rows = [(row["key"], row["value"]) for row in _ROW.finditer(behind)]
    if len(rows) > 1 and _is_rule(rows[1][0]):
        rows = rows[2:]
    kept = [line for line in behind.split("\n") if not _ROW.match(line) and not _FURNITURE.match(line)]
    artifact = _ARTIFACT.search(behind)
    return (
        "\n".join([before.rstrip("\n"), *kept, rest]),
        {key: typed(value) for key, value in rows},
        artifact[1] if artifact else None,
    )


def _is_rule(cell: str) -> bool:
    return not set(cell) - set("-: ")


def typed(text: str) -> Any:
    """The JSON value that a table cell holds: `None` is null, a dict's repr an object, other words a string."""
    if len(text) > _LONGEST_LITERAL:
        return text
    try:
        return json.loads(json.dumps(ast.literal_eval(text), allow_nan=False, ensure_ascii=False).encode())
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return text


def take_infobox(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text without its infobox, and the infobox's rows: label and value, both Markdown."""
    found = _INFOBOX.search(text)
    if not found:
        return text, ()
    reader = _Cells()
    reader.feed(found[0])
    reader.close()
    rows = tuple((row[0], " · ".join(row[1:])) if len(row) > 1 else ("", row[0]) for row in reader.rows if row)
    return text[: found.start()] + text[found.end() :], rows


def read_listing(lines: list[str]) -> tuple[tuple[Listed, ...], str | None, list[str]]:
    """The hypotheses that a Related Hypotheses section lists, who lists them, and the lines that are neither.

    The score of a line that is marked as a demonstration is not taken over, nor are lines in which Exchange itself
    speaks: those that are indented below a hypothesis, and what its words mean. Raises InputError for an id or a score
    that cannot be one.
    """
    listed, listed_by, other = [], None, []
    for line in lines:
        if item := _LISTED.match(line):
            listed.append(_listed(item))
        elif by := _LISTED_BY.match(line):
            listed_by = by["name"]
        elif line.strip() and not _OURS.match(line) and not (listed and line.startswith("  ")):
            other.append(line)
    return tuple(listed), listed_by, other


def read_references(lines: list[str]) -> dict[str, str]:
    """Citation key -> the reference's text."""
    found = [_REFERENCE.match(line) for line in lines]
    return {reference["key"]: reference["text"].strip() for reference in found if reference}


def _listed(item: re.Match[str]) -> Listed:
    rest = _TAG.sub(" ", item["rest"])
    target = _TARGET.search(rest)
    number = None if _DEMONSTRATION.search(rest) else _NUMBER.search(rest[: target.start()] if target else rest)
    # Of a negative zero the sign means nothing.
    score = float(number[0].replace("−", "-")) + 0.0 if number else None
    if score is not None and not 0 <= score <= 1:
        raise InputError(
            f"The page lists {item['id']} with the score {number and number[0]}; a score lies between 0 and 1."
        )
    return Listed(
        hypothesis=hypothesis_id(item["id"]),
        title=plain(item["title"]),
        targets=tuple(plain(name).strip() for name in target["names"].split(",") if name.strip()) if target else (),
        score=score,
    )


class _Cells(HTMLParser):
    """Rows of cells of one table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 # HTMLParser's signature
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data
