"""Which process is at work, and whether another one still is."""

import os
import platform
import secrets

import psutil
from pydantic import ValidationError

from exchange.domain.noun import Noun

# The system rounds start times, and may shift them when its clock is set.
_SAME_START = 2.0


class Owner(Noun):
    """A process at work; `token` tells apart what one process does at the same time."""

    host: str
    process: int
    started: float
    token: str

    @property
    def may_be_alive(self) -> bool:
        """False where it is known to have ended: only a process of this machine can be looked for."""
        if self.host != platform.node():
            return True
        try:
            process = psutil.Process(self.process)
            same = abs(process.create_time() - self.started) < _SAME_START
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    def __str__(self) -> str:
        return f"process {self.process} on {self.host}"


def this_process() -> Owner:
    """The process that runs, with a new token."""
    return Owner(host=platform.node(), process=os.getpid(), started=started(), token=secrets.token_hex(8))


def started() -> float:
    """When the process that runs began, in seconds since the epoch."""
    return float(psutil.Process().create_time())


def read_owner(text: str | None) -> Owner | None:
    """The owner that a row names; None where it names none that can be read."""
    try:
        return Owner.from_json(text) if text else None
    except ValidationError:
        return None
