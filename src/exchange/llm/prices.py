"""What a call costs, in US dollars; a price that is not known stays unknown."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from exchange.domain.calls import Form, Question, Usage, Via
from exchange.domain.money import Price
from exchange.errors import UnknownModel
from exchange.llm import completion
from exchange.llm.spec import Spec, parse

_MILLION = 1_000_000
# What is paid of the price: OpenAI's batches cost half. The one place that knows it.
SHARE: Mapping[Via, float] = {Via.CALL: 1.0, Via.BATCH: 0.5}
_PATTERN = re.compile(r"[*?\[]")


@dataclass(frozen=True, kw_only=True)
class Prices:
    """The user's own prices, by a model's full name or a pattern of it, over the table that comes with genai-prices."""

    own: Mapping[str, Price] = field(default_factory=dict)

    def known(self, model: str) -> bool:
        """Is it known what a call to the model of that full name costs?"""
        return self.cost(model, Usage(input_tokens=1, output_tokens=1)) is not None

    def cost(self, model: str, usage: Usage, via: Via = Via.CALL) -> float | None:
        """Zero for in-process and scripted models; None where the model's price or the usage is unknown."""
        full = self._full(model, usage)
        return None if full is None else full * SHARE[via]

    def worst(self, question: Question, form: Form, sent: int | None = None, via: Via = Via.CALL) -> float | None:
        """The most that one attempt may cost: a token for each byte that is sent, and as many as allowed coming back.

        `sent` is how many bytes those are, where that is known.
        """
        sent = completion.size(question, form) if sent is None else sent
        return self.cost(question.model, Usage(input_tokens=sent, output_tokens=question.max_tokens), via)

    def _full(self, model: str, usage: Usage) -> float | None:
        spec = parse(model)
        if not spec.paid:
            return 0.0
        if usage.input_tokens is None or usage.output_tokens is None:
            return None
        price = self._own(model)
        if price:
            return (usage.input_tokens * price.input + usage.output_tokens * price.output) / _MILLION
        return _listed(spec, usage.input_tokens, usage.output_tokens)

    def _own(self, model: str) -> Price | None:
        if model in self.own:
            return self.own[model]
        return next((price for pattern, price in self.own.items() if fnmatchcase(model, pattern)), None)


def never_used(own: Iterable[str]) -> list[str]:
    """The names that are neither a model's full name nor a pattern that could fit one."""
    return [name for name in own if not _PATTERN.search(name) and not _is_full(name)]


def _is_full(name: str) -> bool:
    try:
        parse(name)
    except UnknownModel:
        return False
    return True


def _listed(spec: Spec, inputs: int, outputs: int) -> float | None:
    from genai_prices import Usage as Priced
    from genai_prices import calc_price

    tokens = Priced(input_tokens=inputs, output_tokens=outputs)
    try:
        if spec.of_openai:
            return float(calc_price(tokens, spec.name, provider_id="openai").total_price)
        return float(calc_price(tokens, spec.name, provider_api_url=spec.url).total_price)
    except (LookupError, ValueError, ArithmeticError):
        return None
