"""The command line: arguments -> one job -> lines and an exit code."""


def main() -> None:
    """The command `exchange`; the context's object is when it was typed, before anything slow is loaded."""
    import time

    asked = time.time()
    from exchange.cli.app import app

    app(obj=asked)
