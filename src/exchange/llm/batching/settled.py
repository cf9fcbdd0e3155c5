"""What became of one call of a batch: as the ledger keeps it, and as whoever asked is told."""

from dataclasses import dataclass

from exchange.domain.batches import Outcome, Sent
from exchange.domain.calls import Answer, Reply
from exchange.errors import ExchangeError


@dataclass(frozen=True)
class Settled:
    """`said` is the reply, priced, or why there is none; `may_cost` if it may have been paid for all the same."""

    sent: Sent
    said: Reply | ExchangeError
    may_cost: bool = False

    @property
    def outcome(self) -> Outcome:
        if isinstance(self.said, Reply):
            return Outcome(call=self.sent.call, reply=self.said)
        error = f"{type(self.said).__name__}: {self.said}"
        return Outcome(call=self.sent.call, error=error, may_cost=self.may_cost)

    @property
    def told(self) -> Answer | ExchangeError:
        if isinstance(self.said, Reply):
            return Answer(call=self.sent.call, reply=self.said, form=self.sent.form, replayed=False)
        return self.said
