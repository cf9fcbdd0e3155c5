"""What `exchange calibrate` prints, stores and refuses."""

import json
from pathlib import Path

import pytest

from exchange.domain.event import Resolution
from exchange.jobs.resolving import resolve
from exchange.store.engine import open_store
from tests import places
from tests.bench.stores import fill
from tests.cli.running import HYPOTHESIS, rows, run

ROWS = ("mean", "cold", "fitted")
MEASURES = {"brier", "log_loss", "auc", "ece"}
POLICIES = "name, version FROM policy"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "verdicts.csv", 24)


def written(path: Path, items: int, first: int = 0) -> Path:
    """Verdicts of three raters on so many items, every other one true."""
    lines = ["item,rater,p,truth,part"]
    for item in range(first, first + items):
        for rater in range(3):
            p = (0.6 + 0.1 * rater if item % 2 else 0.5 - 0.1 * rater) - (item * 7 + rater) % 5 / 40
            lines.append(f"i{item:03},r{rater},{p:.3f},{item % 2},{'ab'[item % 3 == 0]}")
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def resolved(tmp_path: Path) -> Path:
    """The database that EXCHANGE_DB names, with six debates, five outcomes of which one is a retraction."""
    path = places.file()
    fill(path, 6)
    store = open_store(path)
    for number, resolution in enumerate(["supported", "refuted", "supported", "refuted", "retracted"]):
        resolve(store, f"h-{number:012x}", Resolution(resolution), "a trial")
    store.close()
    return path


def test_resolved_hypotheses_are_measured_and_the_fit_is_stored(resolved: Path) -> None:
    ran = run("calibrate")

    assert (ran.exit_code, ran.stderr, rows(resolved, POLICIES)) == (0, "", [("fitted", "1")])
    assert ran.stdout.splitlines()[:3] == [
        "4 outcomes, 2 judges or raters",
        "  1 outcome is left out: 1 retracted",
        "Measured on 4 items, 2 of them true: 4-fold cross-validation by item, 5 times, for what is fitted",
    ]


def test_every_row_has_every_measure_with_its_interval(file: Path) -> None:
    lines = run("calibrate", "--from", file).stdout.splitlines()
    table = {line.split()[0]: line for line in lines if line.startswith(ROWS)}

    assert [table[name].count("–") for name in ROWS] == [4, 4, 4]
    assert "        Brier                log loss             AUC                  ECE" in lines


def test_few_outcomes_are_called_uncalibrated_with_how_many_are_lacking(resolved: Path) -> None:
    assert (
        "Uncalibrated: it rests on 4 outcomes; scores are uncalibrated until 16 more are known."
        in run("calibrate").stdout.splitlines()
    )


def test_many_outcomes_are_called_calibrated(file: Path) -> None:
    assert "Calibrated: it rests on 24 outcomes." in run("calibrate", "--from", file).stdout.splitlines()


def test_the_command_that_puts_it_in_force_comes_last(resolved: Path, tmp_path: Path) -> None:
    last = run("calibrate", "--db", resolved).stdout.splitlines()[-1]

    assert last.endswith(f"exchange rescore --policy fitted-1 --db {resolved}")


def test_json_has_numbers_with_their_intervals_beside_them(file: Path) -> None:
    found = json.loads(run("calibrate", "--from", file, "--json").stdout, parse_constant=pytest.fail)

    for name in ROWS:
        row = found[name]
        assert set(row["intervals"]) == MEASURES
        for measure, (low, high) in row["intervals"].items():
            assert isinstance(row[measure], float)
            assert low <= high
        assert sum(count for _, _, count in row["reliability"]) == 24
    assert (found["policy"]["version"], found["calibrated"], found["folds"], found["repeats"]) == ("1", True, 5, 5)


def test_json_says_null_where_nothing_can_be_said(tmp_path: Path) -> None:
    path = written(tmp_path / "one.csv", 1)
    found = json.loads(run("calibrate", "--from", path, "--json").stdout, parse_constant=pytest.fail)

    assert ([found["fitted"][name] for name in sorted(MEASURES)], found["mean"]["auc"]) == ([None] * 4, None)


def test_one_outcome_is_no_fault(tmp_path: Path) -> None:
    ran = run("calibrate", "--from", written(tmp_path / "one.csv", 1))

    assert (ran.exit_code, "nothing to hold out" in ran.stdout, "Uncalibrated" in ran.stdout) == (0, True, True)


def test_the_same_fit_again_changes_nothing_and_says_so(file: Path) -> None:
    run("calibrate", "--from", file)
    ran = run("calibrate", "--from", file)

    assert ("Nothing changed: this is the policy fitted 1" in ran.stdout, rows(places.file(), POLICIES)) == (
        True,
        [("fitted", "1")],
    )


def test_a_dry_run_on_a_file_makes_no_database(file: Path) -> None:
    ran = run("calibrate", "--from", file, "--dry-run")

    assert (ran.exit_code, "Nothing was stored" in ran.stdout, places.file().exists()) == (0, True, False)


def test_a_dry_run_on_the_store_stores_nothing(resolved: Path) -> None:
    ran = run("calibrate", "--dry-run")

    assert (ran.exit_code, rows(resolved, POLICIES)) == (0, [])


def test_rows_are_picked_from_both_files(file: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "other.csv", 12, first=100)
    ran = run("calibrate", "--from", file, "--test", other, "--where", "part=a", "--json")
    found = json.loads(ran.stdout)

    assert (found["outcomes"], found["items"], found["tested_on"], found["warnings"]) == (16, 8, str(other), [])


def test_the_diagram_is_drawn_beside_the_table(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "out" / "reliability.svg"
    ran = run("calibrate", "--from", file, "--svg", path)

    assert (ran.exit_code, "<title>Reliability on 24 items</title>" in path.read_text()) == (0, True)


def test_a_diagram_that_cannot_be_drawn_leaves_nothing_stored(resolved: Path, file: Path) -> None:
    ran = run("calibrate", "--svg", file / "reliability.svg")

    assert (ran.exit_code, "cannot be written" in ran.stderr, rows(resolved, POLICIES)) == (6, True, [])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 6, "exchange resolve ID"),
        (("--db", "nix.db"), 5, "nix.db"),
        (("--from", "nix.csv"), 6, "nix.csv"),
        (("--from", "{file}", "--where", "round=1"), 6, "'round'"),
        (("--from", "{file}", "--where", "part=z"), 6, "no verdicts"),
        (("--from", "{file}", "--where", "part"), 2, "COLUMN=VALUE"),
        (("--where", "part=a"), 2, "--from"),
        (("--from", "{file}", "--demonstrations"), 2, "--demonstrations"),
        (("--from", "{file}", "--test", "{file}", "--folds", "5"), 2, "--test"),
        (("--from", "{file}", "--folds", "1"), 2, "--folds"),
        (("--from", "{file}", "--repeats", "0"), 2, "--repeats"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_and_nothing_is_stored(
    database: Path, file: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = run("calibrate", *(each.format(file=file) for each in arguments))

    assert (ran.exit_code, said in ran.stderr, ran.stdout, rows(database, POLICIES)) == (code, True, "", [])


def test_a_bad_row_is_refused_with_its_line(file: Path) -> None:
    with file.open("a") as more:
        more.write('x,y,"0,7",1,a\n')
    ran = run("calibrate", "--from", file)

    assert (ran.exit_code, f"{file}, line 74: p is '0,7'" in ran.stderr, places.file().exists()) == (
        6,
        True,
        False,
    )


def test_demonstrations_alone_are_left_out_and_it_is_said(database: Path) -> None:
    run("resolve", HYPOTHESIS, "refuted", "--source", "a trial")
    ran = run("calibrate")

    assert (ran.exit_code, "1 not debated here" in ran.stderr) == (6, True)
