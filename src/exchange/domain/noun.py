"""What every noun of the domain is: a frozen, strictly validated record."""

from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError


class Noun(BaseModel):
    """A frozen record that refuses unknown fields, NaN, infinity and values of another type."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)

    def to_json(self) -> str:
        """Compact JSON text, which `from_json` reads back to an equal record."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Raises pydantic.ValidationError where the text is not such a record."""
        return cls.model_validate_json(text)


def complaint(error: ValidationError) -> tuple[str, str]:
    """The first of what is wrong with a record: the field, empty where it is the whole, and what is said of it.

    Of what our own validators say, pydantic's words before it are left out.
    """
    first = error.errors(include_url=False, include_input=False)[0]
    return ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
