"""The quick size of the fault matrix, but for the row that takes minutes: tests/jobs/test_via_batch.py has its faults one by one."""

import pytest

from tests.faults.outcome import Size
from tests.faults.rows import ROWS

TAKES_MINUTES = frozenset({"provider-batches"})


@pytest.mark.parametrize("name", [name for name in ROWS if name not in TAKES_MINUTES])
def test_no_promise_of_the_row_is_broken(name: str) -> None:
    assert [each for outcome in ROWS[name](Size.QUICK) for each in outcome.broken] == []
