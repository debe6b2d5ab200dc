"""The console script, and `python -m integrations.cli`."""

import sys


def main() -> None:
    """Runs the command line; Ctrl-C ends it with status 130 even while it loads."""
    try:
        from integrations.cli.app import app

        app()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
