"""Where the shipped prompts and configs lie: inside an installed wheel, or at the top of a checkout."""

from pathlib import Path

_HERE = Path(__file__).parent


def shipped(kind: str) -> Path:
    """The folder of the shipped `prompts` or `configs`."""
    packed = _HERE / "_shipped" / kind
    return packed if packed.is_dir() else _HERE.parents[1] / kind
