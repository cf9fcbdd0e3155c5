"""What a figure is held to, and how many were not."""

from collections.abc import Sequence


class Limits:
    """Prints figures beside their limits, and remembers those that miss them."""

    def __init__(self) -> None:
        self.broken: list[str] = []

    def between(self, what: str, value: float, low: float, high: float) -> None:
        """A line: what was measured, the figure, and from where to where it may lie."""
        met = low <= value <= high
        if not met:
            self.broken.append(what)
        bounds = f"at most {high:g}" if low == float("-inf") else f"{low:g} to {high:g}"
        print(f"  {what}: {value:.4f} ({bounds}) {'ok' if met else 'MISSED'}", flush=True)

    def at_most(self, what: str, value: float, high: float) -> None:
        """The same without a lower bound."""
        self.between(what, value, float("-inf"), high)


def row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Cells in columns, the first to the left, the others to the right."""
    first, *rest = [
        cell.ljust(width) if not at else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join([first, *rest])


def figure(value: float | None, interval: tuple[float, float] | None) -> str:
    """A figure with its interval, as far as there are such."""
    around = f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval else ""
    return "none" if value is None else f"{value:.4f}{around}"
