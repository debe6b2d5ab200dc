"""The AWS family: DynamoDB, S3, SQS, Bedrock and SageMaker, chosen by settings alone.

What works on numbers alone, such as the style descriptor, is the embedded family's; it needs no
database.
"""

from collections.abc import Callable

from assetql.adapters.aws.async_images import SageMakerAsyncImages
from assetql.adapters.aws.clients import open_clients
from assetql.adapters.aws.images import SageMakerImages
from assetql.adapters.aws.optimiser import BedrockOptimiser
from assetql.adapters.aws.resources import names_of
from assetql.adapters.aws.stores import open_stores as open_aws_stores
from assetql.adapters.aws.tagger import BedrockTagger
from assetql.adapters.choices import no_choice
from assetql.domain.money import MICROS
from assetql.ports import Clock, Embedder, ImageModel, PromptOptimiser, Stores, Tagger
from assetql.settings import Settings

_BEDROCK = "bedrock:MODEL_ID"


def open_stores(settings: Settings, clock: Clock) -> tuple[Stores, Callable[[], None]]:
    """The tables, bucket and queues of the settings' installation."""
    del clock  # nothing in these stores asks for the time
    clients = open_clients(settings)
    stores = open_aws_stores(clients, names_of(settings), budget=round(settings.budget * MICROS))
    return stores, lambda: None  # clients keep no state, and their connections end by themselves


def open_embedder(settings: Settings) -> Embedder:
    """The descriptor, or CLIP where it was asked for; in process."""
    if settings.embedder == "clip":
        from assetql.adapters.local.clip import ClipEmbedder

        return ClipEmbedder(settings.clip_model, settings.clip_weights)
    from assetql.adapters.local.descriptor import DescriptorEmbedder

    return DescriptorEmbedder()


def open_images(settings: Settings) -> ImageModel:
    """An endpoint of SageMaker, or a backend in process."""
    kind, _, endpoint = settings.image_backend.partition(":")
    if kind == "sagemaker" and endpoint:
        return SageMakerImages(open_clients(settings).sagemaker, endpoint)
    if kind == "sagemaker-async" and endpoint:
        clients = open_clients(settings)
        return SageMakerAsyncImages(
            clients.sagemaker,
            clients.s3,
            bucket=names_of(settings).bucket,
            endpoint=endpoint,
            wait=settings.image_wait_seconds,
        )
    return _backend(settings)


def _backend(settings: Settings) -> ImageModel:
    # Late: a worker that asks an endpoint draws nothing itself.
    from inference.backends import BACKENDS, load_backend

    name = settings.image_backend
    if name not in BACKENDS:
        choices = [*sorted(BACKENDS), "sagemaker:ENDPOINT", "sagemaker-async:ENDPOINT"]
        raise no_choice("ASSETQL_IMAGE_BACKEND", name, choices)
    if name == "placeholder":
        return load_backend(name, off_style_rate=settings.off_style_rate)
    return load_backend(name)


def open_tagger(settings: Settings) -> Tagger:
    """A vision model, or what tags by words and colours."""
    if settings.tagger == "offline":
        from assetql.adapters.local.tagger import OfflineTagger

        return OfflineTagger()
    model = _model("ASSETQL_TAGGER", settings.tagger, ["offline", _BEDROCK])
    return BedrockTagger(open_clients(settings).bedrock, model, prices=settings.token_prices)


def open_optimiser(settings: Settings) -> PromptOptimiser | None:
    """A language model, the template, or nothing."""
    if settings.prompt_optimiser == "none":
        return None
    if settings.prompt_optimiser == "offline":
        from assetql.adapters.local.optimiser import OfflineOptimiser

        return OfflineOptimiser()
    choices = ["none", "offline", _BEDROCK]
    model = _model("ASSETQL_PROMPT_OPTIMISER", settings.prompt_optimiser, choices)
    return BedrockOptimiser(open_clients(settings).bedrock, model, prices=settings.token_prices)


def _model(variable: str, value: str, choices: list[str]) -> str:
    kind, _, model = value.partition(":")
    if kind != "bedrock" or not model:
        raise no_choice(variable, value, choices)
    return model
