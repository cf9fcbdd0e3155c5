"""What repaints a page, and what does not."""

import pytest

from exchange.config import settings
from exchange.domain.event import Cause
from exchange.pages.related import related_in
from exchange.pages.render import RENDERERS
from exchange.store.engine import Store
from exchange.store.pages import page
from tests import events

SLUG = "genes-plin2"
FIRST = events.scored(0.62, "h-0e9a3b1c")
AGAIN = events.scored(0.55, "h-0e9a3b1c", cause=Cause.REROLL, at="2026-12-01T00:00:00.000000+00:00", change=-0.07)


def painted(store: Store, format: str) -> str:
    return RENDERERS[format](page(store, SLUG), related_in(store, SLUG, settings()), "")


@pytest.mark.parametrize("format", RENDERERS)
def test_a_reroll_within_its_noise_leaves_every_byte_of_the_page(example_store: Store, format: str) -> None:
    events.append(example_store, FIRST)
    before = painted(example_store, format)
    events.append(example_store, AGAIN.model_copy(update={"within_noise": True}))

    assert painted(example_store, format) == before


@pytest.mark.parametrize("format", RENDERERS)
def test_a_reroll_beyond_its_noise_repaints_the_page(example_store: Store, format: str) -> None:
    events.append(example_store, FIRST)
    before = painted(example_store, format)
    events.append(example_store, AGAIN)

    assert painted(example_store, format) != before
