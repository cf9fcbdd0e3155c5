"""Numbers with their nouns, as sentences say them."""


def counted(number: float, one: str, several: str = "") -> str:
    """The number with its noun: `1 debate`, `2,000 debates`, `3 hypotheses` where the plural is given; 0.5 rounds to 0."""
    said = f"{number:,.0f}"
    return f"{said} {one if said == '1' else several or f'{one}s'}"
