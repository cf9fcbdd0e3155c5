"""Scripts that are written for scripted models."""

from pathlib import Path

import pytest

from exchange.config import rubric_named
from exchange.debate.replies import Judgment, Speaking
from exchange.domain.calls import Form
from exchange.llm.spec import parse
from exchange.testing import ScriptedModel, agreeable_script, judged, script, spoken
from tests.llm.journal import question

CRITERIA = tuple(each.name for each in rubric_named("mechanism").criteria)


async def said(full: str, place: str) -> str:
    return (await ScriptedModel(parse(full).name).attempt(question(place), Form.SCHEMA)).text


async def test_a_script_is_read_by_the_model_that_it_names(tmp_path: Path) -> None:
    full = script(tmp_path / "script.json", {"place": "critic/*", "text": "Hm."}, {"place": "*", "text": "Yes."})

    assert (await said(full, "critic/2"), await said(full, "proposer/1")) == ("Hm.", "Yes.")


@pytest.mark.parametrize(("place", "credence"), [("judge-1/prior/blind", 40), ("judge-2/final/critic-first", 70)])
async def test_an_agreeable_script_judges(tmp_path: Path, place: str, credence: int) -> None:
    full = agreeable_script(tmp_path / "script.json", *CRITERIA, quote="as it stands", prior=40, credence=70)
    judgment = Judgment.from_json(await said(full, place)).against(rubric_named("mechanism"))

    assert judgment.credence == credence


async def test_an_agreeable_script_speaks(tmp_path: Path) -> None:
    full = agreeable_script(tmp_path / "script.json", *CRITERIA, quote="as it stands", passage=3)
    citation = Speaking.from_json(await said(full, "critic/2")).arguments[0].citations[0]

    assert (citation.passage, citation.quote) == (3, "as it stands")


def test_one_reply_may_stand_alone() -> None:
    assert (judged("novelty", credence=7)["credence"], len(spoken("as it stands")["arguments"])) == (7, 1)
