"""Faults of a reply's text. Each makes the bad text of the good one, so that it fits turns and verdicts alike."""

import json
import re
from collections.abc import Callable

from exchange.testing.bodies import DEPTH
from exchange.testing.fault import Fault

_CREDENCE = re.compile(r'("credence":\s*)-?\d+')
_RATING = re.compile(r'("rating":\s*)"[^"]*"')
_FIRST_WORDS = re.compile(r'("(?:text|reason)":\s*")')


def reword(name: str, change: Callable[[str], str]) -> Fault:
    """The reply's text becomes what `change` returns."""
    return Fault(name=name, reword=change)


def say(name: str, text: str) -> Fault:
    """The reply's text is `text`."""
    return reword(name, lambda _: text)


def credence(name: str, written: str) -> Fault:
    """Where the reply has a credence, `written` stands in its place, as it is; a turn stays good."""
    return reword(name, lambda good: _CREDENCE.sub(rf"\g<1>{written}", good))


def rating(name: str, written: str) -> Fault:
    """Where the reply has ratings, `written` stands in place of the first one, as it is; a turn stays good."""
    return reword(name, lambda good: _RATING.sub(rf"\g<1>{written}", good, count=1))


def big(size: int, *, name: str = "big-reply") -> Fault:
    """One of the reply's words, in its first argument or reason, is longer by `size` letters."""
    return reword(name, _beginning_with("x" * size))


def padded(size: int, *, name: str = "padded-reply") -> Fault:
    """The good reply, with `size` spaces behind it."""
    return reword(name, lambda good: good + " " * size)


def deep(depth: int = DEPTH, *, name: str = "deep-reply") -> Fault:
    """The reply is `depth` opening brackets."""
    return say(name, "[" * depth)


def _with_its_first_key_twice(good: str) -> str:
    key, value = next(iter(json.loads(good).items()))
    return f"{{{json.dumps(key)}: {json.dumps(value)}, {good.strip()[1:]}"


def _with_another_key(good: str) -> str:
    return json.dumps(json.loads(good) | {"confidence": 1})


def _without_its_last_key(good: str) -> str:
    return json.dumps(dict(list(json.loads(good).items())[:-1]))


def _in_a_code_block(good: str) -> str:
    return f"```json\n{good}\n```"


def _beginning_with(letters: str) -> Callable[[str], str]:
    # A replacement given as text would be parsed letter by letter, ten million times.
    return lambda good: _FIRST_WORDS.sub(lambda found: found[1] + letters, good, count=1)


WORDINGS = (
    say("empty-reply", ""),
    say("blank-reply", " \n\t "),
    say("prose-for-json", "On balance I find the hypothesis rather likely."),
    say("null-reply", "null"),
    say("number-for-a-reply", "55"),
    reword("list-for-a-reply", lambda good: f"[{good}]"),
    reword("fenced-json", _in_a_code_block),
    reword("json-with-prose-around", lambda good: f"Here is my answer:\n{good}\nI hope that it helps."),
    reword("two-objects", lambda good: f"{good}\n{good}"),
    reword("cut-reply", lambda good: good[: len(good) // 2]),
    reword("single-quotes", lambda good: good.replace('"', "'")),
    reword("key-twice", _with_its_first_key_twice),
    reword("key-too-many", _with_another_key),
    reword("key-missing", _without_its_last_key),
    reword("bom-before-the-reply", lambda good: "\ufeff" + good),
    reword("surrogate-in-the-reply", _beginning_with("\\ud800")),
    reword("nul-in-the-reply", _beginning_with("\\u0000")),
    credence("credence-nan", "NaN"),
    credence("credence-infinity", "Infinity"),
    credence("credence-minus-infinity", "-Infinity"),
    credence("credence-beyond-floats", "1e309"),
    credence("credence-a-text", '"0.7"'),
    credence("credence-in-percent", '"70%"'),
    credence("credence-true", "true"),
    credence("credence-null", "null"),
    credence("credence-negative", "-1"),
    credence("credence-above-the-scale", "101"),
    credence("credence-a-fraction", "55.5"),
    credence("credence-of-many-digits", "5" * 5000),
    rating("rating-outside-the-scale", '"splendid"'),
    rating("rating-a-number", "4"),
    rating("rating-null", "null"),
    big(10_000_000),
    padded(10_000_000),
    deep(),
)
