"""The command line: arguments -> one job -> lines and an exit code."""


def main() -> None:
    """The command `exchange`; the context's object is when it was typed, before anything slow is loaded."""
    import sys
    import time

    asked = time.time()
    try:
        from exchange.cli.app import app
    except KeyboardInterrupt:
        sys.exit(130)
    app(obj=asked)
