"""`exchange rescore` and `exchange batch` as an operator uses them."""

import json
from pathlib import Path

import pytest

from exchange.domain.work import Asked, Chosen, Item, Kind
from exchange.store import batches, items
from exchange.store.engine import open_store
from exchange.store.owners import this_process
from tests import builders
from tests.cli.running import HYPOTHESIS, play, rows, run

OTHER = "h-5d20c7f4"
QUOTE = "that coats lipid droplets in most cell types"


@pytest.fixture
def model(database: Path, tmp_path: Path) -> str:
    """A model that answers everything about the example's first hypothesis."""
    return builders.agreeable_script(tmp_path / "script.json", quote=QUOTE)


@pytest.fixture
def debated(database: Path, model: str) -> Path:
    assert play(model).exit_code == 0
    return database


def played_by(model: str) -> list[str]:
    return ["--format", "quick", "--proposer", model, "--critic", model, "--judge", model]


def begun(database: Path) -> str:
    return str(rows(database, "id FROM batch")[0][0])


def test_a_plan_names_kinds_reasons_calls_and_costs(debated: Path) -> None:
    ran = run("rescore", "--band-straddlers", "--dry-run")

    assert ran.stdout.splitlines()[:5] == [
        "1 of 2 hypotheses looked at",
        "  1 by judges: stored turns, new verdicts",
        "because of: over a band's edge 1",
        ran.stdout.splitlines()[3],
        "cost: low $0.0000, expected $0.0000, worst $0.0000",
    ]
    assert ran.stdout.splitlines()[3].startswith("3 calls, ")


def test_a_dry_run_begins_nothing(debated: Path) -> None:
    run("rescore", "--band-straddlers", "--dry-run")

    assert rows(debated, "count(*) FROM batch") == [(0,)]


def test_a_plan_in_json_says_on_how_many_it_was_computed(debated: Path) -> None:
    plan = json.loads(run("rescore", "--band-straddlers", "--dry-run", "--json").stdout)

    assert (plan["items"], plan["computed_on"], plan["of"], plan["kinds"]) == (1, 1, 1, {"judges": 1})


def test_nothing_is_begun_without_consent_where_nobody_can_be_asked(debated: Path) -> None:
    ran = run("rescore", "--band-straddlers")

    assert (ran.exit_code, "--yes" in ran.stderr, rows(debated, "count(*) FROM batch")) == (2, True, [(0,)])


def test_where_nothing_is_out_of_date_nothing_is_done(debated: Path) -> None:
    ran = run("rescore", "--yes")

    assert (ran.exit_code, ran.stdout) == (0, "0 of 2 hypotheses looked at: nothing to do\n")


def test_new_verdicts_are_given_and_verified(debated: Path) -> None:
    ran = run("rescore", "--band-straddlers", "--yes")

    assert (ran.exit_code, ran.stdout.splitlines()[-1]) == (0, f"{begun(debated)}: 1 done; $0.0000")
    assert run("verify", "--all").exit_code == 0
    assert rows(debated, "cause FROM score_event ORDER BY id") == [("first debate",), ("re-roll",)]


def test_a_policy_that_changed_needs_no_consent(debated: Path) -> None:
    run("rescore", "--policy", "cold 1")
    store = open_store(debated)
    from exchange.scoring.policy import COLD
    from exchange.store.policies import put_in_force

    put_in_force(store, COLD.digest)
    store.close()
    ran = run("rescore")

    assert (ran.exit_code, rows(debated, "kind, state FROM batch_item")) == (0, [("policy", "done")])


def test_json_has_a_line_for_each_item_and_one_for_the_batch(debated: Path) -> None:
    lines = [json.loads(line) for line in run("rescore", "--band-straddlers", "--yes", "--json").stdout.splitlines()]

    assert [line.get("state") for line in lines] == ["done", None]
    assert lines[1]["batch"]["items"]["done"] == 1


@pytest.mark.sqlite
def test_a_batch_of_which_some_failed_exits_with_3(database: Path, model: str) -> None:
    """The script has nothing to say in a format with other roles' words."""
    ran = run("rescore", "--undebated", "--yes", *played_by("scripted:" + str(database.parent / "nothing.json")))

    assert (ran.exit_code, rows(database, "DISTINCT state, error FROM batch_item")) == (3, [("failed", "UnknownModel")])
    assert "exchange batch retry" in ran.stdout


@pytest.mark.sqlite
def test_errors_are_shown_with_their_class(database: Path) -> None:
    run("rescore", "--undebated", "--yes", *played_by("scripted:" + str(database.parent / "nothing.json")))
    ran = run("batch", "show", begun(database), "--errors")

    assert ran.stdout.count("UnknownModel: ") == 2


def test_what_failed_is_tried_again(database: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.json"
    run("rescore", "--undebated", "--yes", "--ids", ids(tmp_path), *played_by(f"scripted:{later}"))
    builders.agreeable_script(later, quote=QUOTE)
    ran = run("batch", "retry", begun(database), "--errors")

    assert (ran.exit_code, rows(database, "state, tries FROM batch_item")) == (0, [("done", 1)])


def ids(folder: Path) -> Path:
    path = folder / "ids.txt"
    path.write_text(f"{HYPOTHESIS}\n")
    return path


def test_the_same_that_is_open_is_gone_on_with(debated: Path) -> None:
    store = open_store(debated)
    name, _ = batches.begin(store, Asked(chosen=Chosen(straddlers=True)), None, this_process())
    batches.opened(store, name)
    store.close()
    ran = run("rescore", "--band-straddlers", "--yes")

    assert (f"under way as {name}" in ran.stderr, rows(debated, "id, state FROM batch")) == (True, [(name, "done")])


def test_a_batch_that_was_left_at_its_cap_may_cost_so_much_more(debated: Path) -> None:
    store = open_store(debated)
    name, _ = batches.begin(store, Asked(chosen=Chosen(straddlers=True)), 0.5, this_process())
    batches.opened(store, name)
    store.close()
    run("rescore", "--band-straddlers", "--yes", "--max-cost", "2")

    assert rows(debated, "id, cap FROM batch") == [(name, 2.0)]


def test_batches_are_listed(debated: Path) -> None:
    run("rescore", "--band-straddlers", "--yes")
    ran = run("batch", "list")

    assert ran.stdout.startswith(begun(debated))
    assert ran.stdout.endswith("done: 1 done; $0.0000\n")


def test_a_cancelled_batch_is_not_gone_on_with(debated: Path) -> None:
    store = open_store(debated)
    name, _ = batches.begin(store, Asked(chosen=Chosen(straddlers=True)), None, this_process())
    batches.opened(store, name)
    store.close()
    cancelled, resumed = run("batch", "cancel", name), run("batch", "resume", name)

    assert (cancelled.exit_code, resumed.exit_code, "is cancelled" in resumed.stderr) == (0, 10, True)


def test_without_an_open_batch_there_is_nothing_to_go_on_with(database: Path) -> None:
    ran = run("batch", "resume")

    assert (ran.exit_code, "No batch is open" in ran.stderr) == (6, True)


def test_an_age_that_is_none_is_refused(database: Path) -> None:
    assert run("rescore", "--older-than", "a month").exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("slug,views\na,1\n", "has no column 'page'"),
        ("page,views\na,many\n", "line 2: views is 'many'"),
    ],
)
def test_views_that_are_none_are_refused(debated: Path, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "views.csv").write_text(text)
    ran = run("rescore", "--band-straddlers", "--dry-run", "--views", tmp_path / "views.csv")

    assert (ran.exit_code, said in ran.stderr) == (6, True)


def test_an_id_that_is_none_is_refused(debated: Path, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("plin2\n")

    assert run("rescore", "--ids", tmp_path / "ids.txt", "--dry-run").exit_code == 6


@pytest.mark.parametrize("command", [("resume",), ("retry", "--errors")])
def test_a_batch_that_a_process_works_on_is_given_no_new_cap(debated: Path, command: tuple[str, ...]) -> None:
    store = open_store(debated)
    name, _ = batches.begin(store, Asked(chosen=Chosen(straddlers=True)), 0.5, this_process())
    batches.fill(store, name, [Item(batch=name, ordinal=1, hypothesis=HYPOTHESIS, kind=Kind.POLICY, why="policy")])
    batches.opened(store, name)
    items.claim(store, name, this_process(), 60, busy=False)
    store.close()
    ran = run("batch", command[0], name, *command[1:], "--max-cost", "2")

    assert (ran.exit_code, f"works on {name}, under the cap of $0.5" in ran.stderr) == (10, True)
    assert rows(debated, "cap FROM batch") == [(0.5,)]
