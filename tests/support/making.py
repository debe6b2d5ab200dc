"""Images without a model: a script says what becomes of each attempt, by the task's name."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from PIL import Image

from assetql.domain.asset import Recipe
from assetql.domain.errors import InvalidInput, ModelUnavailable
from assetql.domain.style import StyleProfile
from assetql.domain.task import Task
from assetql.pipeline.judge_style import Verdict
from assetql.pipeline.make_image import MadeImage, MakeImage

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a task in its first run: faults first, then rejections with these scores.

    It is judged by the task's own counts, so that a process that is born later goes on with it.
    """

    faults: int = 0
    scores: tuple[float, ...] = ()
    refusal: str = ""


PLAIN = Fate()


@cache
def tiny_png() -> bytes:
    """A red square of 16 by 16 pixels."""
    out = io.BytesIO()
    Image.new("RGBA", (16, 16), "#cc2222").save(out, "PNG")
    return out.getvalue()


def scripted(fates: Mapping[str, Fate] | None = None) -> MakeImage:
    """Makes the same tiny image every time, after what the script has for the task."""
    script = fates or {}

    def make(task: Task, profile: StyleProfile | None) -> MadeImage:
        fate = script.get(task.name, PLAIN) if task.run == 1 else PLAIN
        if fate.refusal:
            raise InvalidInput(fate.refusal)
        if task.faults < fate.faults:
            raise ModelUnavailable(f"The script takes the model away from {task.name!r}.")
        score = 0.9
        if task.attempts < len(fate.scores):
            score = fate.scores[task.attempts]
        return made_image(task, score)

    return make


def made_image(task: Task, score: float = 0.9) -> MadeImage:
    """What `make_image` would answer for the tiny image."""
    return MadeImage(
        png=tiny_png(),
        thumbnail=tiny_png(),
        sha256=hashlib.sha256(tiny_png()).hexdigest(),
        width=16,
        height=16,
        recipe=_recipe(task),
        verdict=Verdict(score, THRESHOLD, score >= THRESHOLD),
        embedding=(0.6, 0.8),
        phash=0,
        colors=("#cc2222",),
    )


def _recipe(task: Task) -> Recipe:
    return Recipe(
        model_id="scripted",
        model_hash="0" * 12,
        scheduler="none",
        num_inference_steps=1,
        guidance_scale=task.knobs.get("guidance_scale", 7.0),
        seed=task.seed,
        prompt_asked=task.name,
        prompt_sent=task.name,
        negative_prompt="",
        style_id=task.style_id,
        style_version=0,
        style_strength=task.knobs.get("style_strength", 0.8),
        attempt=task.attempts + 1,
    )
