"""make bench: every benchmark in turn, each in a process of its own."""

import subprocess
import sys
from pathlib import Path

from rich.console import Console

ALL = (
    "csv_reader",
    "thumbnails",
    "export",
    "worker_import",
    "handler_import",
    "worker_loop",
    "turn",
    "turn_on_aws",
    "search",
    "style_gate",
)


def main() -> int:
    """Runs them all; the exit status is the number that failed to run."""
    here = Path(__file__).parent
    failed = 0
    for name in ALL:
        Console().rule(name)
        failed += bool(
            subprocess.run([sys.executable, str(here / f"{name}.py")], check=False).returncode
        )
    return failed


if __name__ == "__main__":
    sys.exit(main())
