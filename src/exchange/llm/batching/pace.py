"""How long batches are gathered and looked after, and what one file may hold."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Seconds, requests and bytes; a file goes out `quiet` seconds after the last question, or when it is full.

    Pauses between looks grow from `first` to `longest`. A question is sent `attempts` times at most; a request about a batch
    that fails for now is repeated `patience` times.
    """

    quiet: float
    first: float
    longest: float
    requests: int
    bytes: int
    attempts: int = 3
    patience: int = 12
    growth: float = 1.5

    def pause(self, looks: int) -> float:
        """Seconds to wait after so many looks."""
        # Grown this far, any pause is the longest.
        return min(self.longest, self.first * self.growth ** min(looks, 64))
