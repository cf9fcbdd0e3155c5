"""One debate by the real command, in a shell that asks for every log and trace; and all that is left of it."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from exchange.jobs.importing import import_files, read_files
from exchange.store.engine import open_store
from exchange.testing import Fault, FaultServer
from tests.cli.running import HYPOTHESIS
from tests.conftest import ROOT
from tests.faults.canary import KEYS, PROMPT, recorder

_COMMAND = """
import logging, os
logging.basicConfig(level=logging.DEBUG, filename=os.environ["HARNESS_LOG"])
{breaking}
from exchange.cli import main
main()
"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One debate: what goes wrong at the debaters' server, at the judge's, or in Exchange; `ends` is the exit code."""

    name: str
    ends: int
    debaters: Fault | None = None
    judge: Fault | None = None
    breaking: str = ""
    traced: bool = False


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a case left behind: bytes by the name of where they were found."""

    case: Case
    folder: Path
    ended: int
    keyed: bool
    left: dict[str, bytes]


def with_the_word(folder: Path) -> None:
    """The example, with a word more in its claim and on its page."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    page, claims = folder / "examples/pages/genes-plin2.md", folder / "examples/hypotheses.jsonl"
    page.write_text(page.read_text().replace("astrocytes", f"astrocytes of the {PROMPT}"))
    claims.write_text(claims.read_text().replace("in astrocytes", f"in astrocytes of the {PROMPT}"))
    store = open_store(folder / "imported.db", create=True)
    import_files(store, read_files([folder / "examples"]))
    store.close()


def debated(case: Case, folder: Path) -> Held:
    """Holds one debate with the real command, and gathers all that is left of it."""
    place = folder / case.name.replace(" ", "-")
    place.mkdir()
    shutil.copy(folder / "imported.db", place / "exchange.db")
    with (
        FaultServer(faults=lambda *_: case.debaters) as debaters,
        FaultServer(faults=lambda *_: case.judge) as judge,
        recorder() as (traces, traced),
        # As long as somebody has the database open, its WAL stays where it is.
        closing(sqlite3.connect(place / "exchange.db")) as reader,
    ):
        reader.execute("SELECT count(*) FROM debate").fetchone()
        environment = _environment(case, place, debaters.url, judge.url, traces)
        ended, left = _commanded(case, place, f"openai:judge@{judge.url}", environment)
        left |= {each.name: each.read_bytes() for each in place.iterdir() if each.name.startswith("exchange.db")}
        left |= {"rows": _rows(reader), "traces": b"\n".join(traced)}
        keyed = all(entry.keyed for server in (debaters, judge) for entry in server.log) and bool(judge.log)
    return Held(case=case, folder=place, ended=ended, keyed=keyed, left=left)


def _environment(case: Case, place: Path, debaters: str, judge: str, traces: str) -> dict[str, str]:
    """A shell in which everything that could be told is asked for."""
    (place / "exchange.toml").write_text(f'[keys]\n"{judge}" = "JUDGES_KEY"\n')
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("EXCHANGE_", "OPENAI_"))}
    return ours | {
        "OPENAI_API_KEY": KEYS[0],
        "OPENAI_BASE_URL": debaters,
        "OPENAI_LOG": "debug",
        "JUDGES_KEY": KEYS[1],
        "EXCHANGE_CONFIG": str(place / "exchange.toml"),
        "EXCHANGE_DB": str(place / "exchange.db"),
        "EXCHANGE_PAID_CALLS": "true",
        "EXCHANGE_LIMITS__ATTEMPTS": "1",
        "HARNESS_LOG": str(place / "log"),
        "LANGSMITH_TRACING": "true",
        "LANGSMITH_API_KEY": "a key of the tracer's",
        "LANGSMITH_ENDPOINT": traces,
        "LANGSMITH_DISABLE_RUN_COMPRESSION": "true",
        "LANGSMITH_OTEL_ENABLED": "true",
        "OTEL_EXPORTER_OTLP_ENDPOINT": traces,
        "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true",
        "EXCHANGE_TRACING": str(case.traced).lower(),
    }


def _commanded(case: Case, place: Path, judge: str, environment: dict[str, str]) -> tuple[int, dict[str, bytes]]:
    """The exit code; what was printed and logged, and the arguments that everybody on the machine can read."""
    roles = ("--proposer", "openai:debater", "--critic", "openai:debater", "--judge", judge)
    command = [sys.executable, "-c", _COMMAND.format(breaking=case.breaking), "debate", HYPOTHESIS, "--format", "quick"]
    with subprocess.Popen(
        [*command, *roles], cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        arguments = Path(f"/proc/{process.pid}/cmdline")
        seen = arguments.read_bytes() if arguments.exists() else b""
        out, err = process.communicate(timeout=120)
    log = (place / "log").read_bytes() if (place / "log").exists() else b""
    return process.returncode, {"stdout": out, "stderr": err, "log": log, "arguments": seen}


def _rows(reader: sqlite3.Connection) -> bytes:
    """Every row of every table."""
    names = [name for (name,) in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return "\n".join(str(row) for name in names for row in reader.execute(f"SELECT * FROM {name}")).encode()
