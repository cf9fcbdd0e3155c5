"""Public panels whose answers are known, and what the method must reach on each."""

from dataclasses import dataclass
from pathlib import Path

from exchange.jobs.tracks import read_track
from exchange.scoring.track import Track

DATA = Path(__file__).parents[3] / "shared" / "data"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A file of verdicts and which of its rows count.

    `brier` holds the limits of the Brier score for the plain mean, the cold pool and the fitted pool.
    """

    name: str
    file: str
    where: tuple[tuple[str, str], ...] = ()
    brier: tuple[float, float, float]

    @property
    def path(self) -> Path:
        return DATA / self.file

    def track(self) -> Track:
        """The verdicts. Raises InputError where the file is not there."""
        return read_track(self.path, self.where).track


# The published figures of the method, plus .003; plus .01 for aggreCAT, which has 25 items.
PANELS = (
    Panel(name="pooledmaRket", file="pooledmarket_verdicts.csv", brier=(0.208, 0.208, 0.176)),
    Panel(
        name="aggreCAT, blind",
        file="aggrecat_verdicts.csv",
        where=(("round", "round_1"),),
        brier=(0.184, 0.184, 0.159),
    ),
    Panel(name="NYU, final", file="nyu_verdicts_dev.csv", where=(("final", "1"),), brier=(0.164, 0.157, 0.158)),
    Panel(name="LLMBar Natural", file="llmbar_natural_verdicts.csv", brier=(0.066, 0.073, 0.040)),
)
