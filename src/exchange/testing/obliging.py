"""A reply that fits whatever schema a request names: the same reply to the same request, on every machine."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Both begin with a line end, not with ^: that is found ten times sooner in a long prompt.
_FIRST_PASSAGE = re.compile(r"\n\[1\] (?P<line>.+)")
_TURN = re.compile(r"\nTurn \d+, by the (?P<role>\w+), round \d+[^\n]*:\n<<")
_QUOTED_WORDS = 8
_SHORTEST_QUOTE = 8
_LONGEST_QUOTE = 200
_LOWEST, _HIGHEST = 5, 95
_SENTENCE = "The passage says so, and no more than that."
_POINT = "Point {}: the passage says so, and no more than that."


def oblige(request: dict[str, Any]) -> str:
    """JSON that fits the schema which the request of a chat completion asks for.

    The schema stands in `response_format` or, for a `json_object`, on the last line of the last message. A quote is
    the first words of passage [1] of the prompt; an argument counts the turns before it, so that no turn repeats another.
    Credences (5 to 95) and ratings are drawn from a digest of the model's
    name, the schema's name, how many turns the transcript holds, and who stands first in it: so judges and sittings
    differ, and debates of other ids, at other servers, do not. Raises ValueError where there is no schema, or one of a
    kind that Exchange does not send.
    """
    name, schema = _wanted(request)
    spoken = [found["role"] for found in _TURN.finditer(_last(request))]
    drawn_from = (str(request.get("model")), name, str(len(spoken)), *spoken[:1])
    filler = _Filler(quote=_quote(_last(request)), point=_POINT.format(len(spoken) + 1), drawn_from=drawn_from)
    return json.dumps(filler.fill(schema))


def _wanted(request: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    form = request.get("response_format") or {}
    if form.get("type") == "json_schema":
        return form["json_schema"]["name"], form["json_schema"]["schema"]
    try:
        schema = json.loads(_last(request).rpartition("\n")[2])
        return "verdict" if "credence" in schema["properties"] else "turn", schema
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError("The request names no JSON schema that its reply could fit.") from error


def _last(request: dict[str, Any]) -> str:
    return str(request["messages"][-1]["content"])


def _quote(prompt: str) -> str:
    """Words of passage [1], behind the name of its section.

    A section's name ends with a colon, and may hold one; so may the passage. What stands behind the last colon that
    leaves enough to be looked up is the passage's own in any case.
    """
    found = _FIRST_PASSAGE.search(prompt)
    parts = found["line"].split(": ") if found else [""]
    tails = [": ".join(parts[start:]) for start in range(len(parts))]
    long_enough = [tail for tail in tails if _letters(tail) >= _SHORTEST_QUOTE]
    return _first_words((long_enough or tails)[-1])


def _first_words(text: str) -> str:
    """Eight words; all of them where those are too short to be looked up."""
    words = " ".join(text.split(maxsplit=_QUOTED_WORDS)[:_QUOTED_WORDS])
    return words if _letters(words) >= _SHORTEST_QUOTE else text


def _letters(text: str) -> int:
    """How many letters and digits it holds; of a long text, those at its head."""
    return sum(map(str.isalnum, text[:_LONGEST_QUOTE]))


@dataclass(frozen=True, kw_only=True)
class _Filler:
    """Fills one schema; `drawn_from` is what its numbers depend on."""

    quote: str
    point: str
    drawn_from: tuple[str, ...]

    def fill(self, schema: dict[str, Any], path: tuple[str, ...] = ()) -> Any:
        """A value that fits; `path` is the names of the fields that lead to it."""
        if "anyOf" in schema:
            return self.fill(schema["anyOf"][0], path)
        if "enum" in schema:
            return self._chosen(schema["enum"], path)
        kind = schema.get("type")
        if kind == "object":
            return {name: self.fill(part, (*path, name)) for name, part in schema.get("properties", {}).items()}
        if kind == "array":
            return [self.fill(schema["items"], path)] * max(1, schema.get("minItems", 1))
        if kind == "string":
            return self._words(schema, path)
        if kind in ("integer", "number"):
            return self._number(schema, path)
        if kind == "boolean":
            return True
        raise ValueError(f"A schema of type {kind!r} cannot be filled.")

    def _chosen(self, values: Sequence[Any], path: tuple[str, ...]) -> Any:
        if path[-1:] == ("rating",):
            return values[self._drawn(path) % len(values)]
        return next((each for each in values if _letters(str(each)) >= _SHORTEST_QUOTE), values[0])

    def _words(self, schema: dict[str, Any], path: tuple[str, ...]) -> str:
        sentence = self.point if path[-1:] == ("text",) else _SENTENCE
        shortest, longest = schema.get("minLength", 0), schema.get("maxLength", len(sentence))
        if path[-1:] != ("quote",):
            return sentence[:longest].ljust(shortest, ".")
        words = self.quote.split(" ")
        while len(" ".join(words)) > schema.get("maxLength", len(self.quote)):
            words.pop()
        return " ".join(words).ljust(shortest, ".")

    def _number(self, schema: dict[str, Any], path: tuple[str, ...]) -> int:
        if path[-1:] != ("credence",):
            return int(schema.get("minimum", 1))
        return _LOWEST + self._drawn(path) % (_HIGHEST - _LOWEST + 1)

    def _drawn(self, path: tuple[str, ...]) -> int:
        """A number from 0 that depends on what is drawn from and on the field alone."""
        text = json.dumps([*self.drawn_from, *path])
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
