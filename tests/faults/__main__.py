"""`scripts/faults`: runs the rows of the matrix, one line each; exits with 1 if a promise was broken."""

import argparse
import sys
import time

from tests.faults.outcome import Size
from tests.faults.rows import ROWS


def main() -> int:
    """Runs the named rows, or all."""
    parser = argparse.ArgumentParser(prog="scripts/faults", description="Run the fault matrix.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="the sizes that scripts/test runs")
    given = parser.parse_args()
    if unknown := set(given.rows) - set(ROWS):
        parser.error(f"no row is called {', '.join(sorted(unknown))}")
    size, broken = Size.QUICK if given.quick else Size.FULL, 0
    for name in given.rows or ROWS:
        begun = time.monotonic()
        for outcome in ROWS[name](size):
            print(f"{outcome} ({time.monotonic() - begun:.0f} s)", flush=True)
            broken += len(outcome.broken)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
