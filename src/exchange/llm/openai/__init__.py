"""OpenAI and every server that speaks its protocol. The only room that knows the SDK."""

from exchange.llm.openai.client import NO_KEY
from exchange.llm.openai.model import OpenAIModel
from exchange.llm.openai.translation import TRANSLATION

__all__ = ["NO_KEY", "TRANSLATION", "OpenAIModel"]
