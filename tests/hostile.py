"""Words that somebody chose to break something with: ours, and those beside the checkout where there are any."""

import json
from functools import cache
from pathlib import Path

OURS = (
    "}, author = {Nobody}",
    "a { b",
    "\\input{/etc/passwd} $x^2$ 50% #1 a_b ~ & \\",
    "a\r\nER  - \r\nTY  - BOOK",
    '"><script>alert(1)</script><iframe onload=alert(1)>',
    "](javascript:alert(1)) [x",
    '=HYPERLINK("http://evil.example","x")',
    "日本語 😀 العربية \u202e olleh",
    "a\x00b\x1b[31m\ufffe",
    "Aβ₄₂ – naïve “quotes” ½",
    "@comment{x}",
)
_FOLDER = Path(__file__).parents[2] / "shared" / "data" / "hostile"


@cache
def words() -> tuple[str, ...]:
    """All of them, each once."""
    files = [_FOLDER / name for name in ("naughty_strings.jsonl", "xss.jsonl") if (_FOLDER / name).is_file()]
    given = [json.loads(line)["text"] for file in files for line in file.read_text().split("\n") if line.strip()]
    return tuple(dict.fromkeys([*OURS, *(each for each in given if each.strip())]))
