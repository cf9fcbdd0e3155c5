"""What hosts show: the hypotheses of `examples/`, one of them with markup where words should be."""

from pathlib import Path

import pytest

from exchange.domain.hypothesis import Hypothesis
from exchange.jobs.relating import relate
from exchange.store import hypotheses
from exchange.store.engine import open_store
from tests import events, images, places

HOSTILE = "h-00000001"
MARKUP = '<img src=x onerror=alert(1)> [x](javascript:alert(1)) {{ 7 * 7 }} `a` | "b"'


@pytest.fixture(autouse=True)
def database() -> Path:
    path = places.file()
    path.write_bytes(images.with_examples())
    store = open_store(path)
    with store.writing() as transaction:
        hypotheses.save(transaction, Hypothesis(id=HOSTILE, title=MARKUP, targets=(MARKUP,)))
        hypotheses.list_on(transaction, "genes-plin2", HOSTILE)
    relate(store)
    events.append(store, events.scored(0.7, "h-0e9a3b1c"))
    store.close()
    return path
