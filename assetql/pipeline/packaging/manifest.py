"""`manifest.json`: every asset with its recipe, tags and licences; every file with its sha256."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import IO, Any

from assetql.domain.asset import Asset
from assetql.domain.presets import Preset
from assetql.pipeline.packaging.shelf import PackageFile


class Manifest:
    """Collects the files as they are written: a line each in `lines`, a temporary file."""

    def __init__(
        self, lines: IO[bytes], assets: Sequence[Asset], title: str, presets: Sequence[Preset]
    ) -> None:
        self._assets = assets
        self._head = {
            "format": "assetql-package",
            "version": 1,
            "title": title,
            "presets": [preset.name for preset in presets],
        }
        self._lines = lines
        self.files = 0

    def add(self, file: PackageFile, *, sha256: str, size: int, preset: str | None) -> None:
        """Record a file that was written."""
        record = {
            "path": file.path,
            "sha256": sha256,
            "bytes": size,
            "preset": preset,
            "asset_id": file.asset_id,
        }
        self._lines.write(_line(record) + b"\n")
        self.files += 1

    def chunks(self) -> Iterator[bytes]:
        """The JSON document, an asset and a file a line."""
        yield _line(self._head)[:-1] + b',\n"assets": ['
        for number, asset in enumerate(self._assets):
            yield (b",\n" if number else b"\n") + _line(_asset(asset))
        yield b'\n],\n"files": ['
        self._lines.seek(0)
        for number, line in enumerate(self._lines):
            yield (b",\n" if number else b"\n") + line.rstrip(b"\n")
        yield b"\n]}\n"


def _asset(asset: Asset) -> dict[str, Any]:
    return {
        "asset_id": asset.asset_id,
        "name": asset.name,
        "description": asset.description,
        "category": asset.category,
        "tags": list(asset.tags.names),
        "width": asset.width,
        "height": asset.height,
        "sha256": asset.sha256,
        "created_at": asset.created_at.isoformat(),
        "style": {"id": asset.style_id, "name": asset.style_name, "score": asset.style_score},
        "recipe": asdict(asset.recipe),
        "attribution": [work.model_dump() for work in asset.attribution],
    }


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
