"""Numbers with their nouns."""

import pytest

from exchange.domain.counted import counted


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 debates"), (1, "1 debate"), (2, "2 debates"), (2_000, "2,000 debates")],
)
def test_one_stands_alone_and_thousands_are_parted(number: int, said: str) -> None:
    assert counted(number, "debate") == said


def test_a_plural_of_its_own_is_used() -> None:
    assert (counted(1, "try", "tries"), counted(3, "try", "tries")) == ("1 try", "3 tries")
