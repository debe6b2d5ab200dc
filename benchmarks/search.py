"""Search at 100,000 assets beside its floor: a numpy dot product over all their vectors.

    python -m benchmarks.search [--assets N] [--json]

Builds an index by `apply` in a temporary folder, warms it with one query, and then times each kind
of filtered search with values drawn anew for every query, in turn with the dot product.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.local.descriptor import DescriptorEmbedder
from assetql.adapters.local.index import SqliteIndex
from assetql.domain.asset import Asset, Recipe
from assetql.domain.search import SearchQuery
from assetql.domain.tags import Tag, TagSet
from assetql.ports import SearchIndex

AIM = 0.5
DIMENSIONS = DescriptorEmbedder().dimensions
WORKSPACE = "studio"
CHUNK = 500
START = datetime(2026, 1, 1, tzinfo=UTC)
PER_BATCH = 200

NOUNS = {
    "potion": "potion elixir tonic vial flask antidote philtre draught",
    "weapon": "sword dagger bow staff hammer axe spear mace crossbow wand scythe whip",
    "armor": "helmet shield boots gauntlet cuirass cloak greaves bracer",
    "treasure": "coin gem crown chest ring amulet goblet idol scepter",
    "food": "apple bread cheese mushroom fish stew pie honey cake berry",
    "creature": "slime goblin wolf dragon bat skeleton spider golem imp griffin",
    "environment": "tree rock bush tower bridge barrel crate lantern fence well cave",
    "icon": "heart arrow gear star lock bell flag map clock",
}
ADJECTIVES = (
    "red", "blue", "green", "golden", "silver", "dark", "bright", "ancient", "cursed", "holy",
    "broken", "enchanted", "frozen", "burning", "poisoned", "royal", "rusty", "wooden", "iron",
    "crystal", "tiny", "giant", "magic", "mystic", "shadow", "arcane", "savage", "noble", "humble",
    "gleaming", "cracked", "runic", "feral", "molten", "hollow", "spectral", "verdant", "crimson",
    "azure", "ivory", "obsidian",
)  # fmt: skip
DETAILS = (
    "with a leather grip",
    "with glowing runes",
    "wrapped in vines",
    "on a stone base",
    "with a cork stopper",
    "with gold trim",
    "covered in moss",
    "with a faint aura",
    "chipped at the edge",
    "with fine engraving",
)
TAGS = (*ADJECTIVES, "fantasy", "rpg", "round", "tall", "sharp", "glowing", "loot", "rare", "epic")
COLORS = ("#c02020", "#2040c0", "#20a040", "#e0b020", "#808890", "#302838", "#f0e8d8", "#8040a0")


@dataclass(frozen=True)
class Row:
    """Times in milliseconds."""

    kind: str
    hits: float
    p50: float
    p95: float
    ratio: float


def main() -> int:
    """Prints the table, or one JSON document; fails where the aim is missed."""
    parser = argparse.ArgumentParser(description="Search at 100,000 assets")
    parser.add_argument("--assets", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = measure(Path(folder), assets=options.assets, rounds=options.rounds)
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        show(report)
    return 0 if report["ratio"] <= AIM else 1


def measure(folder: Path, *, assets: int, rounds: int) -> dict[str, Any]:
    """The report of one run."""
    rng = random.Random(7)
    vectors = unit_vectors(assets)
    index = SqliteIndex(folder / "index.sqlite3")
    started = time.perf_counter()
    build(index, rng, vectors)
    built = time.perf_counter() - started
    cold = {
        "first search in a process": timed(lambda: index.query(WORKSPACE, SearchQuery())),
        "first by likeness": timed(
            lambda: index.query(WORKSPACE, SearchQuery(embedding=tuple(vectors[0].tolist())))
        ),
    }
    rows, floor = searches(index, rng, vectors, rounds)
    filtered = [row for row in rows if not row.kind.endswith("*")]
    p50 = statistics.median(row.p50 for row in filtered)
    size = sum(file.stat().st_size for file in folder.iterdir())
    index.close()
    return {
        "assets": assets,
        "dimensions": DIMENSIONS,
        "build_s": round(built, 1),
        "file_mb": round(size / 1e6, 1),
        "cold_ms": {name: round(ms, 1) for name, ms in cold.items()},
        "floor_ms": round(floor, 3),
        "rows": [vars(row) for row in rows],
        "p50_ms": round(p50, 3),
        "ratio": round(p50 / floor, 3),
        "aim": AIM,
    }


def unit_vectors(count: int) -> NDArray[np.float32]:
    """(count, d) float32, in loose clusters as styles make them."""
    source = np.random.default_rng(7)
    centres = source.normal(size=(64, DIMENSIONS))
    vectors = centres[source.integers(64, size=count)] + source.normal(size=(count, DIMENSIONS))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def build(index: SearchIndex, rng: random.Random, vectors: NDArray[np.float32]) -> None:
    """Applies all assets in chunks, as a feed or a stream gives them."""
    made: list[Asset] = []
    for number, vector in enumerate(vectors):
        made.append(asset(number, rng, tuple(vector.tolist())))
        if len(made) == CHUNK:
            index.apply(made)
            made = []
    index.apply(made)


def asset(number: int, rng: random.Random, embedding: tuple[float, ...]) -> Asset:
    """An asset of a batch of 200; every fifth is not tagged yet."""
    category = rng.choice(list(NOUNS))
    noun, adjective = rng.choice(NOUNS[category].split()), rng.choice(ADJECTIVES)
    description = f"a {adjective} {noun} {rng.choice(DETAILS)}, game {category} in a fantasy world"
    names = () if number % 5 == 0 else (noun, category, *rng.sample(TAGS, 4))
    return Asset(
        workspace=WORKSPACE,
        asset_id=f"ast_{number:06}",
        batch_id=f"bat_{number // PER_BATCH:04}",
        task_id=f"bat_{number}",
        run=1,
        name=f"{adjective} {noun}".title(),
        description=description,
        category=category,
        width=rng.choice((64, 128, 256, 512)),
        height=rng.choice((64, 128, 256, 512)),
        object_key="",
        thumbnail_key="",
        sha256="",
        size_bytes=1,
        created_at=START + timedelta(minutes=4 * number, microseconds=rng.randrange(10**6)),
        recipe=RECIPE,
        style_id=f"sty_{number // PER_BATCH % 12}",
        tags=TagSet(model=tuple(Tag(name, 0.9) for name in names), tagger="bench"),
        phash=rng.getrandbits(64),
        colors=tuple(shade(rng, rng.choice(COLORS)) for _ in range(5)),
        embedding=embedding,
    )


RECIPE = Recipe(
    model_id="none",
    model_hash="",
    scheduler="",
    num_inference_steps=1,
    guidance_scale=1.0,
    seed=0,
    prompt_asked="",
    prompt_sent="",
    negative_prompt="",
    style_id=None,
    style_version=0,
    style_strength=0.0,
)


def shade(rng: random.Random, color: str) -> str:
    """A colour near the given one."""
    channels = (
        min(max(channel + rng.randint(-24, 24), 0), 255) for channel in bytes.fromhex(color[1:])
    )
    return "#" + bytes(channels).hex()


def kinds(rng: random.Random, vectors: NDArray[np.float32]) -> dict[str, Callable[[], SearchQuery]]:
    """One maker of queries per kind; a star marks kinds that are shown, but not in the median."""
    days = len(vectors) * 4 / 60 / 24

    def category() -> str:
        return rng.choice(list(NOUNS))

    def named() -> tuple[str, str]:
        chosen = category()
        return f"{rng.choice(ADJECTIVES)} {rng.choice(NOUNS[chosen].split())}s", chosen

    def like() -> tuple[float, ...]:
        return tuple(vectors[rng.randrange(len(vectors))].tolist())

    def text_in_category() -> SearchQuery:
        text, chosen = named()
        return SearchQuery(text=text, category=chosen)

    def untagged_since() -> SearchQuery:
        since = START + timedelta(days=days * rng.uniform(0.5, 0.99))
        return SearchQuery(untagged=True, category=category(), since=since)

    return {
        "text + category": text_in_category,
        "one word + category": lambda: SearchQuery(text=named()[0].split()[0], category=category()),
        "common word + style": lambda: SearchQuery(
            text=rng.choice(DETAILS).split()[-1], style_id=f"sty_{rng.randrange(12)}"
        ),
        "two tags": lambda: SearchQuery(tags=tuple(rng.sample(TAGS, 2))),
        "untagged + category + since": untagged_since,
        "colour + category": lambda: SearchQuery(
            color=shade(rng, rng.choice(COLORS)), category=category()
        ),
        "like an image + category": lambda: SearchQuery(embedding=like(), category=category()),
        "like an image + batch": lambda: SearchQuery(
            embedding=like(), batch_id=f"bat_{rng.randrange(len(vectors) // PER_BATCH):04}"
        ),
        "batch": lambda: SearchQuery(batch_id=f"bat_{rng.randrange(len(vectors) // PER_BATCH):04}"),
        "near-duplicates + category": lambda: SearchQuery(
            near_phash=rng.getrandbits(64), category=category()
        ),
        "word of every asset *": lambda: SearchQuery(text="fantasy"),
        "like an image, no filter *": lambda: SearchQuery(embedding=like()),
        "finds nothing *": lambda: SearchQuery(text="swrod", category=category(), untagged=True),
    }


def searches(
    index: SearchIndex, rng: random.Random, vectors: NDArray[np.float32], rounds: int
) -> tuple[list[Row], float]:
    """The kinds in turn, so that what else the machine does falls on all of them alike."""
    makers = kinds(rng, vectors)
    times: dict[str, list[float]] = {kind: [] for kind in makers}
    hits: dict[str, list[int]] = {kind: [] for kind in makers}
    floors: list[float] = []
    for _ in range(rounds):
        for kind, make in makers.items():
            query = make()
            started = time.perf_counter()
            page = index.query(WORKSPACE, query)
            times[kind].append((time.perf_counter() - started) * 1e3)
            hits[kind].append(len(page.hits))
            wanted = vectors[rng.randrange(len(vectors))]
            floors.append(timed(lambda wanted=wanted: vectors @ wanted))
    floor = statistics.median(floors)
    return [row(kind, times[kind], hits[kind], floor) for kind in makers], floor


def row(kind: str, times: list[float], hits: list[int], floor: float) -> Row:
    """The figures of one kind."""
    p50 = statistics.median(times)
    p95 = statistics.quantiles(times, n=20)[-1]
    return Row(kind, statistics.mean(hits), round(p50, 3), round(p95, 3), round(p50 / floor, 2))


def timed(action: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1e3


def show(report: dict[str, Any]) -> None:
    """The table."""
    print(f"{report['assets']:,} assets, {report['dimensions']} dimensions")
    print(f"built in {report['build_s']} s, {report['file_mb']} MB")
    for name, ms in report["cold_ms"].items():
        print(f"{name}: {ms} ms")
    print(f"floor: numpy dot product over all vectors {report['floor_ms']} ms\n")
    print(f"{'search':32}{'hits':>6}{'p50 ms':>9}{'p95 ms':>9}{'÷ floor':>9}")
    for each in report["rows"]:
        print(
            f"{each['kind']:32}{each['hits']:6.1f}{each['p50']:9.2f}{each['p95']:9.2f}"
            f"{each['ratio']:9.2f}"
        )
    print(f"\nmedian of the kinds without * {report['p50_ms']} ms ÷ floor = {report['ratio']}")
    print(f"aim ≤ {report['aim']}")


if __name__ == "__main__":
    sys.exit(main())
