"""Prompt files and their variables."""

import hashlib
from pathlib import Path

import pytest

from exchange.debate.questions import load_prompts
from exchange.errors import PromptError
from exchange.prompts import Prompt, load
from exchange.shipped import shipped

FRONT = '+++\nname = "p"\nversion = "3"\nvariables = ["claim"]\n+++\n'
CLAIM = frozenset({"claim"})


def loaded(folder: Path, content: str | bytes, variables: frozenset[str] = CLAIM) -> Prompt:
    (folder / "p.md").write_bytes(content.encode() if isinstance(content, str) else content)
    return load("p", variables, folder)


def test_every_shipped_prompt_is_loaded_by_a_debate() -> None:
    files = {path.stem for path in shipped("prompts").glob("*.md")}

    assert files == set(load_prompts())


def test_every_shipped_prompt_bears_the_name_of_its_file() -> None:
    prompts = load_prompts()

    assert list(prompts) == [prompt.name for prompt in prompts.values()]


def test_a_prompt_is_its_text_without_the_front_matter(tmp_path: Path) -> None:
    prompt = loaded(tmp_path, f"{FRONT}\nIs ${{claim}} so?\n\n")

    assert (prompt.name, prompt.version, prompt.variables, prompt.text) == ("p", "3", CLAIM, "Is ${claim} so?")


def test_a_digest_is_taken_over_the_whole_file(tmp_path: Path) -> None:
    content = f"{FRONT}Is ${{claim}} so?\n"

    assert hashlib.sha256(content.encode()).hexdigest() == loaded(tmp_path, content).digest


def test_a_prompt_is_filled_in_one_pass(tmp_path: Path) -> None:
    prompt = loaded(tmp_path, f"{FRONT}Is ${{claim}} so?")

    assert prompt.fill(claim="${claim} $$ $x") == "Is ${claim} $$ $x so?"


def test_a_doubled_dollar_is_a_dollar(tmp_path: Path) -> None:
    assert loaded(tmp_path, f"{FRONT}$claim costs $$5").fill(claim="It") == "It costs $5"


@pytest.mark.parametrize("values", [{}, {"claim": "x", "role": "y"}, {"role": "y"}])
def test_a_prompt_is_filled_with_exactly_its_variables(values: dict[str, str], tmp_path: Path) -> None:
    prompt = loaded(tmp_path, f"{FRONT}Is $claim so?")

    with pytest.raises(PromptError):
        prompt.fill(**values)


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [(frozenset[str](), "which nothing fills"), (CLAIM | {"role"}, "lacks the variable")],
)
def test_a_prompt_must_use_what_its_caller_fills(variables: frozenset[str], complaint: str, tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=complaint):
        loaded(tmp_path, f"{FRONT}Is $claim so?", variables)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (f"{FRONT}Nothing.", "declares it and does not use it"),
        (f"{FRONT}$claim by $role.", "uses it and does not declare it"),
        (f"{FRONT}$claim costs $5.", r"a \$ that begins no variable"),
        (f"{FRONT}$claim costs 5 $", r"a \$ that begins no variable"),
        ("Is $claim so?", "must begin with front matter"),
        (f"# Heading\n{FRONT}$claim", "must begin with front matter"),
        (FRONT.removesuffix("+++\n"), "must begin with front matter"),
        ("", "must begin with front matter"),
        ('+++\nname = "p"\nvariables = ["claim"]\n+++\n$claim', "needs name, version and variables"),
        ('+++\nname = "p"\nversion = "1"\nvariables = 5\n+++\n$claim', "needs name, version and variables"),
        ("+++\nname = p\n+++\n$claim", "needs name, version and variables"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_malformed_prompt_is_named_with_what_is_wrong(content: str | bytes, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=complaint):
        loaded(tmp_path, content)


def test_a_prompt_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="cannot be read"):
        load("p", CLAIM, tmp_path)


@pytest.mark.parametrize("front", ["name = 5\nversion = '1'", "name = 'p'\nversion = 1"])
def test_a_name_and_a_version_are_words(front: str, tmp_path: Path) -> None:
    with pytest.raises(PromptError):
        loaded(tmp_path, f"+++\n{front}\nvariables = ['claim']\n+++\n$claim")
