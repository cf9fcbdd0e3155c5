"""The fake model that ships: it answers from a file, so that a debate can be held without a model.

The file is JSON: `{"replies": [{"place": PATTERN, "reply": OBJECT}, …]}`. The first entry whose pattern fits the
question's place answers it: `proposer/1`, `critic/2`, `proposer/3` (who speaks which turn), `judge-1/prior/blind`,
`judge-2/final/proposer-first`; `*` stands for anything. Instead of `reply` an entry may have `text` (sent as it is) or
`replies` (a list: the first for the first asking, the next for the re-ask); `delay` is in seconds.
"""

import asyncio
import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field, ValidationError

from exchange.domain.calls import Form, Question, Reply, Usage
from exchange.domain.noun import Noun, complaint
from exchange.errors import UnknownModel


class _Entry(Noun):
    place: str
    reply: dict[str, Any] | None = None
    replies: tuple[dict[str, Any], ...] = ()
    text: str | None = None
    delay: float = Field(default=0, ge=0)

    def answer(self, sample: int) -> str:
        if self.text is not None:
            return self.text
        if self.replies:
            return json.dumps(self.replies[min(sample, len(self.replies) - 1)])
        return json.dumps(self.reply)


class _Script(Noun):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    replies: tuple[_Entry, ...]


class ScriptedModel:
    """Answers every question from `path`; what it says depends on the question alone."""

    concurrency = 64

    def __init__(self, path: str) -> None:
        self._path = Path(path).expanduser()
        try:
            self._script = _Script.from_json(self._path.read_bytes())
        except OSError as error:
            raise UnknownModel(f"scripted:{path} cannot be read: {error.strerror}.") from error
        except ValidationError as error:
            where, said = complaint(error)
            raise UnknownModel(f"scripted:{path} is no script: {where}: {said}.") from error

    async def attempt(self, question: Question, form: Form) -> Reply:  # noqa: ARG002 # a script answers in one form
        """Raises UnknownModel where the script has no answer for the question's place."""
        entry = next((each for each in self._script.replies if fnmatchcase(question.place, each.place)), None)
        if entry is None:
            raise UnknownModel(f"scripted:{self._path} has no answer for the place {question.place!r}; add an entry.")
        await asyncio.sleep(entry.delay)
        asked = sum(len(message.content) for message in question.messages)
        text = entry.answer(question.sample)
        return Reply(text=text, finish="stop", usage=Usage(input_tokens=asked // 4, output_tokens=len(text) // 4))

    async def close(self) -> None:
        """Nothing is held open."""
