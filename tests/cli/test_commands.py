"""Every command prints what it is for on stdout, and says the rest on stderr."""

import json
import re
from pathlib import Path

import pytest

import exchange
from tests import builders
from tests.cli.running import HYPOTHESIS, play, rows, run
from tests.conftest import ROOT

QUOTE = "that coats lipid droplets in most cell types"


@pytest.fixture
def model(tmp_path: Path) -> str:
    return builders.agreeable_script(tmp_path / "script.json", quote=QUOTE)


def test_the_version_is_printed() -> None:
    ran = run("--version")

    assert (ran.exit_code, ran.stdout) == (0, f"exchange {exchange.__version__}\n")


def test_import_says_what_came_in() -> None:
    ran = run("import", ROOT / "examples")

    assert (ran.exit_code, ran.stderr, ran.stdout.count("\n")) == (0, "", 2)


def test_import_says_the_same_in_json() -> None:
    outcomes = json.loads(run("import", "--json", ROOT / "examples").stdout)

    assert [outcome["changed"] for outcome in outcomes] == [True, True]


def test_import_into_a_named_database_makes_it(tmp_path: Path) -> None:
    run("import", ROOT / "examples", "--db", tmp_path / "other.db")

    assert rows(tmp_path / "other.db", "count(*) FROM hypothesis") == [(2,)]


def test_list_prints_a_line_for_each_hypothesis(database: Path) -> None:
    lines = run("list").stdout.splitlines()

    assert sorted(line.split("\t")[:2] for line in lines) == [
        [HYPOTHESIS, "not debated"],
        ["h-5d20c7f4", "not debated"],
    ]


def test_list_prints_hypotheses_as_json(database: Path) -> None:
    listed = json.loads(run("list", "--json").stdout)

    assert {each["id"] for each in listed} == {HYPOTHESIS, "h-5d20c7f4"}


def test_list_prints_pages(database: Path) -> None:
    assert run("list", "--pages").stdout == "genes-plin2\tPLIN2 (perilipin 2)\n"


def test_list_prints_pages_as_json(database: Path) -> None:
    assert json.loads(run("list", "--pages", "--json").stdout) == [
        {"slug": "genes-plin2", "title": "PLIN2 (perilipin 2)"}
    ]


def test_debate_prints_its_score_on_stdout(database: Path, model: str) -> None:
    ran = play(model)

    assert (ran.exit_code, ran.stdout.splitlines()[0][:10], "demonstration" in ran.stdout) == (0, HYPOTHESIS, True)


def test_debate_prints_nothing_but_its_score_on_stdout(database: Path, model: str) -> None:
    ran = play(model)

    assert ("asking" in ran.stderr, "asking" in ran.stdout, "Verdict" in ran.stdout) == (True, False, False)


def test_debate_shows_on_stderr_how_it_goes_on(database: Path, model: str) -> None:
    asked = [line.split()[1] for line in play(model).stderr.splitlines() if line.startswith("asking")]

    assert asked[:4] == ["judge-1/prior/blind", "proposer/1", "critic/2", "proposer/3"]


def test_debate_prints_json_alone_on_stdout(database: Path, model: str) -> None:
    ran = run("debate", HYPOTHESIS, "--format", "quick", *_everyone(model), "--json")
    printed = json.loads(ran.stdout)

    assert (printed["event"]["score"]["state"], printed["spent"]["calls"]) == ("scored", 6)


def test_debate_takes_an_id_in_capitals(database: Path, model: str) -> None:
    ran = run("debate", HYPOTHESIS.upper(), "--format", "quick", *_everyone(model))

    assert ran.exit_code == 0


def test_show_prints_every_turn_and_verdict(database: Path, model: str) -> None:
    play(model)
    shown = run("show", HYPOTHESIS).stdout

    assert (shown.count("\nTurn "), shown.count("\nVerdict of ")) == (3, 3)


def test_show_prints_json(database: Path, model: str) -> None:
    play(model)
    shown = json.loads(run("show", HYPOTHESIS, "--json").stdout)

    assert (len(shown["debate"]["turns"]), shown["current"]["cause"]) == (3, "first debate")


def test_show_says_that_nothing_was_debated(database: Path) -> None:
    ran = run("show", HYPOTHESIS)

    assert (ran.exit_code, "Score: not debated" in ran.stdout) == (0, True)


def test_what_a_model_says_cannot_steer_the_terminal(database: Path, tmp_path: Path) -> None:
    model = builders.script(
        tmp_path / "script.json",
        {"place": "judge-*", "reply": builders.judged() | {"reason": "red \x1b[31m and \x9b31m so"}},
        {"place": "*", "reply": builders.spoken(text="red \x1b[31m and \x9b31m so")},
    )
    ran = play(model)
    printed = ran.output + run("show", HYPOTHESIS).output

    assert ("red [31m" in printed, "\x1b" in printed, "\x9b" in printed) == (True, False, False)


def test_page_prints_markdown_with_its_hypotheses(database: Path) -> None:
    ran = run("page", "genes-plin2")

    assert (ran.exit_code, ran.stdout.startswith("# PLIN2"), HYPOTHESIS in ran.stdout) == (0, True, True)


@pytest.mark.parametrize("flags", [["--json"], ["--format", "json"]])
def test_page_prints_json(database: Path, flags: list[str]) -> None:
    assert isinstance(json.loads(run("page", "genes-plin2", *flags).stdout), dict)


def test_page_writes_html_into_a_file(database: Path, tmp_path: Path) -> None:
    path = tmp_path / "out" / "page.html"
    ran = run("page", "genes-plin2", "--format", "html", "--output", path)

    assert (ran.stdout, path.read_text().startswith("<!doctype html>")) == (f"{path}\n", True)


def test_doctor_is_content_with_a_fresh_machine() -> None:
    ran = run("doctor")

    assert (ran.exit_code, "✗" in ran.stdout) == (0, False)


def test_doctor_prints_json(database: Path) -> None:
    found = {each["subject"]: each["health"] for each in json.loads(run("doctor", "--json").stdout)}

    assert (found["database"], found["prompts and configs"]) == ("good", "good")


def test_doctor_minds_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "exchange.db").write_text("words " * 1000)
    ran = run("doctor")

    assert (ran.exit_code, "✗ database:" in ran.stdout) == (4, True)


def _everyone(model: str) -> list[str]:
    return ["--proposer", model, "--critic", model, "--judge", model]


def test_a_debate_that_displaces_nothing_can_be_shown_by_its_id(database: Path, tmp_path: Path) -> None:
    panel = builders.agreeable_script(tmp_path / "panel.json", rubric="therapeutic", quote=QUOTE)
    quick = builders.agreeable_script(tmp_path / "quick.json", quote=QUOTE)
    run("debate", HYPOTHESIS, "--format", "panel", *_seats(panel, 2))
    debated = run("debate", HYPOTHESIS, "--format", "quick", *_seats(quick, 1))
    named = re.search(r"exchange show (\S+) --debate (\S+)", debated.stdout)
    assert named
    shown = run("show", named[1], "--debate", named[2])

    assert f"Debate {named[2]}: quick" in shown.stdout


def _seats(model: str, judges: int) -> list[str]:
    return ["--proposer", model, "--critic", model, *(["--judge", model] * judges)]


def test_page_names_cited_keys_without_a_reference_on_stderr(database: Path, tmp_path: Path) -> None:
    (tmp_path / "genes-x.md").write_text(
        "# X\n\nIt holds lipids in astrocytes.[@a2017] [@b2018]\n\n## References\n\n- [@b2018] B.\n"
    )
    run("import", tmp_path / "genes-x.md")

    assert run("page", "genes-x").stderr == (
        "exchange: 1 of 2 cited keys have no reference on the page genes-x: a2017.\n"
    )
