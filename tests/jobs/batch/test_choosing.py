"""Which hypotheses are chosen, why, and what each needs."""

from pathlib import Path

import pytest

from exchange.config import settings
from exchange.domain.event import Resolution
from exchange.domain.format import Format
from exchange.domain.identity import digest
from exchange.domain.work import Asked, Chosen, Kind
from exchange.errors import ConfigError, NotFound
from exchange.jobs.basis_today import Today
from exchange.jobs.batch.choosing import DAMAGED, choose
from exchange.jobs.resolving import resolve
from exchange.jobs.setup import Wishes
from exchange.scoring.policy import SHIPPED
from exchange.store import debates, hypotheses, scores
from exchange.store.engine import Store
from exchange.store.policies import put_in_force
from tests.conftest import ROOT
from tests.jobs.batch.places import OUT_OF_DATE, chosen, own_file
from tests.jobs.holding import HYPOTHESIS, all_played_by, held, playing, rows, take_in
from tests.store.rows import execute, unguard

OTHER = "h-5d20c7f4"


@pytest.fixture
async def debated(example_store: Store, tmp_path: Path) -> Store:
    """The example's first hypothesis is debated, the second is not."""
    await held(example_store, all_played_by(playing(example_store, tmp_path / "script.json")))
    return example_store


def told(store: Store, asked: Asked = OUT_OF_DATE) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.hypothesis, each.kind.value, each.reasons) for each in chosen(store, asked)]


def cold_one(store: Store) -> None:
    put_in_force(store, next(each.digest for each in SHIPPED.values() if each.title == "cold 1"))


def other_page(store: Store, folder: Path) -> None:
    text = (ROOT / "examples" / "pages" / "genes-plin2.md").read_text()
    take_in(store, folder / "genes-plin2.md", text.replace("in most cell types", "in many cells"))


async def test_nothing_is_chosen_where_nothing_changed(debated: Store) -> None:
    assert told(debated) == []


async def test_another_policy_needs_no_call(debated: Store) -> None:
    cold_one(debated)

    assert told(debated) == [(HYPOTHESIS, "policy", ("policy",))]


async def test_another_rubric_needs_judges(debated: Store) -> None:
    own_file("rubrics", "mechanism", "Does each step", "Does, in your view, each step")

    assert told(debated) == [(HYPOTHESIS, "judges", ("rubric",))]


async def test_another_word_to_judges_in_the_format_needs_judges(debated: Store) -> None:
    own_file("formats", "quick", "[judging]\n", "[judging]\n# Longer.\n")
    own_file("formats", "quick", "max_tokens = ", "max_tokens = 1")

    # Debaters' speeches have a max_tokens too: that is another debate.
    assert told(debated) == [(HYPOTHESIS, "debate", ("models",))]


async def test_other_judges_need_judges(debated: Store, tmp_path: Path) -> None:
    asked = OUT_OF_DATE.model_copy(update={"judges": (playing(debated, tmp_path / "other.json"),)})

    assert told(debated, asked) == [(HYPOTHESIS, "judges", ("models",))]


async def test_another_proposer_needs_a_debate(debated: Store, tmp_path: Path) -> None:
    asked = OUT_OF_DATE.model_copy(update={"proposer": playing(debated, tmp_path / "other.json")})

    assert told(debated, asked) == [(HYPOTHESIS, "debate", ("models",))]


async def test_other_evidence_needs_a_debate(debated: Store, tmp_path: Path) -> None:
    other_page(debated, tmp_path)

    assert told(debated) == [(HYPOTHESIS, "debate", ("evidence",))]


async def test_several_reasons_are_all_named(debated: Store, tmp_path: Path) -> None:
    other_page(debated, tmp_path)
    cold_one(debated)
    own_file("rubrics", "mechanism", "Does each step", "Does, in your view, each step")

    assert told(debated) == [(HYPOTHESIS, "debate", ("evidence", "rubric", "policy"))]


async def test_the_parts_are_those_that_show_names(debated: Store, tmp_path: Path) -> None:
    other_page(debated, tmp_path)
    cold_one(debated)
    event = scores.current(debated, (HYPOTHESIS,))[HYPOTHESIS]
    setup = debates.debate(debated, event.debate or "").setup
    expected = Today(debated).differing(hypotheses.hypothesis(debated, HYPOTHESIS), event, setup)

    assert chosen(debated)[0].reasons == expected.parts


async def test_the_kind_can_be_named(debated: Store) -> None:
    cold_one(debated)
    asked = Asked(chosen=Chosen(out_of_date=True, kind=Kind.JUDGES))

    assert [(each.kind, each.heard is None) for each in chosen(debated, asked)] == [(Kind.JUDGES, False)]


async def test_what_was_never_debated_is_chosen_where_that_is_asked_for(debated: Store) -> None:
    assert told(debated, Asked(chosen=Chosen(undebated=True))) == [(OTHER, "debate", ("never debated",))]


async def test_a_target_alone_chooses_all_that_have_it(debated: Store) -> None:
    asked = Asked(chosen=Chosen(target="plin2"))

    assert {each.hypothesis for each in chosen(debated, asked)} == {HYPOTHESIS, OTHER}


async def test_what_is_named_and_up_to_date_gets_new_verdicts(debated: Store) -> None:
    found = choose(debated, Asked(chosen=Chosen(ids="0")), settings(), ids={HYPOTHESIS})

    assert [(each.kind, each.reasons) for each in found.candidates] == [(Kind.JUDGES, ("named",))]


async def test_an_id_that_is_not_stored_is_refused(debated: Store) -> None:
    with pytest.raises(NotFound, match="1 of the hypotheses that are named are not stored, as h-00000000"):
        choose(debated, Asked(chosen=Chosen(ids="0")), settings(), ids={HYPOTHESIS, "h-00000000"})


async def test_an_interval_over_a_bands_edge_is_chosen(debated: Store) -> None:
    assert told(debated, Asked(chosen=Chosen(straddlers=True))) == [(HYPOTHESIS, "judges", ("over a band's edge",))]


async def test_an_old_score_is_chosen_and_a_new_one_is_not(debated: Store) -> None:
    old, new = (told(debated, Asked(chosen=Chosen(older_than=days))) for days in (0.0, 30.0))

    assert (old, new) == ([(HYPOTHESIS, "judges", ("old",))], [])


async def test_an_age_narrows_other_conditions(debated: Store) -> None:
    assert told(debated, Asked(chosen=Chosen(straddlers=True, older_than=30.0))) == []


async def test_a_reroll_within_noise_makes_a_score_young(debated: Store) -> None:
    execute(debated, "DROP TRIGGER score_event_unchanged")
    execute(debated, """UPDATE score_event SET record = replace(record, '"at":"2', '"at":"1')""")
    ((record,),) = rows(debated, "record FROM score_event")
    execute(debated, "UPDATE score_event SET digest = ?", digest(record))
    asked = Asked(chosen=Chosen(older_than=30.0))
    before = told(debated, asked)
    again = await held(debated, Wishes(turns_of=chosen(debated, asked)[0].heard))

    assert (len(before), again.within_noise, told(debated, asked)) == (1, True, [])


async def test_what_was_debated_anew_and_displaced_nothing_is_not_out_of_date(debated: Store, tmp_path: Path) -> None:
    """The number of a full debate is not displaced by a demonstration: every score of a scripted model is one."""
    execute(debated, "DROP TRIGGER score_event_unchanged")
    execute(debated, "UPDATE score_event SET standing = 6")
    other_page(debated, tmp_path)
    before = told(debated)
    await held(debated, all_played_by(playing(debated, tmp_path / "script.json")))

    assert (len(before), told(debated)) == (1, [])


async def test_what_is_over_an_edge_stands_first_then_what_is_read_most(debated: Store) -> None:
    asked = Asked(chosen=Chosen(target="PLIN2"))
    found = choose(debated, asked, settings(), views={"genes-plin2": 7}).candidates

    assert [(each.hypothesis, each.straddles, each.views) for each in found] == [
        (HYPOTHESIS, True, 7),
        (OTHER, False, 7),
    ]


async def test_a_limit_leaves_the_worthiest(debated: Store) -> None:
    asked = Asked(chosen=Chosen(target="PLIN2", limit=1))

    assert [each.hypothesis for each in chosen(debated, asked)] == [HYPOTHESIS]


async def test_what_was_withdrawn_is_left_out_and_counted(debated: Store) -> None:
    resolve(debated, HYPOTHESIS, Resolution.RETRACTED, "a notice")
    found = choose(debated, Asked(chosen=Chosen(target="PLIN2")), settings())

    assert (found.left_out["withdrawn"], [each.hypothesis for each in found.candidates]) == (1, [OTHER])


async def test_a_format_that_is_gone_is_told_and_not_guessed(debated: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.jobs.batch.forms.format_named", gone)
    found = choose(debated, OUT_OF_DATE, settings())

    assert (found.candidates, dict(found.left_out)) == ([], {"There is no format 'quick'.": 1})


def gone(name: str) -> Format:
    raise ConfigError(f"There is no format {name!r}.")


@pytest.mark.parametrize(
    "damage",
    [
        f"UPDATE hypothesis SET record = '{{' WHERE id = '{HYPOTHESIS}'",
        "UPDATE score_event SET record = replace(record, 'first', 'last')",
        "UPDATE debate SET record = replace(record, 'quick', 'quack')",
    ],
    ids=["hypothesis", "score event", "setup"],
)
async def test_what_is_damaged_is_left_out_and_the_rest_is_chosen(debated: Store, damage: str) -> None:
    cold_one(debated)
    unguard(debated)
    execute(debated, damage)
    both = Asked(chosen=Chosen(out_of_date=True, undebated=True))
    choice = choose(debated, both, settings())

    assert ([each.hypothesis for each in choice.candidates], choice.left_out) == ([OTHER], {DAMAGED: 1})


async def test_a_damaged_hypothesis_is_left_out_where_targets_are_looked_for(debated: Store) -> None:
    execute(debated, "UPDATE hypothesis SET record = '{' WHERE id = ?", HYPOTHESIS)
    choice = choose(debated, Asked(chosen=Chosen(undebated=True, target="plin2")), settings())

    assert choice.left_out == {DAMAGED: 1}
