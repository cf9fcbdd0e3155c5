"""A copy of a database in one file, whole or not at all, while others go on writing."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from exchange.domain.address import Address
from exchange.errors import InputError, StoreError
from exchange.store.dialects import raw
from exchange.store.engine import Store

_DUMP = "pg_dump"


def backup(store: Store, to: Path) -> str:
    """Writes the file and says what it is. Raises InputError where there is one, StoreError where it cannot be made."""
    if to.exists():
        raise InputError(f"{to} exists already, and no backup replaces a file. Name a new one.")
    part = to.with_name(f"{to.name}.{os.getpid()}.part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        said = _dumped(store.address, part) if isinstance(store.address, Address) else _copied(store, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(to)
    except OSError as error:
        raise StoreError(f"The backup {to} cannot be written: {error.strerror}.") from error
    except sqlite3.Error as error:
        raise StoreError(f"The backup {to} cannot be written: {error}.") from error
    finally:
        part.unlink(missing_ok=True)
    return said


def _copied(store: Store, part: Path) -> str:
    with store.translated(), store.engine.connect() as connection, closing(sqlite3.connect(part)) as target:
        raw(connection).backup(target)
    return "an SQLite file, as --db takes it"


def _dumped(address: Address, part: Path) -> str:
    program = shutil.which(_DUMP)
    if program is None:
        raise StoreError(
            f"{_DUMP} makes backups of PostgreSQL and is not on the PATH: install PostgreSQL's client programs, or "
            "`exchange db copy` into an SQLite file."
        )
    url = make_url(address.url)
    # What is secret goes by the environment: arguments can be read by everybody on the machine.
    places = {"PGPASSWORD": address.password} if address.password else {}
    plain = url.difference_update_query(["password"]).set(drivername="postgresql", password=None)
    ran = subprocess.run(  # noqa: S603 # a program that was looked up, and no shell
        [program, "--format=custom", f"--file={part}", "--no-password", plain.render_as_string(hide_password=False)],
        env=os.environ | places,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        said = " ".join(ran.stderr.split())
        raise StoreError(f"{_DUMP} could not read {address}: {address.hidden(said).rstrip('.')}.")
    return "an archive of pg_dump, which pg_restore reads"
