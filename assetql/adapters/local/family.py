"""The embedded family: SQLite, files and in-process stand-ins for the models."""

from collections.abc import Callable

from assetql.adapters.choices import no_choice, of_aws
from assetql.adapters.local.assets import SqliteAssets
from assetql.adapters.local.descriptor import DescriptorEmbedder
from assetql.adapters.local.index import SqliteIndex
from assetql.adapters.local.optimiser import OfflineOptimiser
from assetql.adapters.local.stores import open_database
from assetql.adapters.local.stores import open_stores as open_sqlite_stores
from assetql.adapters.local.tagger import OfflineTagger
from assetql.domain.errors import InvalidInput
from assetql.domain.money import MICROS
from assetql.ports import Clock, Embedder, ImageModel, PromptOptimiser, Stores, Tagger
from assetql.settings import Settings
from inference.backends import BACKENDS, load_backend

INDEX_NAME = "index.sqlite3"


def open_stores(settings: Settings, clock: Clock) -> tuple[Stores, Callable[[], None]]:
    """SQLite and files under the settings' home."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(settings.home)
    index = SqliteIndex(settings.home / INDEX_NAME, SqliteAssets(database).changes)
    stores = open_sqlite_stores(
        settings.home,
        clock=clock,
        budget=round(settings.budget * MICROS),
        max_receives=settings.max_receives,
        index=index,
        database=database,
    )

    def close() -> None:
        index.close()
        database.close()

    return stores, close


def open_embedder(settings: Settings) -> Embedder:
    """The descriptor, or CLIP where it was asked for."""
    if settings.embedder == "clip":
        from assetql.adapters.local.clip import ClipEmbedder

        return ClipEmbedder(settings.clip_model, settings.clip_weights)
    return DescriptorEmbedder()


def open_images(settings: Settings) -> ImageModel:
    """The image backend, in process."""
    if settings.image_backend == "placeholder":
        return load_backend("placeholder", off_style_rate=settings.off_style_rate)
    if settings.image_backend.startswith("sagemaker"):
        raise of_aws("ASSETQL_IMAGE_BACKEND", settings.image_backend, sorted(BACKENDS))
    return load_backend(settings.image_backend)


def open_tagger(settings: Settings) -> Tagger:
    """What tags by the words of the request and the colours of the image."""
    if settings.tagger != "offline":
        raise _other("ASSETQL_TAGGER", settings.tagger, ["offline"])
    return OfflineTagger()


def open_optimiser(settings: Settings) -> PromptOptimiser | None:
    """The template, where it was asked for."""
    if settings.prompt_optimiser == "none":
        return None
    if settings.prompt_optimiser != "offline":
        choices = ["none", "offline"]
        raise _other("ASSETQL_PROMPT_OPTIMISER", settings.prompt_optimiser, choices)
    return OfflineOptimiser()


def _other(variable: str, value: str, choices: list[str]) -> InvalidInput:
    error = of_aws if value.startswith("bedrock:") else no_choice
    return error(variable, value, choices)
