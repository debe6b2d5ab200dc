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
    "worker_loop_on_aws",
    "dynamodb_drain",
    "turn",
    "turn_on_aws",
    "slack_ack",
    "prompt_cache",
    "api_get",
    "conversations",
    "search",
    "search_on_aws",
    "style_gate",
)


def main() -> int:
    """Runs them all; the exit status is the number that failed to run."""
    root = Path(__file__).parents[1]
    failed = 0
    for name in ALL:
        Console().rule(name)
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        failed += bool(subprocess.run(command, cwd=root, check=False).returncode)
    return failed


if __name__ == "__main__":
    sys.exit(main())
