"""A folder that appears whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.errors import InputError


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """An empty folder beside `folder`, which takes its place in the end; after an error there is neither.

    Raises InputError where `folder` is no folder, or holds anything, or cannot be written.
    """
    wanted = Path(os.path.realpath(folder))
    if wanted.exists() and (not wanted.is_dir() or any(wanted.iterdir())):
        raise InputError(f"{folder} is not an empty folder. Name one that is, or that does not exist yet.")
    beside = wanted.with_name(f".{wanted.name}.{os.getpid()}")
    try:
        beside.mkdir(parents=True)
        yield beside
        beside.replace(wanted)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}.") from error
    finally:
        if beside.exists():
            shutil.rmtree(beside)
