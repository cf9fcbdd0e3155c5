"""The catalogue of faults, and what each makes of a good answer."""

import json
import re
from collections.abc import Iterator

import pytest

from exchange.debate.replies import Judgment, Speaking
from exchange.errors import ReplyError
from exchange.llm import completion
from exchange.llm.reply import parse
from exchange.testing import CATALOGUE, Fault, FaultServer, Way
from exchange.testing.answer import completion as completed
from exchange.testing.answer import sent
from exchange.testing.faults import EVERY, credence, say
from tests.builders import judged, spoken
from tests.testing.asking import Client

VERDICT, TURN = json.dumps(judged(60)), json.dumps(spoken())
SPEAKING = [each for each in EVERY if each.way is Way.WHOLE and each.name != "no-content"]
OF_NUMBERS = [name for name in CATALOGUE if name.startswith(("credence-", "rating-"))]
OF_TEXTS = [each.name for each in EVERY if each.reword is not Fault(name="").reword]
HARMLESS = {"fenced-json", "padded-reply", "nul-in-the-reply"}


def body(fault: Fault, text: str = VERDICT) -> bytes:
    good = completed(1, "tiny", fault.reword(text), (11, 7)) if fault.charged else None
    return sent(fault, good, "").body


@pytest.fixture(scope="module")
def by_name() -> Iterator[FaultServer]:
    """A server that commits the fault that the prompt names."""
    with FaultServer(
        faults=lambda _, asked: CATALOGUE[asked["messages"][0]["content"]],
        answer=lambda _: VERDICT,
        tokens=lambda *_: (11, 7),
    ) as server:
        yield server


def test_every_fault_has_a_name_of_its_own() -> None:
    assert len(CATALOGUE) == len(EVERY)


def test_names_are_words_with_hyphens() -> None:
    assert [name for name in CATALOGUE if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_there_are_many_kinds() -> None:
    assert len(CATALOGUE) >= 45


def test_errors_are_not_charged() -> None:
    assert [each.name for each in EVERY if each.status >= 300 and each.charged] == []


@pytest.mark.parametrize("fault", SPEAKING, ids=lambda fault: fault.name)
def test_a_fault_goes_over_the_wire_as_it_is(by_name: FaultServer, fault: Fault) -> None:
    with Client(by_name.url) as client:
        response = client.ask(fault.name)
        read = response.read()

    assert (response.status, len(read)) == (fault.status, len(body(fault)))


def test_no_content_has_none() -> None:
    with FaultServer(faults=[CATALOGUE["no-content"]]) as server, Client(server.url) as client:
        response = client.ask()

    assert (response.status, response.read(), response.getheader("content-length")) == (204, b"", None)


@pytest.mark.parametrize("name", [name for name in OF_NUMBERS if name.startswith("credence-")])
def test_a_bad_credence_is_not_read(name: str) -> None:
    with pytest.raises(ReplyError):
        parse(completion.read(body(CATALOGUE[name])), Judgment)


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_a_turn_has_no_number_to_spoil(name: str) -> None:
    assert CATALOGUE[name].reword(TURN) == TURN


@pytest.mark.parametrize("name", [name for name in OF_TEXTS if name not in HARMLESS and name not in OF_NUMBERS])
def test_a_spoilt_text_is_not_read_as_a_turn(name: str) -> None:
    with pytest.raises(ReplyError):
        parse(completion.read(body(CATALOGUE[name], TURN)), Speaking)


@pytest.mark.parametrize("name", ["fenced-json", "padded-reply"])
def test_a_text_with_an_accepted_frame_is_read_as_it_was(name: str) -> None:
    good = parse(completion.read(body(Fault(name="none"))), Judgment)

    assert parse(completion.read(body(CATALOGUE[name])), Judgment) == good


def test_a_fault_of_ones_own_stands_where_the_credence_was() -> None:
    assert '"credence": 0x37' in credence("credence-in-hex", "0x37").reword(VERDICT)


def test_backslashes_are_said_as_they_are() -> None:
    assert say("backslashes", r"\d \1").reword(VERDICT) == r"\d \1"


def test_the_truncated_body_is_as_long_as_it_says() -> None:
    with FaultServer(faults=[CATALOGUE["truncated-body"]]) as server, Client(server.url) as client:
        response = client.ask()
        read = response.read()

    assert response.getheader("content-length") == str(len(read))
