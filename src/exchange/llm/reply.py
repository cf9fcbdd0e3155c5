"""A reply's text -> the record that was agreed on, strictly."""

import re
from functools import cache
from typing import TypeVar

import jiter
from pydantic import BaseModel, ValidationError

from exchange.domain.calls import Reply
from exchange.errors import RefusedError, ReplyError
from exchange.llm.completion import CONTENT_FILTER, LENGTH, REFUSAL

_Record = TypeVar("_Record", bound=BaseModel)
_CODE_BLOCK = re.compile(r"```(?:json)?[^\S\n]*\n(.*)\n[^\S\n]*```", re.DOTALL)


def parse(reply: Reply, record: type[_Record]) -> _Record:
    """The record that the reply holds.

    Raises RefusedError where the model declined or was stopped, ReplyError where the text was cut off or is not
    exactly such a record: no repair, no second meaning of a repeated key, no number from a word.
    """
    if reply.finish in (REFUSAL, CONTENT_FILTER):
        raise RefusedError(f"the model declined to answer ({reply.finish})")
    if reply.finish == LENGTH:
        raise ReplyError("the reply was cut off at its token limit", reply.text)
    stripped = reply.text.strip()
    block = _CODE_BLOCK.fullmatch(stripped)
    text = (block[1] if block else stripped).encode()
    try:
        jiter.from_json(text, catch_duplicate_keys=True, allow_inf_nan=False)
        return record.model_validate_json(text)
    except ValidationError as error:
        raise ReplyError(_complaint(error, record), reply.text) from error
    except ValueError as error:
        odd = "a key is repeated" if "duplicate" in str(error).lower() else "it is not one JSON object"
        raise ReplyError(odd, reply.text) from error


def _complaint(error: ValidationError, record: type[BaseModel]) -> str:
    """What is wrong, without a word of the model's: the reason is put into the next prompt outside any fence."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "extra_forbidden":
        return "it has a field that was not asked for"
    ours = _fields(record)
    where = ".".join(str(part) if isinstance(part, int) or part in ours else "…" for part in first["loc"])
    return f"{where or 'the reply'}: {first['msg']}"


@cache
def _fields(record: type[BaseModel]) -> frozenset[str]:
    """The names of all fields of the record and of the records in it."""
    schema = record.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return frozenset(name for part in parts for name in part.get("properties", {}))
