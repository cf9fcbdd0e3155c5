"""One claim, with the entities that it targets."""

from pydantic import Field

from exchange.domain.noun import Noun


class Hypothesis(Noun):
    """`targets` are names as people write them: gene symbols, mostly."""

    id: str
    title: str = Field(min_length=1)
    statement: str | None = None
    targets: tuple[str, ...] = ()

    @property
    def claim(self) -> str:
        """What is debated: the statement, or the title where there is none."""
        return self.statement or self.title
