"""What an export consists of. Loads nothing: the command line's help names the choices."""

from enum import StrEnum


class Form(StrEnum):
    """Files of CSV, of JSON Lines, or of JSON Lines that an RO-Crate describes."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    CRATE = "ro-crate"
