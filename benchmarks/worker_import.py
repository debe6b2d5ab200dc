"""Starting a worker's code, beside importing only the third-party modules that it declares.

python benchmarks/worker_import.py [--rounds N] [--json]
"""

import argparse
import json
import statistics
import subprocess
import sys

from rich.console import Console

AIM = 1.3
WORKER = "import assetql.worker, assetql.adapters.local.family"
# What pyproject.toml declares for the pipeline and the embedded family, as they import it.
DECLARED = (
    "import numpy, numpy.random, PIL.Image, PIL.ImageDraw, PIL.ImageFont, pydantic,"
    " pydantic_settings, rectpack, resvg_py, sqlite3"
)
NEVER = ("torch", "langgraph", "langchain", "gradio", "boto3")
_TIMED = (
    "import sys, time; begin = time.perf_counter(); {imports}; took = time.perf_counter() - begin;"
    " print(took, *[name for name in {never!r} if name in sys.modules])"
)


def seconds(imports: str) -> tuple[float, list[str]]:
    """Wall time of the imports in a fresh interpreter, and which of NEVER they loaded."""
    code = _TIMED.format(imports=imports, never=NEVER)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    took, *loaded = done.stdout.split()
    return float(took), loaded


def measure(rounds: int) -> dict[str, object]:
    """Medians of alternating runs."""
    seconds(WORKER)
    pairs = [(seconds(WORKER), seconds(DECLARED)) for _ in range(rounds)]
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
