"""What debates of a batch were held with, and what they would be held with today: once for all that are alike."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from exchange.config import Settings, format_named, rubric_named
from exchange.debate.questions import Prompts, of_judges, used
from exchange.domain.debate import Brief, Role
from exchange.domain.format import Format
from exchange.domain.identity import digest
from exchange.domain.setup import Setup
from exchange.domain.work import Asked
from exchange.jobs.batch.item import overlaid
from exchange.jobs.setup import seats_of, spoken_alike
from exchange.store.records import read

_NO_BRIEF = Brief(hypothesis="", claim="", by_title=False, targets=(), passages=())


@dataclass(frozen=True, kw_only=True)
class Form:
    """What debates were held with, their briefs apart; and what is asked for today. Its parts raise SetupError."""

    before: Setup
    asked: Asked
    settings: Settings
    prompts: Prompts

    @cached_property
    def _wishes(self) -> Any:
        return overlaid(self.before, self.asked)

    @cached_property
    def format(self) -> Format:
        """Today's format."""
        return format_named(self._wishes.format)

    @cached_property
    def parts(self) -> dict[str, str]:
        """Of today's basis, the digests that are the same for all of these debates."""
        seats = seats_of(self.format, self._wishes, self.settings)
        rubric = rubric_named(self._wishes.rubric or self.format.rubric)
        return dict(
            prompts=digest([prompt.digest for prompt in used(self.prompts)]),
            rubric=rubric.digest,
            models=digest([self.format.digest, *(seat.model_dump(mode="json") for seat in seats)]),
        )

    @cached_property
    def judges_suffice(self) -> frozenset[str]:
        """The parts in which a difference concerns judges alone."""
        seats = seats_of(self.format, self._wishes, self.settings)
        debaters = [[seat for seat in panel if seat.role is not Role.JUDGE] for panel in (self.before.seats, seats)]
        found = {"rubric"}
        if debaters[0] == debaters[1] and spoken_alike(self.before.format, self.format):
            found.add("models")
        if of_judges(self.before.prompts, used(self.prompts)):
            found.add("prompts")
        return frozenset(found)


class Forms:
    """Every form that was met so far."""

    def __init__(self, asked: Asked, settings: Settings, prompts: Prompts) -> None:
        self._asked, self._settings, self._prompts = asked, settings, prompts
        self._known: dict[bytes, Form] = {}

    def of(self, setup: dict[str, Any]) -> Form:
        """The form of that setup, as its row holds it. Raises BrokenDigest where it can no longer be read."""
        rest = {name: value for name, value in setup.items() if name not in ("brief", "turns_of")}
        key = orjson.dumps(rest)
        if key not in self._known:
            alike = orjson.dumps(rest | {"brief": _NO_BRIEF.model_dump(mode="json")})
            before = read(Setup, alike.decode(), "The setup of a debate")
            self._known[key] = Form(before=before, asked=self._asked, settings=self._settings, prompts=self._prompts)
        return self._known[key]
