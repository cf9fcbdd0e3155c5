"""A PostgreSQL server of the tests' own: made for one run, in memory, reached through a socket in its folder."""

import atexit
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import text

from exchange.domain.address import Address
from exchange.store import postgres

# Where the server is that a run has started, for its workers.
FOLDER = "POSTGRES_OF_THE_TESTS"
_FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c autovacuum=off -c max_connections=200"
_MEMORY = Path("/dev/shm")
_MISSING = "PostgreSQL's programs (initdb, pg_ctl) are not on this machine"


@cache
def programs() -> Path | None:
    """The folder with the server's programs: Debian keeps them off the PATH."""
    found = shutil.which("pg_ctl")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in folders if (each / "initdb").is_file() and (each / "pg_ctl").is_file()), None)


class Server:
    """A server in a folder of its own. It refuses to run as root, so that root starts it as another user."""

    def __init__(self, settings: str = _FAST) -> None:
        self.settings = settings
        found = programs()
        if found is None:
            raise FileNotFoundError(_MISSING)
        self.programs = found
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None))
        self.user = _unprivileged()
        if self.user:
            shutil.chown(self.folder, self.user)
        # Who comes as `guest` is asked for a password.
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        (self.folder / "data" / "pg_hba.conf").write_text("local all guest scram-sha-256\nlocal all all trust\n")
        self.start()

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} {self.settings}"
        self._run("pg_ctl", "--wait", f"--log={self.folder / 'log'}", f"--options={options}", "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "--wait", f"--mode={mode}", "stop")

    def end(self) -> None:
        """Stops it and removes its folder."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), f"--pgdata={self.folder / 'data'}", *arguments]
        with (self.folder / "said").open("ab") as said:
            subprocess.run(command, user=self.user, stdout=said, stderr=said, check=True, cwd=self.folder)


def address(name: str, folder: str | None = None, user: str = "postgres") -> Address:
    """The address of a database of the run's server, or of another one's."""
    return Address(f"postgresql+psycopg://{user}@/{name}?host={folder or os.environ[FOLDER]}")


def needed() -> None:
    """Skips the test, or fails it in CI, where there is no server."""
    if programs() is None:
        if os.environ.get("CI"):
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)


def started() -> None:
    """Starts the server of this process, if none runs yet; it ends with the process."""
    needed()
    if FOLDER not in os.environ:
        server = Server()
        os.environ[FOLDER] = str(server.folder)
        atexit.register(server.end)


def create(template: str = "template0") -> Address:
    """A new database, like the template."""
    name = f"t{secrets.token_hex(6)}"
    _administer(f"CREATE DATABASE {name} TEMPLATE {template}")
    return address(name)


def create_on(server: Server) -> Address:
    """A new database on that server."""
    name, engine = f"t{secrets.token_hex(6)}", postgres.engine_of(address("postgres", str(server.folder)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", reader=True) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    engine.dispose()
    return address(name, str(server.folder))


def drop(database: Address) -> None:
    _administer(f"DROP DATABASE IF EXISTS {database.name} WITH (FORCE)")


def _administer(statement: str) -> None:
    engine = postgres.engine_of(address("postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", reader=True) as connection:
        connection.execute(text(statement))
    engine.dispose()


def _unprivileged() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
