"""Stored verdicts under another policy: the same digits as by themselves, once, and without a model."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.config import bands
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.policy import Policy
from exchange.domain.score import Score, State
from exchange.errors import BrokenDigest, ConfigError, NotFound
from exchange.jobs import policies as known
from exchange.jobs import spans
from exchange.jobs.rescoring import Rescored, rescore
from exchange.jobs.verify import verify
from exchange.scoring.ballots import Case, ballots
from exchange.scoring.basis import basis
from exchange.scoring.policy import COLD, SHIPPED
from exchange.scoring.score import failed
from exchange.scoring.score import scores as together
from exchange.store import debates, policies, scores
from exchange.store.engine import Store, open_store
from tests import builders
from tests.bench.stores import fill
from tests.jobs.holding import HYPOTHESIS, all_played_by, held, playing, take_in
from tests.store.rows import begun, count, execute

TAUGHT = COLD.model_copy(
    update=dict(name="taught", version="1", weights={"transcript:first": 2.5}, intercept=-0.4, slope=1.3, outcomes=40)
)
FIRST = next(policy for policy in SHIPPED.values() if policy.title == "cold 1")
DEBATES = 12


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with debates of two judges on ten criteria, scored under the cold policy."""
    path = tmp_path_factory.mktemp("rescoring") / "made.db"
    fill(path, DEBATES)
    return path


@pytest.fixture
def full(made: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of its own, which knows the taught policy."""
    shutil.copy(made, tmp_path / "full.db")
    opened = open_store(tmp_path / "full.db")
    know(opened, TAUGHT)
    yield opened
    opened.close()


@pytest.fixture
async def scripted(example_store: Store, tmp_path: Path) -> Store:
    """A store with one scripted debate, which knows the taught policy."""
    await held(example_store, all_played_by(playing(example_store, tmp_path / "script.json")))
    know(example_store, TAUGHT)
    return example_store


def know(store: Store, policy: Policy) -> None:
    with store.writing() as transaction:
        policies.add(transaction, policy)


def by_itself(store: Store, event: ScoreEvent, policy: Policy) -> Score:
    """What the verdicts of the event's debate add up to under the policy, with no other debate beside it."""
    name = event.debate or ""
    setup = debates.debate(store, name).setup
    case = Case(
        ballots=ballots(debates.verdicts(store, name)),
        conduct=event.score.conduct,
        format=setup.format,
        rubric=setup.rubric,
        demonstration=event.demonstration,
    )
    return together([case], policy, bands().edges)[0]


def newest(store: Store) -> list[ScoreEvent]:
    return list(scores.current(store).values())


def test_every_hypothesis_gets_one_event_under_the_policy(full: Store) -> None:
    done = rescore(full, TAUGHT)
    found = newest(full)

    assert (done.rescored, done.already, count(full, "score_event")) == (DEBATES, 0, 2 * DEBATES)
    assert {(event.cause, event.score.policy, event.score.policy_digest) for event in found} == {
        (Cause.NEW_POLICY, "taught 1", TAUGHT.digest)
    }


@pytest.mark.parametrize("policy", [TAUGHT, FIRST], ids=["taught", "cold 1"])
def test_a_rescored_debate_has_the_digits_that_its_verdicts_have_by_themselves(full: Store, policy: Policy) -> None:
    rescore(full, policy)
    found = newest(full)

    assert [event.score.to_json() for event in found] == [by_itself(full, event, policy).to_json() for event in found]


def test_the_change_and_its_share_are_those_of_the_policy(full: Store) -> None:
    before = scores.current(full)
    rescore(full, TAUGHT)
    change = {event.hypothesis: (event.change, [share.causes for share in event.shares]) for event in newest(full)}
    after = {name: event.score.value or 0 for name, event in scores.current(full).items()}

    assert change == {
        name: (round(after[name] - (event.score.value or 0), 9), [(Cause.NEW_POLICY,)])
        for name, event in before.items()
    }


def test_only_the_policys_part_of_the_basis_is_another(full: Store) -> None:
    before = scores.current(full)
    rescore(full, TAUGHT)

    assert {event.hypothesis: event.basis for event in newest(full)} == {
        name: event.basis and event.basis.model_copy(update={"policy": TAUGHT.digest}) for name, event in before.items()
    }


def test_earlier_events_stay_as_they_were(full: Store) -> None:
    before = {name: scores.events(full, name) for name in scores.current(full)}
    rescore(full, TAUGHT)

    assert {name: scores.events(full, name)[:-1] for name in before} == before


def test_rescoring_again_does_nothing(full: Store) -> None:
    rescore(full, TAUGHT)
    again = rescore(full, TAUGHT)

    assert (again.rescored, again.already, again.moved, count(full, "score_event")) == (0, DEBATES, 0, 2 * DEBATES)


def test_what_a_rescoring_that_was_stopped_did_is_not_done_again(full: Store) -> None:
    rescore(full, TAUGHT)
    execute(full, "DROP TRIGGER score_event_kept")
    execute(full, f"DELETE FROM score_event WHERE id > {2 * DEBATES - 5}")
    done = rescore(full, TAUGHT)

    assert (done.rescored, done.already, len(newest(full))) == (5, DEBATES - 5, DEBATES)
    assert {event.score.policy for event in newest(full)} == {"taught 1"}


def test_back_under_the_first_policy_the_first_digits_come_back(full: Store) -> None:
    before = {name: event.score for name, event in scores.current(full).items()}
    rescore(full, TAUGHT)
    rescore(full, COLD)

    assert {name: event.score for name, event in scores.current(full).items()} == before


def test_what_moved_is_counted_with_how_far_at_most_and_how_many_changed_band(full: Store) -> None:
    done = rescore(full, TAUGHT)
    found, band = newest(full), bands().of
    values = [(event.score.value or 0, event.change or 0) for event in found]

    assert (done.moved, done.furthest, done.other_band) == (
        sum(change != 0 for _, change in values),
        max(abs(change) for _, change in values),
        sum(band(value) != band(round(value - change, 9)) for value, change in values),
    )


def test_the_policy_is_in_force_from_then_on(full: Store) -> None:
    rescore(full, TAUGHT)

    assert known.in_force(full) == TAUGHT


def test_progress_is_told_as_it_is_made(full: Store) -> None:
    heard: list[int] = []
    rescore(full, TAUGHT, lambda done: heard.append(done.rescored))

    assert heard[-1] == DEBATES


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("verdict", "replace(record, '\"credence\":', '\"credence\": ')"),
        ("debate", "replace(record, 'PLIN2', 'PLIN3')"),
        ("score_event", "replace(record, 'cold 2', 'cold 3')"),
    ],
)
def test_a_row_that_is_not_as_it_was_stored_is_refused(full: Store, table: str, change: str) -> None:
    execute(full, f"DROP TRIGGER IF EXISTS {table}_unchanged")
    execute(full, f"UPDATE {table} SET record = {change}")

    with pytest.raises(BrokenDigest, match="changed after it was stored"):
        rescore(full, TAUGHT)
    assert count(full, "score_event") == DEBATES


async def test_a_demonstration_stays_one(scripted: Store) -> None:
    rescore(scripted, TAUGHT)
    event = newest(scripted)[0]

    assert (event.demonstration, event.scripted, event.full_format, event.score.policy) == (
        True,
        True,
        False,
        "taught 1",
    )
    assert event.score == by_itself(scripted, event, TAUGHT)


async def test_no_model_is_asked(scripted: Store) -> None:
    before = count(scripted, "call")
    rescore(scripted, TAUGHT)

    assert (before, count(scripted, "call")) == (6, 6)


async def test_a_rescored_debate_can_be_verified(scripted: Store) -> None:
    rescore(scripted, TAUGHT)

    assert (verify(scripted).scores, verify(scripted).broken) == (2, ())


async def test_the_next_debate_is_scored_under_the_policy(scripted: Store, tmp_path: Path) -> None:
    rescore(scripted, TAUGHT)
    event = await held(scripted, all_played_by(playing(scripted, tmp_path / "again.json", credence=70)))

    assert (event.score.policy, event.basis and event.basis.policy) == ("taught 1", TAUGHT.digest)


def test_an_imported_score_has_no_verdicts_and_is_left_as_it_is(example_store: Store, tmp_path: Path) -> None:
    take_in(example_store, tmp_path / "scores.csv", f"id,title,origin,score\n{HYPOTHESIS},A claim,elsewhere,0.7\n")
    know(example_store, TAUGHT)
    done = rescore(example_store, TAUGHT)

    assert (done.rescored, newest(example_store)[0].score.value) == (0, 0.7)


def test_a_debate_that_failed_is_left_as_it_is(example_store: Store) -> None:
    debate = begun(example_store)
    event = ScoreEvent(
        hypothesis=HYPOTHESIS,
        cause=Cause.FIRST_DEBATE,
        score=failed("declined", COLD),
        at="2026-11-23T00:00:00+00:00",
        debate=debate.debate,
        basis=basis(builders.setup(), COLD),
    )
    debates.fail(example_store, debate, "declined", lambda _: event)
    know(example_store, TAUGHT)
    done = rescore(example_store, TAUGHT)

    assert (done.rescored, newest(example_store)[0].score.state) == (0, State.FAILED)


def test_an_empty_store_has_nothing_to_rescore(store: Store) -> None:
    assert rescore(store, FIRST) == Rescored(policy=FIRST)


def test_other_processes_give_the_same_rows_as_this_one(full: Store, made: Path, tmp_path: Path) -> None:
    shutil.copy(made, tmp_path / "apart.db")
    apart = open_store(tmp_path / "apart.db")
    know(apart, TAUGHT)
    done, alone = rescore(apart, TAUGHT, many=1), rescore(full, TAUGHT)
    rows = [
        sorted((name, event.score.to_json()) for name, event in scores.current(each).items()) for each in (apart, full)
    ]
    apart.close()

    assert (rows[0], done) == (rows[1], alone)


def test_bands_that_cannot_be_read_are_told_as_such_before_a_process_is_started(
    full: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable() -> None:
        raise ConfigError("the bands overlap")

    monkeypatch.setattr(spans, "bands", unreadable)

    with pytest.raises(ConfigError, match="overlap"):
        rescore(full, TAUGHT, many=1)


_KILLED = """
import os, sys
from multiprocessing import active_children
from pathlib import Path
from exchange.jobs import policies
from exchange.jobs.rescoring import rescore
from exchange.store.engine import open_store

def told(_):
    print(*(child.pid for child in active_children()), flush=True)
    os.kill(os.getpid(), int(sys.argv[2]))

if __name__ == "__main__":
    store = open_store(Path(sys.argv[1]))
    rescore(store, policies.named(store, "taught"), told, many=1)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_its_processes_end_with_one_that_is_killed(full: Store, tmp_path: Path, number: signal.Signals) -> None:
    script = tmp_path / "killed.py"
    script.write_text(_KILLED)
    with (tmp_path / "said").open("w+") as said:
        killed = subprocess.run([sys.executable, script, str(full.address), str(int(number))], stdout=said, stderr=said)
        said.seek(0)
        children = [int(word) for word in said.readline().split()]

    assert (killed.returncode, bool(children)) == (-number, True)
    deadline = time.monotonic() + 10
    while (alive := [each for each in children if _runs(each)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_another_process_finds_broken_is_told_here(full: Store) -> None:
    execute(full, "DROP TRIGGER verdict_unchanged")
    execute(full, "UPDATE verdict SET record = replace(record, '\"credence\":', '\"credence\": ')")

    with pytest.raises(BrokenDigest, match="A verdict of d-"):
        rescore(full, TAUGHT, many=1)


def test_a_policy_that_is_not_stored_is_refused_and_not_put_in_force(full: Store) -> None:
    with pytest.raises(NotFound, match="nobody 1 is not stored"):
        rescore(full, COLD.model_copy(update={"name": "nobody", "version": "1", "slope": 2.0}))

    assert known.in_force(full) == COLD
