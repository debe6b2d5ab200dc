"""Search in segments in S3 beside the same floor as `search.py`: a dot product over all vectors.

    python -m benchmarks.search_on_aws [--assets N] [--rounds N] [--json]

Applies assets as a table's stream pushes them, 500 at a time, to an emulated S3, which merges
segments meanwhile; opens the index in a process of its own, for the time and memory of a cold
reader; and times each kind of filtered search, warm. The emulator answers a request in some
milliseconds, S3 in some tens: so requests and bytes are counted, too.
"""

import argparse
import json
import multiprocessing
import random
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import psutil

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.index import SegmentIndex
from assetql.adapters.aws.index.shelf import Shelf
from assetql.domain.search import SearchQuery
from benchmarks.search import (
    AIM,
    DIMENSIONS,
    WORKSPACE,
    build,
    searches,
    show,
    timed,
    unit_vectors,
)
from tests.support.emulator import REGION, emulator_address, names_for


class Traffic:
    """The requests that a client sends, and the bytes that it gets."""

    def __init__(self, s3: Any) -> None:
        self.requests = self.received = 0
        s3.meta.events.register("before-send.s3", self._sent)
        s3.meta.events.register("after-call.s3", self._answered)

    def _sent(self, **_: Any) -> None:
        self.requests += 1

    def _answered(self, http_response: Any, **_: Any) -> None:
        self.received += int(http_response.headers.get("content-length", 0))


def main() -> int:
    """Prints the table, or one JSON document; fails where the aim is missed."""
    parser = argparse.ArgumentParser(description="Search in segments in S3")
    parser.add_argument("--assets", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = measure(assets=options.assets, rounds=options.rounds)
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        show(report)
        for name, value in report["aws"].items():
            print(f"{name}: {value:,}")
    return 0 if report["ratio"] <= AIM else 1


def measure(*, assets: int, rounds: int) -> dict[str, Any]:
    """The report of one run."""
    rng, vectors = random.Random(7), unit_vectors(assets)
    address = emulator_address()
    with tempfile.TemporaryDirectory() as folder:
        bucket = names_for(Path(folder)).bucket
    s3 = Clients(region=REGION, endpoint=address).s3
    s3.create_bucket(Bucket=bucket)
    index, writing = SegmentIndex(s3, bucket), Traffic(s3)
    started = time.perf_counter()
    build(index, rng, vectors)
    built = time.perf_counter() - started
    requests = writing.requests
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        cold = pool.submit(cold_reader, address, bucket, assets).result()
    index.query(WORKSPACE, SearchQuery(embedding=tuple(vectors[0].tolist())))
    rows, floor = searches(index, rng, vectors, rounds)
    looks = [timed(lambda: look(index)) for _ in range(rounds)]
    p50 = statistics.median(row.p50 for row in rows if not row.kind.endswith("*"))
    listed = Shelf(s3, bucket, WORKSPACE).listing().segments
    heads = sum(each.extent.tail for each in listed.values())
    size = sum(each.size for each in listed.values())
    return {
        "assets": assets,
        "dimensions": DIMENSIONS,
        "build_s": round(built, 1),
        "file_mb": round(size / 1e6, 1),
        "cold_ms": {name: ms for name, ms in cold.items() if name.startswith("first")},
        "floor_ms": round(floor, 3),
        "rows": [vars(row) for row in rows],
        "p50_ms": round(p50, 3),
        "ratio": round(p50 / floor, 3),
        "aim": AIM,
        "aws": {
            "requests to write": requests,
            "segments listed, replaced ones among them": len(listed),
            "bytes an asset without embedding, replaced ones among them": heads // assets,
            "search that looks for news, p50 ms": round(statistics.median(looks), 2),
            **{name: value for name, value in cold.items() if not name.startswith("first")},
        },
    }


def look(index: SegmentIndex) -> None:
    """A search that lists the segments before."""
    index.catch_up()
    index.query(WORKSPACE, SearchQuery(category="potion"))


def cold_reader(address: str, bucket: str, assets: int) -> dict[str, float]:
    """What a new process needs until it answers."""
    s3 = Clients(region=REGION, endpoint=address).s3
    s3.list_buckets()  # connects
    traffic, process = Traffic(s3), psutil.Process()
    before = process.memory_info().rss
    index = SegmentIndex(s3, bucket)
    first = timed(lambda: index.query(WORKSPACE, SearchQuery(text="red sword")))
    found, requests, received = process.memory_info().rss, traffic.requests, traffic.received
    like = SearchQuery(embedding=(1.0,) + (0.0,) * (DIMENSIONS - 1))
    alike = timed(lambda: index.query(WORKSPACE, like))
    return {
        "first search in a process": round(first, 1),
        "first by likeness": round(alike, 1),
        "cold reader: requests": requests,
        "cold reader: bytes an asset": received // assets,
        "cold reader: bytes of memory an asset": (found - before) // assets,
        "the same with embeddings": (process.memory_info().rss - before) // assets,
    }


if __name__ == "__main__":
    sys.exit(main())
