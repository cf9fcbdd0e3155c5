"""The forms that replies must fill: as JSON schemas for the models, as strict records for us.

A schema bounds what a model writes; the records accept no other shape, and leave to the evidence check what a passage
number or a quote is worth.
"""

from string import ascii_lowercase
from typing import Any

from pydantic import Field

from exchange.domain.debate import Brief
from exchange.domain.format import Quotes, Speech
from exchange.domain.noun import Noun
from exchange.domain.rubric import Rubric
from exchange.errors import ReplyError

_LONGEST = 20_000
_SHORTEST = 8


class SpokenCitation(Noun):
    """A passage's number and words of it."""

    passage: int = Field(ge=0, le=1_000_000)
    quote: str = Field(max_length=_LONGEST)


class SpokenArgument(Noun):
    """One point and what it rests on; transcripts letter the citations, so that there are no more than letters."""

    text: str = Field(min_length=1, max_length=_LONGEST)
    citations: tuple[SpokenCitation, ...] = Field(max_length=len(ascii_lowercase))


class Speaking(Noun):
    """A proposer's or critic's reply."""

    arguments: tuple[SpokenArgument, ...] = Field(min_length=1, max_length=50)


class SpokenRating(Noun):
    """The reason, then the rating."""

    reason: str = Field(min_length=1, max_length=_LONGEST)
    rating: str


class Judgment(Noun):
    """A judge's reply."""

    ratings: dict[str, SpokenRating]
    reason: str = Field(min_length=1, max_length=_LONGEST)
    credence: int = Field(ge=0, le=100)

    def against(self, rubric: Rubric) -> "Judgment":
        """Itself, if it rates exactly the rubric's criteria with the rubric's words; raises ReplyError."""
        wanted = [criterion.name for criterion in rubric.criteria]
        if sorted(self.ratings) != sorted(wanted):
            raise ReplyError(f"it must rate exactly these criteria: {', '.join(wanted)}", self.to_json())
        if any(each.rating not in rubric.scale for each in self.ratings.values()):
            raise ReplyError(f"a rating must be one of: {', '.join(rubric.scale)}", self.to_json())
        return self


def speaking_schema(speech: Speech, quotes: Quotes, brief: Brief | None) -> dict[str, Any]:
    """A turn's JSON schema. With a brief and offered quotes, a quote is one of its passage's sentences."""
    if quotes is Quotes.OFFERED and brief is not None:
        citation = {"anyOf": [_offered(each.number, each.sentences) for each in brief.passages]}
    else:
        citation = _object(passage={"type": "integer"}, quote=_string(speech.length))
    argument = _object(
        text=_string(speech.length),
        citations={"type": "array", "items": citation, "minItems": 1, "maxItems": speech.citations},
    )
    return _object(arguments={"type": "array", "items": argument, "minItems": 1, "maxItems": speech.arguments})


def judgment_schema(rubric: Rubric, length: int) -> dict[str, Any]:
    """A verdict's JSON schema: in every part the reason stands before the number."""
    rating = _object(reason=_string(length), rating={"type": "string", "enum": list(rubric.scale)})
    return _object(
        ratings=_object(**{criterion.name: rating for criterion in rubric.criteria}),
        reason=_string(length),
        credence={"type": "integer", "minimum": 0, "maximum": 100},
    )


def _offered(number: int, sentences: tuple[str, ...]) -> dict[str, Any]:
    return _object(
        passage={"type": "integer", "enum": [number]}, quote={"type": "string", "enum": list(dict.fromkeys(sentences))}
    )


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _string(length: int) -> dict[str, Any]:
    return {"type": "string", "minLength": _SHORTEST, "maxLength": length}
