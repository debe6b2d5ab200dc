"""The families of search indexes, and assets to search for."""

import itertools
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.index import SegmentIndex
from assetql.adapters.local.index import SqliteIndex
from assetql.domain.asset import Asset, Recipe
from assetql.domain.search import SearchQuery
from assetql.domain.tags import Tag, TagSet
from assetql.ports import SearchIndex
from tests.support.emulator import REGION, emulator_address, names_for

OpenIndex = Callable[[Path], AbstractContextManager[SearchIndex]]
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
STUDIO, RIVAL = "studio", "rival"
_VERSIONS = itertools.count(2)


@contextmanager
def _local(folder: Path) -> Generator[SearchIndex]:
    index = SqliteIndex(folder / "index.sqlite3")
    yield index
    index.close()


@contextmanager
def _aws(folder: Path) -> Generator[SearchIndex]:
    bucket = names_for(folder).bucket
    _s3().create_bucket(Bucket=bucket)
    yield SegmentIndex(_s3(), bucket)


@cache
def _s3() -> Any:
    return Clients(region=REGION, endpoint=emulator_address()).s3


INDEXES: dict[str, OpenIndex] = {"local": _local, "aws": _aws}


def an_asset(
    asset_id: str, name: str = "Flask", *, tags: Iterable[str] = (), **fields: Any
) -> Asset:
    """A tagged asset, if it has tags; `minute` says when after START it was made."""
    names = tuple(tags)
    prompt = fields.pop("prompt", "")
    created = START + timedelta(minutes=fields.pop("minute", 0))
    given: dict[str, Any] = {
        "workspace": STUDIO,
        "batch_id": "bat_1",
        "description": "",
        "category": "potion",
        "width": 64,
        "height": 64,
        "created_at": created,
        "tags": TagSet(model=tuple(Tag(tag, 0.9) for tag in names), tagger="t" if names else None),
    }
    return Asset(
        asset_id=asset_id,
        task_id=f"{asset_id}-t",
        run=1,
        name=name,
        object_key=f"raw/{asset_id}",
        thumbnail_key=f"thumbnails/{asset_id}",
        sha256="0" * 64,
        size_bytes=1,
        recipe=a_recipe(prompt),
        **(given | fields),
    )


def a_recipe(prompt: str) -> Recipe:
    """A recipe that asked for `prompt`."""
    return Recipe(
        model_id="placeholder",
        model_hash="0",
        scheduler="none",
        num_inference_steps=1,
        guidance_scale=1.0,
        seed=1,
        prompt_asked=prompt,
        prompt_sent=f"{prompt}, masterpiece",
        negative_prompt="",
        style_id=None,
        style_version=0,
        style_strength=0.0,
    )


def feed(index: SearchIndex, *assets: Asset) -> None:
    """Applies them as newer than all that were fed before."""
    index.apply([replace(asset, version=next(_VERSIONS)) for asset in assets])


def found(index: SearchIndex, workspace: str = STUDIO, **asked: Any) -> list[str]:
    """The asset ids of the first page."""
    return [hit.asset_id for hit in index.query(workspace, SearchQuery(**asked)).hits]


def all_found(index: SearchIndex, query: SearchQuery, workspace: str = STUDIO) -> list[str]:
    """The asset ids of all pages."""
    ids: list[str] = []
    cursor = None
    while True:
        page = index.query(workspace, query, cursor=cursor)
        ids += [hit.asset_id for hit in page.hits]
        cursor = page.cursor
        if cursor is None:
            return ids
