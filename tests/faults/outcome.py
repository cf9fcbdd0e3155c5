"""What a row of the fault matrix came to."""

from dataclasses import dataclass
from enum import StrEnum


class Size(StrEnum):
    """Quick is what `scripts/test` runs, full what is run by hand."""

    QUICK = "quick"
    FULL = "full"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One line of the table: what was done, what was counted, and every promise that was broken."""

    row: str
    counts: dict[str, int | float | str]
    broken: tuple[str, ...] = ()

    def __str__(self) -> str:
        counted = ", ".join(f"{name} {_figure(value)}" for name, value in self.counts.items())
        return f"{'✗' if self.broken else '✓'} {self.row}: {counted}" + "".join(f"\n    {each}" for each in self.broken)


def _figure(value: float | str) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value
