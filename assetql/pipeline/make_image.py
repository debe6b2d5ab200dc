"""make_image: one task's image from the model, judged, measured and shrunk. Stores nothing."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from assetql.domain.asset import Recipe
from assetql.domain.errors import InvalidInput, ModelUnavailable
from assetql.domain.imaging import (
    MAX_PROMPT,
    Attribution,
    ImageRequest,
    ImageResponse,
    StyleConditioning,
)
from assetql.domain.palette import palette_of
from assetql.domain.phash import phash
from assetql.domain.style import StyleProfile
from assetql.domain.task import Task
from assetql.pipeline.judge_style import Verdict, verdict_on
from assetql.pipeline.optimise_prompt import optimise_prompt
from assetql.pipeline.thumbnail import make_thumbnail
from assetql.ports import Embedder, ImageModel, PromptOptimiser

NEGATIVE_PROMPT = "text, watermark, signature, frame, blurry, cropped"
STEPS = 30
GUIDANCE_SCALE = 7.0
STYLE_STRENGTH = 0.8
_COLORS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeImage:
    """`png` and `thumbnail` are encoded files; `embedding` is (d,) float32; `colors` hex."""

    png: bytes
    thumbnail: bytes
    sha256: str
    width: int
    height: int
    recipe: Recipe
    verdict: Verdict | None
    embedding: tuple[float, ...]
    phash: int
    colors: tuple[str, ...]
    attribution: tuple[Attribution, ...] = ()


MakeImage = Callable[[Task, StyleProfile | None], MadeImage]


def prompt_of(task: Task) -> str:
    """The prompt as the asset list asks for it: name, description and category."""
    parts = [f"{task.name}: {task.description}" if task.description else task.name]
    if task.category:
        parts.append(task.category)
    return ", ".join(parts)


def make_image(
    task: Task,
    profile: StyleProfile | None,
    *,
    images: ImageModel,
    embedder: Embedder,
    optimiser: PromptOptimiser | None,
) -> MadeImage:
    """Makes and measures the image of a task.

    Raises: InvalidInput for a prompt that no model takes; ModelUnavailable where the model faults
    or answers with something else.
    """
    asked = prompt_of(task)
    if len(asked) > MAX_PROMPT:
        raise InvalidInput(
            f"The prompt of {task.name[:40]!r} has {len(asked):,} characters; "
            f"{MAX_PROMPT:,} are taken.",
            remedy="Shorten its description in a new batch.",
        )
    sent = optimise_prompt(asked, profile=profile, optimiser=optimiser)
    request = _request(task, profile, sent)
    response = images.generate(request)
    image = _decode(response, request)
    embedding = embedder.embed(image)
    verdict = verdict_on(embedding, profile, embedder=embedder) if profile else None
    return MadeImage(
        png=bytes(response.image),
        thumbnail=make_thumbnail(bytes(response.image)),
        sha256=hashlib.sha256(response.image).hexdigest(),
        width=image.width,
        height=image.height,
        recipe=_recipe(task, profile, request, response, asked),
        verdict=verdict,
        embedding=tuple(map(float, embedding)),
        phash=phash(image),
        colors=palette_of(image, colors=_COLORS),
        attribution=response.attribution,
    )


def _request(task: Task, profile: StyleProfile | None, prompt: str) -> ImageRequest:
    style = profile.conditioning if profile else StyleConditioning()
    strength = task.knobs.get("style_strength", STYLE_STRENGTH)
    return ImageRequest(
        prompt=prompt,
        negative_prompt=NEGATIVE_PROMPT,
        width=task.width,
        height=task.height,
        seed=task.seed,
        num_inference_steps=STEPS,
        guidance_scale=task.knobs.get("guidance_scale", GUIDANCE_SCALE),
        style=style.model_copy(update={"strength": strength}),
    )


def _decode(response: ImageResponse, request: ImageRequest) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(response.image), formats=["PNG"])
        image = image.convert("RGBA")
    except (OSError, SyntaxError, ValueError) as error:
        raise ModelUnavailable(f"{response.model_id} answered with no readable PNG.") from error
    if image.size != (request.width, request.height):
        raise ModelUnavailable(
            f"{response.model_id} answered with {image.width}x{image.height} pixels, "
            f"not {request.width}x{request.height}."
        )
    return image


def _recipe(
    task: Task,
    profile: StyleProfile | None,
    request: ImageRequest,
    response: ImageResponse,
    asked: str,
) -> Recipe:
    return Recipe(
        model_id=response.model_id,
        model_hash=response.model_hash,
        scheduler=response.scheduler,
        num_inference_steps=request.num_inference_steps,
        guidance_scale=request.guidance_scale,
        seed=response.seed,
        prompt_asked=asked,
        prompt_sent=request.prompt,
        negative_prompt=request.negative_prompt,
        style_id=profile.style_id if profile else None,
        style_version=profile.version if profile else 0,
        style_strength=request.style.strength if profile else 0.0,
        attempt=task.attempts + 1,
        notes=response.notes,
    )
