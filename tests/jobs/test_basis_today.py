"""What a score would rest on today, part by part."""

from pathlib import Path

import pytest

from exchange import config
from exchange.config import settings
from exchange.domain.event import ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.policy import COLD
from exchange.domain.setup import Setup
from exchange.errors import PromptError
from exchange.jobs import basis_today
from exchange.jobs.basis_today import Differing, Today
from exchange.jobs.setup import settle
from exchange.scoring.basis import basis
from exchange.store import hypotheses
from exchange.store.engine import Store
from exchange.store.policies import put_in_force
from tests import events
from tests.conftest import ROOT
from tests.jobs.holding import HYPOTHESIS, all_played_by, take_in
from tests.store.rows import execute

MODEL = "openai:gpt-unheard-of@https://models.example.org/v1"


@pytest.fixture
def setup(example_store: Store) -> Setup:
    """What the example's debate was held with: files of one's own, and models that cannot be reached."""
    for kind, name in (("formats", "panel"), ("rubrics", "therapeutic")):
        own = own_file(kind, name)
        own.parent.mkdir(parents=True)
        own.write_text((ROOT / "configs" / kind / f"{name}.toml").read_text().replace(f'"{name}"', '"mine"', 1))
    mine = own_file("formats", "mine")
    own_file("formats", "panel").rename(mine)
    own_file("rubrics", "therapeutic").rename(own_file("rubrics", "mine"))
    mine.write_text(mine.read_text().replace('rubric = "therapeutic"', 'rubric = "mine"'))
    return settle(example_store, about(example_store), all_played_by(MODEL, "mine", 3), settings())


def own_file(kind: str, name: str) -> Path:
    return config.user_file().parent / kind / f"{name}.toml"


def about(store: Store) -> Hypothesis:
    return hypotheses.hypothesis(store, HYPOTHESIS)


def differing(store: Store, setup: Setup | None, event: ScoreEvent | None = None) -> Differing:
    """Compares a score that was given under the policy cold; the hypothesis is as it is now."""
    rests = event or events.scored(basis=basis(setup, COLD) if setup else None)
    return Today(store).differing(about(store), rests, setup)


def edit(path: Path, words: str, others: str) -> None:
    text = path.read_text()
    assert words in text
    path.write_text(text.replace(words, others))


def test_nothing_differs_just_after_the_debate(example_store: Store, setup: Setup) -> None:
    assert differing(example_store, setup) == Differing()


def test_another_claim_differs(example_store: Store, setup: Setup, tmp_path: Path) -> None:
    edited = (ROOT / "examples" / "hypotheses.jsonl").read_text().replace("Raising PLIN2", "Lowering PLIN2")
    take_in(example_store, tmp_path / "edited.jsonl", edited)

    assert differing(example_store, setup).parts == ("claim",)


def test_another_text_of_the_page_is_other_evidence(example_store: Store, setup: Setup, tmp_path: Path) -> None:
    page = (ROOT / "examples" / "pages" / "genes-plin2.md").read_text()
    take_in(example_store, tmp_path / "genes-plin2.md", page.replace("in most cell types", "in many cells"))

    assert differing(example_store, setup).parts == ("evidence",)


def test_another_format_by_the_same_name_differs(example_store: Store, setup: Setup) -> None:
    edit(own_file("formats", "mine"), "quorum = 2", "quorum = 3")

    assert differing(example_store, setup) == Differing(parts=("models",))


def test_a_shorter_brief_is_other_evidence_too(example_store: Store, setup: Setup) -> None:
    edit(own_file("formats", "mine"), "passages = 60", "passages = 1")

    assert differing(example_store, setup).parts == ("evidence", "models")


def test_another_rubric_by_the_same_name_differs(example_store: Store, setup: Setup) -> None:
    edit(own_file("rubrics", "mine"), 'version = "1"', 'version = "2"')

    assert differing(example_store, setup).parts == ("rubric",)


def test_another_policy_in_force_differs(example_store: Store, setup: Setup) -> None:
    put_in_force(example_store, "1" * 64)

    assert differing(example_store, setup).parts == ("policy",)


def test_other_prompts_differ(example_store: Store, setup: Setup) -> None:
    edited = (*setup.prompts[1:], setup.prompts[0].model_copy(update={"digest": "1" * 64}))

    assert differing(example_store, setup.model_copy(update={"prompts": edited})).parts == ("prompts",)


@pytest.mark.parametrize("text", [None, "quorum = [", "quorum = 2"], ids=["gone", "no TOML", "no format"])
def test_a_format_that_cannot_be_read_differs_and_says_why(
    example_store: Store, setup: Setup, text: str | None
) -> None:
    spoil(own_file("formats", "mine"), text)
    found = differing(example_store, setup)

    assert (found.parts, list(found.lacking), "mine" in found.lacking["models"]) == (("models",), ["models"], True)


@pytest.mark.parametrize("text", [None, "scale = [", "scale = 2"], ids=["gone", "no TOML", "no rubric"])
def test_a_rubric_that_cannot_be_read_differs_and_says_why(
    example_store: Store, setup: Setup, text: str | None
) -> None:
    spoil(own_file("rubrics", "mine"), text)
    found = differing(example_store, setup)

    assert (found.parts, list(found.lacking), "mine" in found.lacking["rubric"]) == (("rubric",), ["rubric"], True)


def test_prompts_that_cannot_be_read_differ_and_say_why(
    example_store: Store, setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable() -> None:
        raise PromptError("The prompt judge.md cannot be read.")

    monkeypatch.setattr(basis_today, "load_prompts", unreadable)

    assert differing(example_store, setup) == Differing(
        parts=("prompts",), lacking={"prompts": "The prompt judge.md cannot be read."}
    )


def test_a_damaged_page_is_other_evidence_and_the_claim_is_still_compared(example_store: Store, setup: Setup) -> None:
    execute(example_store, "UPDATE page SET record = '{'")
    found = differing(example_store, setup)

    assert (found.parts, "genes-plin2" in found.lacking["evidence"]) == (("evidence",), True)


def test_several_parts_stand_in_the_order_of_a_basis(example_store: Store, setup: Setup) -> None:
    put_in_force(example_store, "1" * 64)
    own_file("rubrics", "mine").unlink()
    own_file("formats", "mine").unlink()

    assert differing(example_store, setup).parts == ("rubric", "models", "policy")


def test_a_debate_that_was_held_elsewhere_rests_on_claim_targets_and_policy(example_store: Store, setup: Setup) -> None:
    elsewhere = setup.model_copy(update={"origin": "a forum", "prompts": ()})
    own_file("formats", "mine").unlink()

    assert differing(example_store, elsewhere) == Differing()


def test_an_imported_score_has_nothing_that_could_differ(example_store: Store) -> None:
    assert differing(example_store, None, events.imported(0.5)) == Differing()


def test_what_has_no_score_has_nothing_that_could_differ(example_store: Store) -> None:
    assert Today(example_store).differing(about(example_store), None, None) == Differing()


def spoil(path: Path, text: str | None) -> None:
    """Removes the file, or writes that text into it."""
    path.unlink()
    if text is not None:
        path.write_text(text)
