"""Starting a worker's code, beside importing only the third-party modules that it declares.

python benchmarks/worker_import.py [--rounds N] [--json]

CPU time, in interpreters that keep bytecode, as an installed worker does.
"""

import argparse
import json
import statistics
import subprocess
import sys

from rich.console import Console

AIM = 1.3
WORKER = "import assetql.worker, assetql.adapters.local.family"
NEVER = ("torch", "langgraph", "langchain", "gradio", "boto3")
_TIMED = (
    "import sys, time; begin = time.process_time(); {imports}; took = time.process_time() - begin;"
    " print(took, *[name for name in {never!r} if name in sys.modules])"
)
_THIRD_PARTY = (
    "import sys; {imports}; print(*[name for name, module in list(sys.modules.items())"
    " if 'site-packages' in (getattr(module, '__file__', None) or '')])"
)


def run(code: str) -> list[str]:
    """The words that a fresh interpreter prints; isolated, so that it may keep bytecode."""
    command = [sys.executable, "-I", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def third_party() -> str:
    """Imports of the third-party modules that a worker loads, in its order."""
    names = run(_THIRD_PARTY.format(imports=WORKER))
    return "import " + ", ".join(
        name for name in names if all(map(str.isidentifier, name.split(".")))
    )


def seconds(imports: str) -> tuple[float, list[str]]:
    """CPU time of the imports in a fresh interpreter, and which of NEVER they loaded."""
    took, *loaded = run(_TIMED.format(imports=imports, never=NEVER))
    return float(took), loaded


def measure(rounds: int) -> dict[str, object]:
    """Medians of alternating runs."""
    declared = third_party()
    pairs = [(seconds(WORKER), seconds(declared)) for _ in range(rounds)]
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
