"""Debates whose judges answer by batches: half the price, and nothing asked twice."""

import asyncio
import platform
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from exchange.domain.calls import Via
from exchange.domain.event import ScoreEvent
from exchange.domain.score import State
from exchange.errors import (
    AuthError,
    Conflict,
    Interrupted,
    LimitReached,
    QuotaExhausted,
    RequestRefused,
    StoreError,
    TransientError,
)
from exchange.jobs.provider_batches import cancel
from exchange.jobs.run import running
from exchange.jobs.setup import Wishes
from exchange.jobs.verify import verify
from exchange.store.clock import later
from exchange.store.engine import Store, open_store
from exchange.store.owners import Owner
from exchange.store.provider_batches import cancelled, unsettled
from exchange.testing import BATCHES, CATALOGUE, Fault, FaultServer
from exchange.testing.batch_fault import BatchFault
from exchange.testing.faults import drop_after_charge, drop_in_body, page, status
from tests import images
from tests.faults import outside
from tests.jobs.batching import claims, held, quick, wishes
from tests.jobs.holding import all_played_by, playing, rows


@pytest.fixture
def priced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in outside.home(tmp_path).items():
        monkeypatch.setenv(name, value)


def of_one_model(store: Store, folder: Path, url: str) -> Wishes:
    """Two judges of one model, whose questions go out together."""
    return replace(wishes(store, folder, url), judges=(f"openai:judge@{url}",) * 2)


def states(store: Store) -> dict[str, int]:
    return Counter(str(state) for (state,) in rows(store, "state FROM call WHERE provider_batch IS NOT NULL"))


async def test_judges_answer_by_batches_and_debates_are_scored(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 3)
    with FaultServer() as server:
        ended = await held(example_store, names, wishes(example_store, tmp_path, server.url))

    assert [isinstance(each, ScoreEvent) and each.score.state for each in ended] == [State.SCORED] * 3, ended


@pytest.mark.sqlite
async def test_a_batch_costs_half_of_what_single_calls_do(example_store: Store, tmp_path: Path, priced: None) -> None:
    first, second = claims(example_store, tmp_path, 2)
    with FaultServer(tokens=lambda *_: (1000, 100)) as server:
        wanted = wishes(example_store, tmp_path, server.url)
        await held(example_store, [first], wanted)
        await held(example_store, [second], wanted, via=Via.CALL)

    assert rows(
        example_store,
        "provider_batch IS NOT NULL, count(*), round(sum(cost), 9) FROM call WHERE role = 'judge' GROUP BY 1 ORDER BY 1",
    ) == [(0, 6, 6 * 0.0028), (1, 6, 6 * 0.0014)]


async def test_what_went_by_batches_verifies(example_store: Store, tmp_path: Path, priced: None) -> None:
    names = claims(example_store, tmp_path, 2)
    with FaultServer() as server:
        await held(example_store, names, wishes(example_store, tmp_path, server.url))
    found = verify(example_store)

    assert (found.debates, found.scores, found.broken) == (2, 2, ())


async def test_one_file_holds_the_questions_of_all_debates_to_one_model(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 4)
    with FaultServer() as server:
        await held(example_store, names, wishes(example_store, tmp_path, server.url))
        made = len(server.batches.made)

    # Priors and finals, of two models.
    assert made == 4


async def test_a_file_holds_no_more_requests_than_it_may(example_store: Store, tmp_path: Path, priced: None) -> None:
    names = claims(example_store, tmp_path, 5)
    with FaultServer() as server:
        chosen = quick(batches={"requests": 2})
        await held(example_store, names, wishes(example_store, tmp_path, server.url), chosen)
        totals = [each["request_counts"]["total"] for each in server.batches.made]

    assert (max(totals), sum(totals)) == (2, 30)


async def test_a_file_holds_no_more_bytes_than_it_may(example_store: Store, tmp_path: Path, priced: None) -> None:
    names = claims(example_store, tmp_path, 3)
    with FaultServer() as server:
        chosen = quick(batches={"bytes": 1_000})
        await held(example_store, names, wishes(example_store, tmp_path, server.url), chosen)
        totals = {each["request_counts"]["total"] for each in server.batches.made}

    assert totals == {1}


@pytest.mark.parametrize("name", sorted(set(BATCHES) - {"failed-line", "failed-whole"}))
async def test_whatever_becomes_of_the_first_batches_every_debate_is_scored_and_paid_for_as_the_server_says(
    name: str, example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 4)
    with FaultServer(batches=[BATCHES[name]] * 2) as server:
        ended = await held(example_store, names, wishes(example_store, tmp_path, server.url))
        charged = outside.charged(server.log)
    ((known, at_most),) = rows(example_store, "sum(cost), sum(coalesce(cost, worst)) FROM call")

    assert [isinstance(each, ScoreEvent) for each in ended] == [True] * 4, ended
    assert float(str(known)) - 1e-9 <= charged <= float(str(at_most)) + 1e-9
    assert states(example_store)["open"] == 0


@pytest.mark.parametrize(
    ("name", "unknown", "again"),
    [
        ("good", 0, 0),
        ("shuffled", 0, 0),
        ("duplicated", 0, 0),
        ("missing", 0, 0),
        ("stranger", 0, 0),
        ("nonsense", 0, 0),
        ("without-output", 0, 0),
        ("expired-half", 0, 0),
        ("expired-whole", 0, 0),
        ("cancelled-half", 0, 0),
        ("failed-full", 0, 0),
        ("lost-after-charge", 2, 2),
        ("cut", 2, 2),
        ("uncounted", 2, 2),
        ("without-output-after-charge", 8, 8),
    ],
)
async def test_only_what_was_paid_for_and_lost_is_bought_again(
    name: str, unknown: int, again: int, example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 4)
    with FaultServer(batches=[BATCHES[name]] * 2) as server:
        await held(example_store, names, wishes(example_store, tmp_path, server.url))
        bought = outside.bought_again(server.log)

    assert (states(example_store).get("unknown", 0), bought) == (unknown, again)


@pytest.mark.parametrize(("name", "failed"), [("failed-line", 1), ("failed-whole", 4)])
async def test_a_question_that_the_provider_refuses_stops_its_debate_with_the_reason(
    name: str, failed: int, example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 4)
    with FaultServer(batches=[BATCHES[name]]) as server:
        ended = await held(example_store, names, wishes(example_store, tmp_path, server.url))
    kinds = Counter(type(each) for each in ended)

    assert kinds == Counter({ScoreEvent: 4 - failed, RequestRefused: failed}) - Counter(), ended


async def test_a_batch_that_expires_again_and_again_is_given_up_after_three_files(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 1)
    with FaultServer(batches=lambda _: BATCHES["expired-whole"]) as server:
        ended = await held(example_store, names, wishes(example_store, tmp_path, server.url))
        made, charged = len(server.batches.made), outside.charged(server.log)

    assert (type(ended[0]), made, charged) == (TransientError, 6, 0.0)


@pytest.mark.parametrize(
    ("fault", "sent"),
    [
        (status(429), 2),
        (status(500), 2),
        (status(400, message="Unknown response_format."), 2),
        (page(200, sent=b"{}", kind="application/json"), 2),
    ],
)
async def test_a_line_that_failed_for_now_is_sent_again(
    fault: Fault, sent: int, example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 2)
    spoilt = BatchFault(name="one-line", line=lambda number, _: fault if number == 1 else None)
    with FaultServer(batches=[spoilt]) as server:
        ended = await held(example_store, names, wishes(example_store, tmp_path, server.url))
    asked = rows(
        example_store,
        "count(*) FROM call WHERE provider_batch IS NOT NULL GROUP BY debate_id, place ORDER BY 1 DESC LIMIT 1",
    )

    assert [isinstance(each, ScoreEvent) for each in ended] == [True] * 2, ended
    assert asked == [(sent,)]


async def test_a_reply_out_of_form_is_asked_for_once_more_in_a_later_file(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 2)
    spoilt = BatchFault(name="prose", line=lambda number, _: CATALOGUE["prose-for-json"] if number == 1 else None)
    with FaultServer(batches=[spoilt]) as server:
        ended = await held(example_store, names, wishes(example_store, tmp_path, server.url))

    assert [isinstance(each, ScoreEvent) for each in ended] == [True] * 2, ended
    assert rows(example_store, "sample, state FROM call WHERE sample > 0") == [(1, "answered")]


@pytest.mark.parametrize("kind", ["upload", "create", "find", "look", "download"])
@pytest.mark.parametrize(
    "fault", [status(503), status(429), drop_after_charge(), drop_in_body()], ids=lambda fault: fault.name
)
async def test_a_request_about_a_batch_that_fails_for_now_is_repeated_and_no_batch_is_made_twice(
    kind: str, fault: Fault, example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 1)
    with FaultServer(way=lambda asked, number: fault if asked == kind and number == 1 else None) as server:
        ended = await held(example_store, names, wishes(example_store, tmp_path, server.url))
        made, again = len(server.batches.made), outside.bought_again(server.log)

    assert (isinstance(ended[0], ScoreEvent), made, again) == (True, 4, 0), ended


async def test_a_cap_has_room_for_twice_as_many_questions_by_batch(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 1)
    with FaultServer() as server:
        wanted = wishes(example_store, tmp_path, server.url)
        ended = await held(example_store, names, wanted, cap=0.02)
        charged, called = outside.charged(server.log), len(server.log)
    ((reserved,),) = rows(example_store, "coalesce(sum(coalesce(cost, worst)), 0) FROM call")

    assert isinstance(ended[0], LimitReached), ended
    assert charged <= 0.02
    assert float(str(reserved)) <= 0.02
    assert called <= 2


async def test_what_lacks_money_waits_for_what_costs_less_than_it_was_reserved(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 4)
    with FaultServer(tokens=lambda *_: (10, 10)) as server:
        wanted = wishes(example_store, tmp_path, server.url)
        ended = await held(example_store, names, wanted, cap=0.1)

    assert [isinstance(each, ScoreEvent) for each in ended] == [True] * 4, ended


async def test_an_interruption_leaves_the_batch_to_the_next_run(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 2)
    halt = asyncio.Event()

    def heard(_: object, said: str) -> None:
        if "is validating" in said:
            halt.set()

    with FaultServer(looks=5) as server:
        wanted = wishes(example_store, tmp_path, server.url)
        stopped = await held(example_store, names, wanted, halt=halt, heard=heard)
        between = len(server.log)
        ended = await held(example_store, names, wanted)
        again = outside.bought_again(server.log)
        made = len(server.batches.made)

    assert [type(each) for each in stopped] == [Interrupted] * 2
    assert (between, again) == (0, 0)
    assert [isinstance(each, ScoreEvent) for each in ended] == [True] * 2, ended
    assert made <= 5


async def test_single_calls_do_not_buy_what_a_batch_was_asked(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 1)
    halt = asyncio.Event()

    def heard(_: object, said: str) -> None:
        if "is validating" in said:
            halt.set()

    with FaultServer(looks=5) as server:
        wanted = wishes(example_store, tmp_path, server.url)
        await held(example_store, names, wanted, halt=halt, heard=heard)
        (ended,) = await held(example_store, names, wanted, via=Via.CALL)

    assert isinstance(ended, Conflict)
    assert "go on with --via batch, or cancel the batch first" in str(ended)


async def test_a_run_sees_the_batches_of_earlier_runs_to_their_ends(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    first, second = claims(example_store, tmp_path, 2)
    halt = asyncio.Event()

    def heard(_: object, said: str) -> None:
        if "is validating" in said:
            halt.set()

    with FaultServer() as server:
        wanted = wishes(example_store, tmp_path, server.url)
        await held(example_store, [first], wanted, halt=halt, heard=heard)
        await held(example_store, [second], wanted)

    assert rows(example_store, "* FROM provider_batch WHERE settled_at IS NULL") == []


@pytest.mark.parametrize("pause", [0.01, 1.0], ids=["who awaits settles it", "who cancels settles it"])
async def test_a_cancelled_batch_keeps_what_was_done_and_whoever_awaits_the_rest_is_interrupted(
    tmp_path: Path, priced: None, pause: float
) -> None:
    (tmp_path / "exchange.db").write_bytes(images.with_examples())
    example_store = open_store(tmp_path / "exchange.db")
    names = claims(example_store, tmp_path, 4)
    sent = asyncio.Event()

    all_said: list[str] = []

    def heard(_: object, said: str) -> None:
        all_said.append(said)
        if "is in_progress" in said:
            sent.set()

    with FaultServer(batches=[BatchFault(name="half", share=0.5)], looks=10_000) as server:
        wanted = all_played_by(wishes(example_store, tmp_path, server.url).proposer or "", "panel")
        wanted = replace(wanted, judges=(f"openai:judge@{server.url}",) * 2)
        # All eight priors go out together, however slowly they come.
        together = quick(
            batches={"requests": 8, "quiet_seconds": 2.0, "first_pause": pause, "longest_pause": max(pause, 0.05)}
        )
        debates = asyncio.create_task(held(example_store, names, wanted, together, heard=heard))
        await asyncio.wait_for(sent.wait(), 10)
        server.batches.hold(2)
        async with running(example_store, quick(), via=Via.BATCH) as run:
            await cancel(run, unsettled(example_store))
        unheard = not any("is cancelled" in each for each in all_said)
        ended = await asyncio.wait_for(debates, 60)
        charged = outside.charged(server.log)

    left, cost = states(example_store), rows(example_store, "round(sum(cost), 9) FROM call")
    halved = {str(name) for (name,) in rows(example_store, "debate_id FROM call WHERE state = 'failed'")}
    example_store.close()

    assert unheard or pause < 1
    # Those that had both priors by then went on, to four finals each; which they are, the order of the file says.
    went_on = len(names) - len(halved)
    assert Counter(type(each) for each in ended) == Counter({ScoreEvent: went_on, Interrupted: len(halved)}), ended
    assert left == Counter({"answered": 4 + 4 * went_on, "failed": 4})
    assert cost == [(round(charged, 9),)]


async def test_after_a_cancel_only_what_is_missing_is_asked(example_store: Store, tmp_path: Path, priced: None) -> None:
    names = claims(example_store, tmp_path, 2)
    halt = asyncio.Event()

    def heard(_: object, said: str) -> None:
        if "is validating" in said:
            halt.set()

    half = BatchFault(name="half", share=0.5)
    with FaultServer(batches=[half, half], looks=5) as server:
        wanted = wishes(example_store, tmp_path, server.url)
        await held(example_store, names, wanted, halt=halt, heard=heard)
        async with running(example_store, quick(), via=Via.BATCH) as run:
            await cancel(run, unsettled(example_store))
        ended = await held(example_store, names, wanted)
        again = outside.bought_again(server.log)

    assert [isinstance(each, ScoreEvent) for each in ended] == [True] * 2, ended
    assert again == 0


async def test_a_batch_that_was_never_sent_cancels_for_nothing(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 2)
    with FaultServer(way=lambda kind, _: status(401) if kind == "upload" else None) as server:
        wanted = wishes(example_store, tmp_path, server.url)
        ended = await held(example_store, names, wanted)

    assert {type(each) for each in ended} == {AuthError}
    assert rows(example_store, "state, cost, count(*) FROM call WHERE provider_batch IS NOT NULL GROUP BY 1, 2") == [
        ("failed", 0.0, 4)
    ]


async def test_a_batch_that_the_provider_does_not_take_costs_nothing_and_can_be_tried_again(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 1)
    empty = status(429, code_in_body="insufficient_quota", message="Billing hard limit has been reached.")
    with FaultServer(way=lambda kind, number: empty if (kind, number) == ("create", 1) else None) as server:
        wanted = wishes(example_store, tmp_path, server.url)
        first = await held(example_store, names, wanted)
        second = await held(example_store, names, wanted)
        again = outside.bought_again(server.log)

    assert (type(first[0]), isinstance(second[0], ScoreEvent), again) == (QuotaExhausted, True, 0)


async def test_models_in_this_process_are_asked_at_once(example_store: Store, tmp_path: Path) -> None:
    (name,) = claims(example_store, tmp_path, 1)
    script = playing(example_store, tmp_path / "script.json")
    ended = await held(example_store, [name], all_played_by(script))

    assert isinstance(ended[0], ScoreEvent)
    assert rows(example_store, "count(*) FROM provider_batch") == [(0,)]


@pytest.mark.sqlite
async def test_the_store_refusing_an_outcome_stops_all_and_the_next_run_fetches_it(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 2)
    full = "CREATE TRIGGER full BEFORE UPDATE ON call WHEN NEW.state = 'answered' AND NEW.provider_batch IS NOT NULL "
    with FaultServer() as server:
        wanted = wishes(example_store, tmp_path, server.url)
        with example_store.writing() as transaction:
            transaction.exec_driver_sql(full + "BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        stopped = await held(example_store, names, wanted)
        with example_store.writing() as transaction:
            transaction.exec_driver_sql("DROP TRIGGER full")
        ended = await held(example_store, names, wanted)
        again = outside.bought_again(server.log)

    assert all(isinstance(each, StoreError) for each in stopped), stopped
    assert ([isinstance(each, ScoreEvent) for each in ended], again) == ([True] * 2, 0)


async def test_a_disk_without_room_for_the_file_stops_all_and_nothing_is_paid(
    example_store: Store, tmp_path: Path, priced: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = claims(example_store, tmp_path, 1)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with FaultServer() as server:
        ended = await held(example_store, names, wishes(example_store, tmp_path, server.url))

    assert (type(ended[0]), states(example_store)) == (StoreError, {"failed": 2})


async def test_a_batch_that_was_cancelled_before_it_was_made_is_never_made(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names, down = claims(example_store, tmp_path, 1), [status(503)]
    with FaultServer(way=lambda kind, _: down[0] if down and kind == "create" else None) as server:
        await held(example_store, names, of_one_model(example_store, tmp_path, server.url))
        down.clear()
        waiting = unsettled(example_store)
        cancelled(example_store, *(each.id for each in waiting))
        async with running(example_store, quick(), via=Via.BATCH) as run:
            await cancel(run, waiting)
        made = server.batches.made

    assert (len(waiting), made, states(example_store)) == (1, (), {"failed": 2})
    assert rows(example_store, "sum(cost) FROM call WHERE provider_batch IS NOT NULL") == [(0.0,)]


async def test_whoever_awaits_a_batch_that_was_cancelled_before_it_was_made_is_interrupted(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 1)

    def down(kind: str, number: int) -> Fault | None:
        if (kind, number) == ("create", 1):
            cancelled(example_store, *(each.id for each in unsettled(example_store)))
        return status(503) if kind == "create" else None

    with FaultServer(way=down) as server:
        (ended,) = await held(example_store, names, of_one_model(example_store, tmp_path, server.url))
        asked = server.batches.asked["create"]

    assert (type(ended), asked) == (Interrupted, 1)


async def test_a_batch_that_another_process_took_over_meanwhile_is_left_to_it(tmp_path: Path, priced: None) -> None:
    path = tmp_path / "exchange.db"
    path.write_bytes(images.with_examples())
    store = open_store(path)
    names, senders = claims(store, tmp_path, 1), list[str]()
    first = psutil.Process(1)
    other = Owner(host=platform.node(), process=1, started=first.create_time(), token="0").to_json()

    def taken_over(kind: str, number: int) -> Fault | None:
        if kind != "create":
            return None
        with closing(sqlite3.connect(path)) as connection, connection:
            senders.extend(owner for (owner,) in connection.execute("SELECT owner FROM provider_batch"))
            if number == 1:
                connection.execute("UPDATE provider_batch SET owner = ?, leased_until = ?", (other, later(1.0)))
        return status(503) if number == 1 else None

    with FaultServer(way=taken_over) as server:
        (ended,) = await held(store, names, of_one_model(store, tmp_path, server.url))
    store.close()

    assert (isinstance(ended, ScoreEvent), other in senders) == (True, False), ended


async def test_a_schema_that_a_model_refuses_is_not_sent_to_it_again(
    example_store: Store, tmp_path: Path, priced: None
) -> None:
    names = claims(example_store, tmp_path, 1)
    refusing = BatchFault(name="no-schema", line=lambda *_: status(400, message="Unknown response_format."))
    with FaultServer(batches=[refusing]) as server:
        (ended,) = await held(example_store, names, of_one_model(example_store, tmp_path, server.url))
    forms = rows(example_store, "form, count(*) FROM call WHERE provider_batch IS NOT NULL GROUP BY 1 ORDER BY 1")

    assert isinstance(ended, ScoreEvent), ended
    assert forms == [("json_object", 6), ("json_schema", 2)]
