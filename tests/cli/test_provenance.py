"""`exchange provenance` tells what a number rests on."""

import json
from pathlib import Path

import pytest

from exchange.store.engine import open_store
from tests import events
from tests.cli.running import HYPOTHESIS, run


def test_it_prints_prov_json(database: Path) -> None:
    assert f"ex:hypothesis/{HYPOTHESIS}" in json.loads(run("provenance", HYPOTHESIS).stdout)["entity"]


def test_it_draws_a_picture(database: Path, tmp_path: Path) -> None:
    run("provenance", "genes-plin2", "--format", "svg", "--output", tmp_path / "p.svg")

    assert (tmp_path / "p.svg").read_text().startswith('<?xml version="1.0" encoding="utf-8"?>\n<svg ')


def test_an_unknown_format_is_refused(database: Path) -> None:
    refused = run("provenance", HYPOTHESIS, "--format", "dot")

    assert (refused.exit_code, refused.stderr) == (
        4,
        "exchange: There is no format 'dot' for provenance; there are prov-json, svg.\n",
    )


def test_what_is_not_stored_is_not_found(database: Path) -> None:
    assert run("provenance", "no-such-page").exit_code == 5


def test_it_follows_all_score_events_where_they_are_asked_for(database: Path) -> None:
    store = open_store(database)
    events.append(store, events.imported(0.6, HYPOTHESIS), events.scored(0.7, HYPOTHESIS))
    store.close()
    printed = json.loads(run("provenance", HYPOTHESIS, "--event", "all").stdout)["entity"]
    marked = [entity["ex:current"] for name, entity in printed.items() if "score_event" in name]

    assert marked == [False, True]


@pytest.mark.parametrize(("event", "code"), [("first", 2), ("-1", 2), ("99", 5)])
def test_what_is_no_score_event_is_refused(database: Path, event: str, code: int) -> None:
    assert run("provenance", HYPOTHESIS, "--event", event).exit_code == code
