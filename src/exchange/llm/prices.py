"""What a call costs, in US dollars; a price that is not known stays unknown."""

from exchange.domain.calls import Usage
from exchange.llm.spec import Spec


def cost(spec: Spec, usage: Usage) -> float | None:
    """Zero for in-process and scripted models; None where the model's price or the usage is unknown."""
    if not spec.paid:
        return 0.0
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    from genai_prices import Usage as Priced
    from genai_prices import calc_price

    tokens = Priced(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
    try:
        if spec.of_openai:
            return float(calc_price(tokens, spec.name, provider_id="openai").total_price)
        return float(calc_price(tokens, spec.name, provider_api_url=spec.url).total_price)
    except (LookupError, ValueError, ArithmeticError):
        return None
