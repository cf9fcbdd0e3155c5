"""The model that answers from a file."""

import json
from pathlib import Path
from typing import Any

import pytest

from exchange.domain.calls import Form
from exchange.errors import UnknownModel
from exchange.llm.scripted import ScriptedModel
from tests.builders import script
from tests.llm.journal import question


async def answered(path: Path, *entries: dict[str, Any], place: str = "judge-1/prior/blind", sample: int = 0) -> str:
    model = ScriptedModel(script(path / "script.json", *entries).removeprefix("scripted:"))
    reply = await model.attempt(question(place).model_copy(update={"sample": sample}), Form.SCHEMA)
    await model.close()
    return reply.text


async def test_the_first_pattern_that_fits_the_place_answers(tmp_path: Path) -> None:
    text = await answered(
        tmp_path,
        {"place": "critic/*", "reply": {"a": 1}},
        {"place": "judge-*/prior/*", "reply": {"a": 2}},
        {"place": "*", "reply": {"a": 3}},
    )

    assert json.loads(text) == {"a": 2}


async def test_a_text_is_sent_as_it_is(tmp_path: Path) -> None:
    assert await answered(tmp_path, {"place": "*", "text": "not { json"}) == "not { json"


@pytest.mark.parametrize(("sample", "number"), [(0, 1), (1, 2), (2, 2)])
async def test_a_list_answers_one_asking_after_the_other(tmp_path: Path, sample: int, number: int) -> None:
    text = await answered(tmp_path, {"place": "*", "replies": [{"a": 1}, {"a": 2}]}, sample=sample)

    assert {"a": number} == json.loads(text)


async def test_a_pattern_heeds_case(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match="no answer for the place 'judge-1/prior/blind'"):
        await answered(tmp_path, {"place": "JUDGE-1/*", "text": "x"})


async def test_the_same_question_has_the_same_answer(tmp_path: Path) -> None:
    model = ScriptedModel(script(tmp_path / "s.json", {"place": "*", "reply": {"a": 1}}).removeprefix("scripted:"))

    replies = [await model.attempt(question(), form) for form in (Form.SCHEMA, Form.OBJECT)]

    assert replies[0] == replies[1]


async def test_tokens_are_counted(tmp_path: Path) -> None:
    model = ScriptedModel(script(tmp_path / "s.json", {"place": "*", "text": "x" * 40}).removeprefix("scripted:"))

    reply = await model.attempt(question(content="y" * 394), Form.SCHEMA)

    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (100, 10)


def test_a_script_that_is_not_there_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match="cannot be read"):
        ScriptedModel(str(tmp_path / "none.json"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"replies": [{}]}',
        b'{"replies": [{"place": 1}]}',
        b'{"replies": [{"place": "*", "reply": 5}]}',
        b'{"replies": [{"place": "*", "text": "x", "delay": -1}]}',
        b'{"replies": [{"place": "*", "text": "x", "delayed": 1}]}',
        b"\xff\xfe",
    ],
)
def test_a_file_that_is_no_script_is_unknown(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(content)

    with pytest.raises(UnknownModel, match="is no script"):
        ScriptedModel(str(path))
