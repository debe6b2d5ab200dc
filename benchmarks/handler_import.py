"""Cold imports: each handler beside the third-party modules that it loads, and beside bare boto3.

python benchmarks/handler_import.py [--rounds N] [--only NAME] [--json]

A cold start imports the handler, the adapter family and what the handler's first event needs. CPU
time, in fresh interpreters that keep bytecode, as an installed handler does.
"""

import argparse
import json
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

AIM = 1.3
HANDLERS = (
    "asset_tagger",
    "batch_creator",
    "dead_letters",
    "exporter",
    "image_generator",
    "indexer",
    "notifier",
    "reconciler",
    "style_embedding",
    "workflow",
)
NEVER = ("agent", "gradio", "langchain", "langgraph", "sqlite3", "torch")
_BARE = "import boto3"
_TIMED = (
    "import sys, time; begin = time.process_time(); {imports}; took = time.process_time() - begin;"
    " print(took, *[name for name in {never!r} if name in sys.modules])"
)
_THIRD_PARTY = (
    "import sys; {imports}; print(*[name for name, module in list(sys.modules.items())"
    " if 'site-packages' in (getattr(module, '__file__', None) or '')])"
)


@dataclass(frozen=True)
class Measured:
    """Medians in milliseconds; `ratio`: to the third-party modules."""

    handler: str
    handler_ms: float
    declared_ms: float
    ratio: float
    to_bare_boto3: float
    loaded_but_must_not: tuple[str, ...]


def run(code: str) -> list[str]:
    """The words that a fresh interpreter prints; isolated, so that it may keep bytecode."""
    command = [sys.executable, "-I", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def third_party(imports: str) -> str:
    """Imports of the third-party modules that these imports load, in their order."""
    names = run(_THIRD_PARTY.format(imports=imports))
    return "import " + ", ".join(
        name for name in names if all(map(str.isidentifier, name.split(".")))
    )


def seconds(imports: str) -> tuple[float, list[str]]:
    """CPU time of the imports in a fresh interpreter, and which of NEVER they loaded."""
    took, *loaded = run(_TIMED.format(imports=imports, never=NEVER))
    return float(took), loaded


def measure(handler: str, rounds: int) -> Measured:
    """Medians of alternating runs."""
    ours = f"import assetql.lambdas.{handler}, assetql.adapters.aws.family"
    declared = third_party(ours)
    runs = [(seconds(ours), seconds(declared), seconds(_BARE)) for _ in range(rounds)]
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
