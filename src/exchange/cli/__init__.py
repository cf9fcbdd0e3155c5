"""The command line: arguments -> one job -> lines and an exit code."""


def main() -> None:
    """The command `exchange`."""
    from exchange.cli.app import app

    app()
