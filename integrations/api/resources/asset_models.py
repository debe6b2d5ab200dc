"""Assets over HTTP."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field

from assetql.domain.asset import Asset
from assetql.domain.colors import WORDS
from assetql.domain.imaging import MAX_SIDE
from assetql.pipeline.make_variations import MOST_VARIATIONS
from assetql.pipeline.search import AssetPage as FoundPage
from assetql.pipeline.search import AssetQuery
from integrations.api.numbers import WHOLE
from integrations.api.resources.models import AssetId, BatchId, Closed, Label, NextCursor, UploadId

Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\u0000]*$")]
Tag = Annotated[Label, Field(max_length=40, examples=["boss drop"])]
_COLOR = f"^(#[0-9A-Fa-f]{{6}}|{'|'.join(WORDS)})$"
Color = Annotated[
    str, Field(pattern=_COLOR, description="A colour word, or #rrggbb", examples=["red"])
]
Side = Annotated[int | None, Field(ge=1, le=MAX_SIDE, description="Pixels")]
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _written(value: object) -> object:
    """Numbers would be taken for seconds since 1970, which nobody means."""
    if isinstance(value, str) and not _DATE.match(value):
        raise ValueError("Write it as 2026-01-31T12:00:00Z")
    return value


Moment = Annotated[
    AwareDatetime | None,
    BeforeValidator(_written),
    Field(description="RFC 3339, with a time zone", examples=["2026-01-31T12:00:00Z"]),
]
Tags = Annotated[tuple[Tag, ...], Field(max_length=20)]


class AssetFilters(Closed):
    """All conditions that are given must hold; none lists the newest."""

    text: Annotated[str, Field(max_length=500, examples=["red potion"])] = ""
    tags: Annotated[tuple[Word, ...], Field(max_length=20, description="All of them")] = ()
    untagged: bool = False
    category: Word | None = None
    style: Annotated[Word | None, Field(description="A style's name or id")] = None
    batch_id: BatchId | None = None
    since: Moment = None
    until: Moment = None
    min_side: Side = None
    max_side: Side = None
    color: Color | None = None
    similar_to: Annotated[AssetId | None, Field(description="Ordered by likeness to it")] = None
    similar_to_upload: UploadId | None = None
    duplicates_of: AssetId | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 20
    cursor: Annotated[str | None, Field(max_length=1_000)] = None

    def query(self, image: bytes | None) -> AssetQuery:
        """The pipeline's query; `image`: the bytes of `similar_to_upload`."""
        given = self.model_dump(exclude={"cursor", "similar_to_upload"})
        return AssetQuery(**given, image=image)


class TagsRead(Closed):
    """The tags in force, and where they come from."""

    names: list[str]
    added: Annotated[list[str], Field(description="By people")]
    removed: Annotated[list[str], Field(description="By people; tagging again leaves them out")]
    tagger: Annotated[str | None, Field(description="null: not tagged yet")]


class AssetFacts(Closed):
    """An asset as lists show it; its images are at `…/thumbnail` and `…/image`."""

    asset_id: AssetId
    batch_id: BatchId
    name: str
    description: str
    category: str
    width: int
    height: int
    size_bytes: int
    tags: TagsRead
    style_id: str | None
    style_name: str | None
    style_score: float | None
    colors: list[str]
    created_at: datetime

    @classmethod
    def of(cls, asset: Asset) -> Self:
        """All but keys and embedding."""
        return cls.model_validate(_facts(asset))


class RecipeRead(Closed):
    """What made it: enough to replay it."""

    model_id: str
    model_hash: str
    scheduler: str
    num_inference_steps: int
    guidance_scale: float
    seed: int
    prompt_asked: str
    prompt_sent: str
    negative_prompt: str
    style_id: str | None
    style_version: int
    style_strength: float
    attempt: int
    notes: list[str]


class Credit(Closed):
    """Somebody's work inside the image, with its licence."""

    title: str
    author: str
    license: str
    url: str


class AssetRead(AssetFacts):
    """An asset with its recipe and credits."""

    task_id: str
    run: int
    sha256: str
    recipe: RecipeRead
    credits: list[Credit]

    @classmethod
    def of(cls, asset: Asset) -> Self:
        """All but keys and embedding."""
        recipe = {name: getattr(asset.recipe, name) for name in RecipeRead.model_fields}
        return cls.model_validate(
            {
                **_facts(asset),
                "task_id": asset.task_id,
                "run": asset.run,
                "sha256": asset.sha256,
                "recipe": {**recipe, "notes": list(asset.recipe.notes)},
                "credits": [credit.model_dump() for credit in asset.attribution],
            }
        )


class AssetPage(Closed):
    """Some assets."""

    assets: list[AssetFacts]
    cursor: NextCursor

    @classmethod
    def of(cls, assets: Sequence[Asset], cursor: str | None) -> Self:
        """A page of a list."""
        return cls(assets=[AssetFacts.of(asset) for asset in assets], cursor=cursor)


class AssetsFound(AssetPage):
    """An answer of the search."""

    total: Annotated[int | None, Field(description="All that match, where it is known")]
    alternatives: Annotated[
        list[str], Field(description="Where nothing was found: what would find something")
    ]

    @classmethod
    def of_search(cls, page: FoundPage) -> Self:
        """The pipeline's page."""
        return cls(
            assets=[AssetFacts.of(asset) for asset in page.assets],
            cursor=page.cursor,
            total=page.total,
            alternatives=list(page.alternatives),
        )


class TagEdit(Closed):
    """People's edits win over the tagger's."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": [name], "properties": {name: {"minItems": 1}}}
                for name in ("add_tags", "remove_tags")
            ]
        }
    )
    add_tags: Tags = ()
    remove_tags: Tags = ()


class VariationsToMake(Closed):
    """How many more, and what should differ."""

    count: Annotated[int, Field(strict=True, ge=1, le=MOST_VARIATIONS, examples=[4]), WHOLE]
    change: Annotated[
        str | None, Field(max_length=500, pattern=r"^[^\u0000]*$", examples=["blue liquid"])
    ] = None


def _facts(asset: Asset) -> dict[str, object]:
    facts = {name: getattr(asset, name) for name in AssetFacts.model_fields}
    tags = {
        "names": list(asset.tags.names),
        "added": sorted(asset.tags.added),
        "removed": sorted(asset.tags.removed),
        "tagger": asset.tags.tagger,
    }
    return {**facts, "tags": tags, "colors": list(asset.colors)}
