"""Lines of result files: which call each answers, and what it says."""

import json
from pathlib import Path
from typing import Any

import pytest

from exchange.domain.batches import Sent
from exchange.domain.calls import Form
from exchange.llm.batching import lines

DIGEST = "0123456789abcdef" * 4
CALLS = {7: Sent(call=7, question_digest=DIGEST, form=Form.SCHEMA, batch="pb-000000000001", settled=False)}


def line(**fields: Any) -> bytes:
    good = {"custom_id": lines.custom_id(7, DIGEST), "response": {"status_code": 200, "body": {"a": 1}}, "error": None}
    return json.dumps(good | fields).encode()


def test_a_line_answers_the_call_that_its_custom_id_names() -> None:
    read = lines.read(line())

    assert read
    assert (read.answers(CALLS), read.good, read.bytes) == (CALLS[7], True, b'{"a": 1}')


@pytest.mark.parametrize(
    "custom_id", ["call-8-0123456789abcdef", "call-7-fedcba9876543210", "call-7", "", "call-٧-0123456789abcdef"]
)
def test_a_line_with_another_custom_id_answers_nothing(custom_id: str) -> None:
    read = lines.read(line(custom_id=custom_id))

    assert read
    assert read.answers(CALLS) is None


@pytest.mark.parametrize("raw", [line()[:-9], b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"custom_id": 7}'])
def test_a_line_that_is_no_result_is_none(raw: bytes) -> None:
    assert lines.read(raw) is None


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"code": "batch_expired", "message": "…"}, "the batch expired before the provider came to it"),
        ({"code": "batch_cancelled", "message": "…"}, "the batch was cancelled before the provider came to it"),
        ({"code": "odd", "message": "So it is."}, "the provider gave no answer: So it is."),
        (None, "the provider gave no answer: it does not say why"),
    ],
)
def test_a_line_without_an_answer_says_why(error: dict[str, str] | None, said: str) -> None:
    read = lines.read(line(response=None, error=error))

    assert read
    assert (read.not_done, read.good) == (said, False)


def test_blank_lines_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(b"\n one \n\n \ntwo")

    assert list(lines.raw(tmp_path / "lines")) == [b" one \n", b"two"]
