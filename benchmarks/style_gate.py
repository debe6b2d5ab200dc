"""How well the style gate tells styles apart, on the five sets of examples/styles.

Per draw: 5 references, every other image of the set as a positive, all images of the other four
sets as negatives. The shipped weights and bank are made of other icon sets altogether (see
adapters/local/negatives/README.md), so neither the judged style nor the negatives were ever seen.
The floor beside it, measured in the same run: distance to the references' mean over the same
measures, only standardised.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.table import Table

from assetql.adapters.local.descriptor import DescriptorEmbedder, load_weights, project, raw
from assetql.domain.style_gate import auc, calibrate, scores

STYLES = Path(__file__).parent.parent / "examples" / "styles"
REFERENCES = 5

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Row:
    """One judged set over all draws: mean, spread and worst AUC, and the gate's errors."""

    style: str
    auc: float
    auc_sd: float
    auc_worst: float
    auc_floor: float
    auc_expected: float
    accepts_expected: float
    accepts: float
    rejects_expected: float
    rejects: float


@dataclass(frozen=True)
class Spaces:
    """Vectors of every image by set: the descriptor's, and the floor's."""

    descriptor: dict[str, Vectors]
    standardised: dict[str, Vectors]


def embed_sets(folder: Path, limit: int | None = None) -> Spaces:
    """Embed the first `limit` PNGs of each set."""
    weights = load_weights()
    count = len(weights["mean"])
    rows: dict[str, Vectors] = {}
    for style in sorted(path for path in folder.iterdir() if path.is_dir()):
        images = [Image.open(file) for file in sorted(style.glob("*.png"))[:limit]]
        rows[style.name] = np.stack([raw(image, weights["frequencies"]) for image in images])
    return Spaces(
        descriptor={name: project(values, weights) for name, values in rows.items()},
        standardised={
            name: (values[:, :count] - weights["mean"]) / weights["scale"]
            for name, values in rows.items()
        },
    )


def judge(spaces: Spaces, style: str, *, draws: int, seed: int = 0) -> Row:
    """All figures of one judged set."""
    bank = DescriptorEmbedder().negatives()
    own = spaces.descriptor[style]
    others = np.concatenate([v for name, v in spaces.descriptor.items() if name != style])
    measured: list[tuple[float, ...]] = []
    for draw in range(draws):
        order = np.random.default_rng([seed, draw]).permutation(len(own))
        references, rest = own[order[:REFERENCES]], own[order[REFERENCES:]]
        gate = calibrate(references, bank)
        good, bad = scores(rest, references, bank), scores(others, references, bank)
        accepts, rejects = (bad >= gate.threshold).mean(), (good < gate.threshold).mean()
        expected = (gate.auc, gate.false_accept_rate, accepts, gate.false_reject_rate, rejects)
        floor = _floor(spaces.standardised, style, order)
        measured.append((auc(good, bad), floor, *map(float, expected)))
    table = np.array(measured)
    mean = table.mean(axis=0).tolist()
    return Row(style, mean[0], float(table[:, 0].std()), float(table[:, 0].min()), *mean[1:])


def _floor(spaces: dict[str, Vectors], style: str, order: NDArray[np.intp]) -> float:
    own = spaces[style][order]
    centre = own[:REFERENCES].mean(axis=0)
    others = np.concatenate([v for name, v in spaces.items() if name != style])
    near = [-np.linalg.norm(v - centre, axis=1) for v in (own[REFERENCES:], others)]
    return auc(near[0], near[1])


def print_tables(rows: list[Row], console: Console) -> None:
    """AUC per set, and expected against measured error."""
    first = Table("set", "AUC", "sd", "worst draw", "floor", title="Told apart (AUC)")
    second = Table(
        "set", "FAR expected", "FAR measured", "FRR expected", "FRR measured", "AUC expected",
        title="The gate's errors",
    )  # fmt: skip
    for r in rows:
        first.add_row(r.style, *(f"{v:.3f}" for v in (r.auc, r.auc_sd, r.auc_worst, r.auc_floor)))
        errors = (r.accepts_expected, r.accepts, r.rejects_expected, r.rejects, r.auc_expected)
        second.add_row(r.style, *(f"{v:.2f}" for v in errors))
    first.add_row("mean", *(f"{v:.3f}" if v >= 0 else "" for v in _means(rows)))
    console.print(first)
    console.print(second)


def _means(rows: list[Row]) -> tuple[float, float, float, float]:
    average = float(np.mean([r.auc for r in rows]))
    floor = float(np.mean([r.auc_floor for r in rows]))
    return average, -1.0, min(r.auc_worst for r in rows), floor


def main() -> None:
    """Print the tables, or one JSON document with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--draws", type=int, default=10)
    arguments = parser.parse_args()
    spaces = embed_sets(STYLES)
    rows = [judge(spaces, style, draws=arguments.draws) for style in spaces.descriptor]
    if arguments.json:
        json.dump({"sets": [asdict(r) for r in rows], "mean_auc": _means(rows)[0]}, sys.stdout)
        return
    print_tables(rows, Console())


if __name__ == "__main__":
    main()
