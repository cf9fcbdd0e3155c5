"""The fault server, asked over real HTTP on loopback."""

import hashlib
import http.client
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exchange.domain.calls import Form
from exchange.errors import TransientError
from exchange.llm.openai import NO_KEY, OpenAIModel
from exchange.llm.spec import parse
from exchange.testing import CATALOGUE, Fault, FaultServer, Served, in_flight, read_log
from exchange.testing.faults import delay, drop_after_charge, drop_before_charge, redirect, status
from tests.llm.journal import question
from tests.testing.asking import KEY, Client, ask, request, text


def never(request: dict[str, Any]) -> str:
    raise LookupError("no such answer")


def of_no_number(number: int, request: dict[str, Any]) -> Fault | None:
    raise LookupError("no such fault")


def wait_for(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + 5
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.01)


def cut_off(url: str) -> None:
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        ask(url)


async def test_the_projects_own_client_gets_a_reply() -> None:
    with FaultServer(answer=lambda _: "{}", tokens=lambda *_: (11, 7)) as server:
        model = OpenAIModel(parse(f"openai:tiny@{server.url}"), None, concurrency=1, connect=5, total=5)
        reply = await model.attempt(question(), Form.SCHEMA)
        await model.close()

    assert (reply.text, reply.usage.input_tokens, reply.usage.output_tokens) == ("{}", 11, 7)


def test_a_connection_is_kept_for_the_next_call() -> None:
    with FaultServer() as server, Client(server.url) as client:
        said = [text(client.ask().read()) for _ in range(3)]

    assert len(set(said)) == 1


def test_the_nth_call_gets_the_nth_fault_and_those_behind_it_none() -> None:
    with FaultServer(faults=[status(503), None, status(429)]) as server:
        statuses = [ask(server.url)[0] for _ in range(5)]

    assert statuses == [503, 200, 429, 200, 200]


def test_a_function_decides_by_number_and_request() -> None:
    with FaultServer(
        faults=lambda number, asked: status(400 + number) if "odd" in asked["messages"][0]["content"] else None
    ) as server:
        statuses = [ask(server.url, content)[0] for content in ("odd", "even", "odd")]

    assert statuses == [401, 200, 403]


def test_a_call_is_logged_with_what_it_cost() -> None:
    with FaultServer(tokens=lambda *_: (11, 7)) as server:
        ask(server.url, key=KEY)
    entry = server.log[0]

    assert (entry.number, entry.model, entry.keyed, entry.status, entry.fault, entry.charged) == (
        1,
        "tiny",
        True,
        200,
        None,
        True,
    )


def test_a_call_is_charged_before_its_answer_goes_out() -> None:
    with FaultServer(tokens=lambda *_: (11, 7)) as server:
        ask(server.url)
        entry = server.log[0]

    assert (entry.charged, entry.input_tokens, entry.output_tokens) == (True, 11, 7)


def test_tokens_are_a_quarter_of_the_bytes() -> None:
    with FaultServer(answer=lambda _: "ä" * 20) as server:
        ask(server.url, content="x" * 400)

    assert (server.log[0].input_tokens, server.log[0].output_tokens) == (100, 10)


def test_what_is_refused_is_not_charged() -> None:
    with FaultServer(faults=[status(429)]) as server:
        ask(server.url)

    assert (server.log[0].charged, server.log[0].input_tokens, server.log[0].fault) == (False, 0, "status-429")


def test_the_same_question_has_the_same_digest() -> None:
    with FaultServer() as server:
        for content in ("one", "two", "one"):
            ask(server.url, content)
    expected = [hashlib.sha256(json.dumps(request(each)).encode()).hexdigest() for each in ("one", "two", "one")]

    assert expected == [entry.question for entry in server.log]


def test_a_key_stands_nowhere_in_the_log(tmp_path: Path) -> None:
    with FaultServer(log=tmp_path / "log") as server:
        ask(server.url, key=KEY)

    assert (KEY in str(server.log), KEY in (tmp_path / "log").read_text()) == (False, False)


@pytest.mark.parametrize("key", [None, NO_KEY])
def test_a_call_without_a_key_is_known_as_one(key: str | None) -> None:
    with FaultServer() as server:
        ask(server.url, key=key)

    assert server.log[0].keyed is False


def test_a_drop_before_the_charge_is_a_reset_that_costs_nothing() -> None:
    with FaultServer(faults=[drop_before_charge()]) as server, pytest.raises(ConnectionResetError):
        ask(server.url)

    assert (server.log[0].charged, server.log[0].status) == (False, None)


def test_a_drop_after_the_charge_is_paid_for() -> None:
    with FaultServer(faults=[drop_after_charge()]) as server, pytest.raises(http.client.RemoteDisconnected):
        ask(server.url)

    assert (server.log[0].charged, server.log[0].status, server.log[0].output_tokens > 0) == (True, None, True)


def test_a_drop_in_the_headers_leaves_none_of_the_body() -> None:
    with FaultServer(faults=[CATALOGUE["drop-in-headers"]]) as server, Client(server.url) as client:
        response = client.ask()
        read = response.read()

    assert (read, response.getheader("content-length"), server.log[0].charged) == (b"", None, True)


def test_a_drop_in_the_body_leaves_half_of_it() -> None:
    with FaultServer(faults=[CATALOGUE["drop-in-body"]]) as server, Client(server.url) as client:
        response = client.ask()
        with pytest.raises(http.client.IncompleteRead) as cut:
            response.read()

    assert (len(cut.value.partial) > 0, server.log[0].charged) == (True, True)


@pytest.mark.parametrize("name", ["slow-bytes", "slow-headers"])
async def test_bytes_that_dawdle_are_given_up_by_the_client_and_survived_by_the_server(name: str) -> None:
    with FaultServer(faults=[CATALOGUE[name]]) as server:
        model = OpenAIModel(parse(f"openai:tiny@{server.url}"), None, concurrency=1, connect=5, total=0.2)
        with pytest.raises(TransientError, match="did not answer within"):
            await model.attempt(question(), Form.SCHEMA)
        await model.close()
        status_of_the_next, _ = ask(server.url)

    assert (status_of_the_next, server.log[0].ended is not None) == (200, True)


def test_an_error_may_echo_the_key() -> None:
    with FaultServer(faults=[CATALOGUE["status-401-echoing-the-key"]]) as server:
        code, body = ask(server.url, key=KEY)

    assert (code, KEY in json.loads(body)["error"]["message"]) == (401, True)


def test_a_redirect_names_the_other_server() -> None:
    with FaultServer(faults=[redirect("http://127.0.0.1:9/v1")]) as server, Client(server.url) as client:
        response = client.ask()

    assert (response.status, response.getheader("location")) == (302, "http://127.0.0.1:9/v1")


def test_a_delay_is_kept() -> None:
    begun = time.monotonic()
    with FaultServer(faults=[delay(0.1)], latency=0.1) as server:
        ask(server.url)

    assert time.monotonic() - begun >= 0.2


def test_a_client_that_vanishes_is_not_spoken_of(capfd: pytest.CaptureFixture[str]) -> None:
    with FaultServer(latency=0.2) as server:
        with Client(server.url, timeout=0.1) as client, pytest.raises(TimeoutError):
            client.ask()
        wait_for(lambda: server.log and server.log[0].ended)
        entry = server.log[0]

    assert (entry.ended is not None, entry.charged, capfd.readouterr()) == (True, True, ("", ""))


def test_a_server_that_is_closed_lets_nobody_wait_and_charges_nothing() -> None:
    begun = time.monotonic()
    with FaultServer(latency=60) as server:
        asking = threading.Thread(target=cut_off, args=(server.url,))
        asking.start()
        wait_for(lambda: server.log)
    asking.join()

    assert (time.monotonic() - begun < 2, server.log[0].charged) == (True, False)


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[]", b"{}", b"\xff"])
def test_a_request_that_is_none_is_refused(body: bytes) -> None:
    with FaultServer() as server:
        code, _ = ask(server.url, body=body)

    assert (code, server.log[0].fault) == (400, "no-request")


def test_an_answer_that_raises_is_told_to_the_client() -> None:
    with FaultServer(answer=never) as server:
        code, body = ask(server.url)

    assert (code, b"LookupError: no such answer" in body, server.log[0].charged) == (500, True, False)


def test_a_plan_that_raises_is_told_to_the_client() -> None:
    with FaultServer(faults=of_no_number) as server:
        code, body = ask(server.url)

    assert (code, b"LookupError: no such fault" in body) == (500, True)


def test_a_log_file_gives_what_the_log_gives(tmp_path: Path) -> None:
    with FaultServer(faults=[status(503)], log=tmp_path / "log") as server:
        for _ in range(3):
            ask(server.url)

    assert server.log == read_log(tmp_path / "log")


def test_a_log_file_tells_what_is_in_flight(tmp_path: Path) -> None:
    with FaultServer(latency=60, log=tmp_path / "log") as server:
        with Client(server.url, timeout=0.05) as client, pytest.raises(TimeoutError):
            client.ask()
        wait_for(lambda: server.log)
        read = read_log(tmp_path / "log")

    assert ([entry.number for entry in in_flight(read, time.time())], read[0].ended) == ([1], None)


def test_a_log_file_is_appended_to(tmp_path: Path) -> None:
    for _ in range(2):
        with FaultServer(log=tmp_path / "log") as server:
            ask(server.url)

    assert [(each.number, each.ended is not None) for each in read_log(tmp_path / "log")] == [(1, True), (1, True)]


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    with FaultServer(log=tmp_path / "log") as server:
        ask(server.url)
    (tmp_path / "log").write_text((tmp_path / "log").read_text()[:-9])

    assert [each.ended for each in read_log(tmp_path / "log")] == [None]


def test_in_flight_is_what_was_received_and_had_not_ended() -> None:
    times = [(1, 2), (1, 3), (3, 4), (4, 5), (1, None)]
    entries = [
        Served(number=number, received=received, ended=ended, model="tiny", question="", keyed=False)
        for number, (received, ended) in enumerate(times, start=1)
    ]

    assert [each.number for each in in_flight(entries, 3)] == [2, 3, 5]


def test_many_clients_are_served_at_a_time() -> None:
    begun = time.monotonic()
    with FaultServer(latency=0.2) as server:
        clients = [threading.Thread(target=ask, args=(server.url,)) for _ in range(30)]
        for each in clients:
            each.start()
        for each in clients:
            each.join()

    assert (time.monotonic() - begun < 2, sorted(each.number for each in server.log)) == (True, [*range(1, 31)])
