"""A chat completion as it came over the wire -> a reply, or the reason why it is none."""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from exchange.domain.calls import Form, Question, Reply, Usage
from exchange.errors import TransientError

REFUSAL = "refusal"
CONTENT_FILTER = "content_filter"
LENGTH = "length"
_MOST_TOKENS = 10**9


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _Spoken(_Part):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Part):
    message: _Spoken
    finish_reason: str | None = None


class _Counted(_Part):
    prompt_tokens: int | None = Field(default=None, ge=0)
    completion_tokens: int | None = Field(default=None, ge=0)
    total_tokens: int | None = Field(default=None, ge=0)

    @field_validator("prompt_tokens", "completion_tokens", "total_tokens")
    @classmethod
    def _believable(cls, tokens: int | None) -> int | None:
        """A count that no bill can hold is none: the call then counts with the most that it may have cost."""
        return tokens if tokens is not None and tokens <= _MOST_TOKENS else None

    @property
    def output(self) -> int | None:
        """What is billed as output: some servers count what a model thought in the total alone."""
        if self.prompt_tokens is None or self.completion_tokens is None:
            return self.completion_tokens
        return max(self.completion_tokens, (self.total_tokens or 0) - self.prompt_tokens)


class _Completion(_Part):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Counted | None = None


def read(body: bytes) -> Reply:
    """Raises TransientError where `body` is no chat completion: a gateway's page, `null`, an empty object."""
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError as error:
        complaint = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise TransientError(
            f"the server answered 200 with something that is no chat completion: {complaint}", may_cost=True
        ) from error
    choice, counted = completion.choices[0], completion.usage or _Counted()
    refusal = choice.message.refusal
    return Reply(
        # No text means NUL, and a database may not be able to hold it.
        text=(refusal or choice.message.content or "").replace("\0", "\ufffd"),
        finish=REFUSAL if refusal else choice.finish_reason or "stop",
        usage=Usage(input_tokens=counted.prompt_tokens, output_tokens=counted.output),
    )


def body(question: Question, form: Form) -> dict[str, Any]:
    """Messages and response_format of a request; with `Form.OBJECT` the schema goes into the last message."""
    messages = [message.model_dump() for message in question.messages]
    if form is Form.OBJECT:
        schema = json.dumps(question.open_schema)
        messages[-1]["content"] += (
            f"\n\nReply with one JSON object, and nothing else, that fits this JSON schema:\n{schema}"
        )
        return {"messages": messages, "response_format": {"type": "json_object"}}
    wanted = {"name": question.schema_name, "strict": True, "schema": question.reply_schema}
    return {"messages": messages, "response_format": {"type": "json_schema", "json_schema": wanted}}


def size(question: Question, form: Form) -> int:
    """How many UTF-8 bytes the messages and the schema have, as they are sent."""
    return len(json.dumps(body(question, form), ensure_ascii=False).encode("utf-8", "surrogatepass"))
