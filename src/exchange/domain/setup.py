"""Everything that is settled before the first call of a debate."""

from typing import Any

from pydantic import SerializerFunctionWrapHandler, model_serializer

from exchange.domain.debate import Brief, PromptUsed, Role, Seat
from exchange.domain.format import Format
from exchange.domain.identity import digest
from exchange.domain.noun import Noun
from exchange.domain.rubric import Rubric


class Setup(Noun):
    """What a debate is held with. Two debates with equal digests put the same questions to the same models.

    With `baseline`, the panel also sits as often without the debate as it does after it. `origin` says where a debate
    was held that was imported: nobody was asked here. `format_file` and `rubric_file` are where those lie that were named
    by a path, and not by their names. `turns_of` is the debate whose turns were heard again: nobody spoke in this one.
    """

    format: Format
    rubric: Rubric
    brief: Brief
    seats: tuple[Seat, ...]
    prompts: tuple[PromptUsed, ...]
    baseline: bool = False
    origin: str | None = None
    format_file: str | None = None
    rubric_file: str | None = None
    turns_of: str | None = None

    @model_serializer(mode="wrap")
    def _as_before(self, fields: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without a field that most have no use for: a setup that has none is written, and digested, as it always was."""
        written: dict[str, Any] = fields(self)
        if self.turns_of is None:
            written.pop("turns_of", None)
        return written

    @property
    def digest(self) -> str:
        return digest(self.model_dump(mode="json", exclude={"format_file", "rubric_file"}))

    @property
    def judges(self) -> tuple[Seat, ...]:
        """The panel, in its order."""
        return tuple(seat for seat in self.seats if seat.role is Role.JUDGE)

    @property
    def models(self) -> tuple[str, ...]:
        """Every model once, by its full name."""
        return tuple(dict.fromkeys(seat.model for seat in self.seats))

    def seat(self, role: Role) -> Seat:
        """The proposer's or the critic's seat."""
        return next(seat for seat in self.seats if seat.role is role)
