"""A file that a command is asked to write."""

import os
import sys
from pathlib import Path

from exchange.errors import InputError


def put(path: Path | None, text: str) -> None:
    """Writes the file and prints where it is; without a path, prints the text as it is. Raises InputError."""
    if path is None:
        sys.stdout.write(text)
        return
    write(path, text)
    print(path)


def write(path: Path, text: str) -> None:
    """Writes the file whole or not at all, in UTF-8, and makes the folders above it. Raises InputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")  # a pipe or a device, which nothing may take the place of
        else:
            _replace(Path(os.path.realpath(path)), text)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
