"""Numbers with their nouns, as sentences say them."""


def counted(number: int, one: str, several: str = "") -> str:
    """The number with its noun: `1 debate`, `2,000 debates`, `3 hypotheses` where the plural is given."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
