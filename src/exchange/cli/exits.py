"""Errors -> one sentence on stderr and a documented exit code.

0 done · 1 a fault in Exchange itself · 2 wrong usage · 3 some of several debates not finished · 4 settings, prompts, models or keys · 5 not found ·
6 input refused · 7 a model call failed · 8 the debate failed · 9 a limit was reached · 10 the database ·
130 interrupted
"""

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec

from exchange.cli.words import tame
from exchange.errors import (
    DebateFailed,
    ExchangeError,
    InputError,
    Interrupted,
    LimitReached,
    ModelError,
    NotFound,
    ReplyError,
    SetupError,
    StoreError,
)

_Given = ParamSpec("_Given")
PARTLY = 3
INTERRUPTED = 130
_CODES: tuple[tuple[type[ExchangeError], int], ...] = (
    (SetupError, 4),
    (NotFound, 5),
    (InputError, 6),
    (ModelError, 7),
    (ReplyError, 8),
    (DebateFailed, 8),
    (LimitReached, 9),
    (StoreError, 10),
    (Interrupted, INTERRUPTED),
)


def exit_code(error: ExchangeError) -> int:
    """The documented exit code of an error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), 1)


def guarded(command: Callable[_Given, None]) -> Callable[_Given, None]:
    """The command, with every error of ours as a sentence and an exit code."""

    @functools.wraps(command)
    def run(*given: _Given.args, **named: _Given.kwargs) -> None:
        try:
            command(*given, **named)
        except ExchangeError as error:
            print(tame(f"exchange: {error}"), file=sys.stderr)
            sys.exit(exit_code(error))
        except KeyboardInterrupt:
            print("exchange: Interrupted.", file=sys.stderr)
            sys.exit(INTERRUPTED)

    return run
