"""`scripts/bench`: measures the named rows, or those that take minutes at most; exits with 1 if a limit was missed."""

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.bench import browser, debates, linking, related, relatedness, rescoring, scoring, throughput
from tests.bench.limits import Limits

ROWS: Mapping[str, Callable[[Limits], None]] = {
    "scoring": scoring.run,
    "debates": debates.run,
    "rescoring": rescoring.run,
    "related": related.run,
    "linking": linking.run,
    "relatedness": relatedness.run,
    "browser": browser.run,
    "throughput": throughput.run,
}
DEFAULT = ("scoring", "debates", "rescoring")


def main() -> int:
    """Runs the rows."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure Exchange.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}; {', '.join(DEFAULT)} by default")
    parser.add_argument("--debates", type=Path, metavar="FILE.jsonl", help="other debates than the public ones")
    parser.add_argument("--verdicts", type=Path, metavar="FILE.csv", help="what their judges said")
    given = parser.parse_args()
    if unknown := set(given.rows) - set(ROWS):
        parser.error(f"no row is called {', '.join(sorted(unknown))}")
    limits = Limits()
    for name in given.rows or DEFAULT:
        begun = time.monotonic()
        if name == "debates" and given.debates:
            debates.measure(given.debates, given.verdicts, limits)
        else:
            ROWS[name](limits)
        print(f"{name}: {time.monotonic() - begun:.0f} s\n", flush=True)
    for missed in limits.broken:
        print(f"missed: {missed}", flush=True)
    return 1 if limits.broken else 0


if __name__ == "__main__":
    sys.exit(main())
