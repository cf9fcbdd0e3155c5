"""A run that several processes hold together."""

from pathlib import Path

import pytest

from exchange.config import settings
from exchange.errors import LimitReached
from exchange.jobs.debate import Observer, debate
from exchange.jobs.run import running
from exchange.store.engine import Store
from exchange.testing import FaultServer
from tests.jobs.holding import HYPOTHESIS, all_played_by, ignore, rows

RUN = "r-000000000001"


@pytest.fixture
def priced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every model has a price, in US dollars for a million tokens."""
    (tmp_path / "exchange.toml").write_text("")
    (tmp_path / "prices.toml").write_text('[models]\n"openai:*" = { input = 2.0, output = 8.0 }\n')
    monkeypatch.setenv("EXCHANGE_CONFIG", str(tmp_path / "exchange.toml"))


async def capped(store: Store, server: FaultServer, cap: float, run: str | None) -> None:
    wishes = all_played_by(f"openai:tiny@{server.url}")
    async with running(store, settings(paid_calls=True), max_cost=cap, run=run) as at_work:
        await debate(at_work, HYPOTHESIS, wishes, Observer(begun=ignore, event=ignore, wait=ignore))


@pytest.mark.usefixtures("priced")
async def test_who_shares_a_run_shares_its_cap(example_store: Store) -> None:
    with FaultServer() as server:
        await capped(example_store, server, 1.0, RUN)
        ((spent,),) = rows(example_store, "sum(cost) FROM call")
        calls = len(server.log)
        with pytest.raises(LimitReached):
            await capped(example_store, server, float(str(spent)), RUN)

        assert (len(server.log), {run for (run,) in rows(example_store, "run FROM call")}) == (calls, {RUN})


@pytest.mark.usefixtures("priced")
async def test_a_run_without_a_name_has_a_cap_of_its_own(example_store: Store) -> None:
    with FaultServer() as server:
        await capped(example_store, server, 0.1, None)
        await capped(example_store, server, 0.1, None)

    assert len({run for (run,) in rows(example_store, "run FROM call")}) == 2
