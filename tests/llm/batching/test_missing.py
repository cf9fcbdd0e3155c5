"""Calls that no line answers, and why."""

import pytest

from exchange.domain.batches import BatchState, Complaint, Sent, Standing
from exchange.domain.calls import Form
from exchange.errors import ExchangeError, Interrupted, RequestRefused, TransientError, UnknownModel
from exchange.llm.batching.missing import Missing


def calls(*settled: bool) -> dict[int, Sent]:
    return {
        number: Sent(call=number, question_digest="0" * 64, form=Form.SCHEMA, batch="pb-000000000001", settled=each)
        for number, each in enumerate(settled, start=11)
    }


def whys(
    state: BatchState, *complaints: Complaint, of: dict[int, Sent] | None = None, cancelled: bool = False
) -> dict[int, type[ExchangeError]]:
    standing = Standing(provider_id="batch_1", state=state, complaints=complaints)
    missing = Missing(standing, of or calls(False, False), doubtful=False, cancelled=cancelled, pause=60)
    return {each.sent.call: type(each.said) for each in missing.outcomes() if isinstance(each.said, ExchangeError)}


@pytest.mark.parametrize("state", [BatchState.COMPLETED, BatchState.EXPIRED, BatchState.CANCELLED])
def test_what_the_provider_did_not_come_to_is_sent_again(state: BatchState) -> None:
    assert whys(state) == {11: TransientError, 12: TransientError}


def test_what_we_cancelled_is_not_sent_again_by_itself() -> None:
    assert whys(BatchState.CANCELLED, cancelled=True) == {11: Interrupted, 12: Interrupted}


def test_a_call_with_an_outcome_is_not_missing() -> None:
    assert whys(BatchState.EXPIRED, of=calls(True, False)) == {12: TransientError}


def test_a_complaint_about_a_line_is_that_calls_alone() -> None:
    assert whys(BatchState.FAILED, Complaint(line=2, code="bad")) == {11: TransientError, 12: RequestRefused}


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("token_limit_exceeded", TransientError),
        ("model_not_found", UnknownModel),
        ("else", RequestRefused),
        (None, RequestRefused),
    ],
)
def test_a_file_that_was_refused_is_every_calls_error(code: str | None, error: type[ExchangeError]) -> None:
    assert whys(BatchState.FAILED, Complaint(code=code)) == {11: error, 12: error}
