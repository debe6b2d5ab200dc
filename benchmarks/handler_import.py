"""Cold imports: each handler beside the third-party modules that it loads, and beside bare boto3.

python -m benchmarks.handler_import [--rounds N] [--only NAME] [--json]

A cold start imports the handler, the adapter family and what the handler's first event needs. CPU
time, in fresh interpreters that keep bytecode, as an installed handler does.
"""

import argparse
import json
import statistics
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.cold_imports import seconds, third_party
from infra.triggers import HANDLERS

AIM = 1.3
NEVER = ("agent", "gradio", "langchain", "langgraph", "sqlite3", "torch")
_BARE = "import boto3"


@dataclass(frozen=True)
class Measured:
    """Medians in milliseconds; `ratio`: to the third-party modules."""

    handler: str
    handler_ms: float
    declared_ms: float
    ratio: float
    to_bare_boto3: float
    loaded_but_must_not: tuple[str, ...]


def measure(handler: str, rounds: int) -> Measured:
    """Medians of alternating runs."""
    ours = f"import assetql.lambdas.{handler}, assetql.adapters.aws.family"
    declared = third_party(ours)
    runs = [(seconds(ours, NEVER), seconds(declared), seconds(_BARE)) for _ in range(rounds)]
    return Measured(
        handler=handler,
        handler_ms=round(1000 * statistics.median(one[0] for one, _, _ in runs), 1),
        declared_ms=round(1000 * statistics.median(two[0] for _, two, _ in runs), 1),
        ratio=round(statistics.median(one[0] / two[0] for one, two, _ in runs), 3),
        to_bare_boto3=round(statistics.median(one[0] / bare[0] for one, _, bare in runs), 3),
        loaded_but_must_not=tuple(sorted({name for one, _, _ in runs for name in one[1]})),
    )


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=HANDLERS)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = [measure(name, asked.rounds) for name in ([asked.only] if asked.only else HANDLERS)]
    if asked.json:
        print(json.dumps({"aim": AIM, "handlers": [asdict(each) for each in found]}))
        return
    table = Table(title=f"CPU time of cold imports; aim: ≤ {AIM} times the third-party modules")
    for column in ("handler", "ms", "third party, ms", "ratio", "÷ bare boto3", "must not load"):
        table.add_column(column)
    for each in found:
        table.add_row(*map(str, (*asdict(each).values(),)))
    Console().print(table)


if __name__ == "__main__":
    main()
