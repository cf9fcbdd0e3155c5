"""Pages copied from a browser: headings are bare lines, nothing stands between blocks. Back to Markdown."""

import re

_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
_ITEM = re.compile(r"\s*(?:[-*+•]|\d+[.)])\s")
_LONGEST_HEADING = 100
_SHORTEST_EXCERPT = 40
_NOT_AT_A_HEADINGS_END = ".:;,!?]"
_NOT_AT_A_HEADINGS_START = "-*+•|<>[▸"


def is_flattened(text: str) -> bool:
    """No Markdown heading anywhere, and hardly a blank line between two lines."""
    lines = text.strip().split("\n")
    blank = sum(not line.strip() for line in lines)
    return not _HEADING.search(text) and len(lines) > 2 and blank * 10 < len(lines)


def without_excerpt(text: str) -> str:
    """Drops an excerpt, cut off with `...`, of what stands whole behind it."""
    for dots in re.finditer(r"\.\.\.|…", text):
        before, whole = text[: dots.start()], text[dots.end() :].lstrip("\n")
        first_line = whole.split("\n", 1)[0]
        start = before.rfind(f"\n{first_line}\n") + 1 if first_line else 0
        excerpt = before[start:].rstrip()
        if start and len(excerpt) >= _SHORTEST_EXCERPT and whole.startswith(excerpt):
            return before[:start] + whole
    return text


def unflatten(text: str) -> str:
    """Markdown: bare headings get their signs, blocks their blank lines."""
    blocks: list[str] = []
    inside_table = False
    for line in text.split("\n"):
        inside_table = inside_table or line.startswith("<table")
        joined = blocks and ((inside_table and not line.startswith("<table")) or _continues(blocks[-1], line))
        if joined:
            blocks[-1] += f"\n{line}"
        elif line.strip():
            blocks.append(f"## {line.strip()}" if _is_heading(line) else line)
        inside_table = inside_table and "</table>" not in line
    return "\n\n".join(blocks)


def _is_heading(line: str) -> bool:
    bare = line.strip()
    return (
        0 < len(bare) <= _LONGEST_HEADING
        and bare[-1] not in _NOT_AT_A_HEADINGS_END
        and bare[0] not in _NOT_AT_A_HEADINGS_START
        and "](" not in bare
        and "://" not in bare
    )


def _continues(block: str, line: str) -> bool:
    """List items and table rows stand in one block."""
    last = block.rsplit("\n", 1)[-1]
    return bool(_ITEM.match(last) and _ITEM.match(line)) or (last.startswith("|") and line.startswith("|"))
