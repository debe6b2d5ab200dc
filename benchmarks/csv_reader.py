"""Validating a list of 100,000 rows ÷ `csv.reader` over the same file; peak memory beside its.

python -m benchmarks.csv_reader [--rows N] [--json]
"""

import argparse
import csv
import json
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from random import Random

from assetql.domain.asset_list.limits import ListLimits
from assetql.domain.asset_list.reader import AssetListReader
from assetql.domain.batch import Row

ROUNDS = 7
PROMPTS = (
    "small round flask, red liquid",
    "iron sword",
    "épée de feu, lame courbe",
    'board that says "open"',
)


def write_list(path: Path, rows: int) -> None:
    """A list as people send it: half of the prompts quoted, some beyond ASCII, few in two lines."""
    random = Random(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("name", "description", "category", "width", "height", "variations"))
        for n in range(rows):
            prompt = f"{random.choice(PROMPTS)}{chr(10) if n % 1_000 == 0 else ' '}{n}"
            category = random.choice(("potion", "weapon", "armor"))
            writer.writerow((f"Asset {n}", prompt, category, 256, 256, random.randint(1, 4)))


def floor(path: Path) -> int:
    """Rows that csv.reader finds."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def validated(path: Path) -> int:
    """Rows that are accepted."""
    with path.open("rb") as file:
        reader = AssetListReader(file, limits=ListLimits(max_rows=10**7, max_bytes=2**31))
        return sum(1 for item in reader if isinstance(item, Row))


def seconds(side: Callable[[Path], int], path: Path) -> float:
    """CPU time of one pass."""
    start = time.process_time()
    side(path)
    return time.process_time() - start


def peak_mib(side: Callable[[Path], int], path: Path) -> float:
    """The most that one pass holds at a time."""
    tracemalloc.start()
    side(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def measure(rows: int) -> dict[str, float | int]:
    """Both sides in turn; the best of the rounds of each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write_list(path, rows)
        if not validated(path) == floor(path) == rows:
            raise SystemExit("the two sides don't agree on the rows")
        pairs = [(seconds(floor, path), seconds(validated, path)) for _ in range(ROUNDS)]
        base, ours = (min(times) for times in zip(*pairs, strict=True))
        return {
            "rows": rows,
            "floor_s": round(base, 4),
            "validated_s": round(ours, 4),
            "ratio": round(ours / base, 2),
            "extra_mib": round(peak_mib(validated, path) - peak_mib(floor, path), 1),
        }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.rows)
    if options.json:
        print(json.dumps(found))
        return
    print(f"{found['rows']:,} rows: csv.reader {found['floor_s']} s, validated "
          f"{found['validated_s']} s, ratio {found['ratio']} (aim ≤ 8), "
          f"memory +{found['extra_mib']} MiB (aim ≤ 50)")  # fmt: skip


if __name__ == "__main__":
    main()
