"""The documentation of what bad answers leave is made of the table that the matrix is held to."""

from tests.conftest import ROOT
from tests.faults.documented import documentation


def test_the_documentation_says_what_the_table_says() -> None:
    """`python -m tests.faults.documented > docs/faults.md` writes it anew."""
    assert documentation() == (ROOT / "docs" / "faults.md").read_text()
