"""The quick size of the whole fault matrix."""

import pytest

from tests.faults.outcome import Size
from tests.faults.rows import ROWS


@pytest.mark.parametrize("name", ROWS)
def test_no_promise_of_the_row_is_broken(name: str) -> None:
    assert [each for outcome in ROWS[name](Size.QUICK) for each in outcome.broken] == []
