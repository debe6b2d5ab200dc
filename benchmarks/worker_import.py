"""Starting a worker's code, beside importing only the third-party modules that it declares.

python -m benchmarks.worker_import [--rounds N] [--json]

CPU time, in interpreters that keep bytecode, as an installed worker does.
"""

import argparse
import json
import statistics

from rich.console import Console

from benchmarks.cold_imports import seconds, third_party

AIM = 1.3
WORKER = "import assetql.worker, assetql.adapters.local.family"
NEVER = ("torch", "langgraph", "langchain", "gradio", "boto3")


def measure(rounds: int) -> dict[str, object]:
    """Medians of alternating runs."""
    declared = third_party(WORKER)
    pairs = [(seconds(WORKER, NEVER), seconds(declared)) for _ in range(rounds)]
    ratio = statistics.median(ours[0] / bare[0] for ours, bare in pairs)
    return {
        "worker_ms": round(1000 * statistics.median(ours[0] for ours, _ in pairs), 1),
        "declared_ms": round(1000 * statistics.median(bare[0] for _, bare in pairs), 1),
        "ratio": round(ratio, 3),
        "aim": AIM,
        "loaded_but_must_not": sorted({name for ours, _ in pairs for name in ours[1]}),
    }


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.rounds)
    if options.json:
        print(json.dumps(found))
    else:
        Console().print(
            f"worker {found['worker_ms']} ms ÷ its third-party modules {found['declared_ms']} ms "
            f"= {found['ratio']} (aim ≤ {AIM}); of {', '.join(NEVER)} it loaded "
            f"{found['loaded_but_must_not'] or 'none'}"
        )


if __name__ == "__main__":
    main()
