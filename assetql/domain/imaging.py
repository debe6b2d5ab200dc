"""The wire types between the pipeline and an image model: `POST /invocations` of `inference/`."""

from typing import Annotated

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

Hex = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
MIN_SIDE = 16
MAX_SIDE = 2048
MAX_PROMPT = 4_000


class _Wire(BaseModel):
    # Built at first use: a process that only looks at assets never needs the validators.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class StyleConditioning(_Wire):
    """What of a style profile an image model may use; each backend takes what it can.

    `palette` is ordered by share, largest first. `outline` is the stroke's width as a share of the
    image's side (0: none). `pixel_grid` is the number of cells along a side (0: none).
    """

    palette: tuple[Hex, ...] = ()
    outline: float = Field(default=0.0, ge=0.0, le=0.2)
    outline_color: Hex | None = None
    pixel_grid: int = Field(default=0, ge=0, le=256)
    flatness: float = Field(default=0.5, ge=0.0, le=1.0)
    strength: float = Field(default=0.8, ge=0.0, le=1.0)


class ImageRequest(_Wire):
    """One image to make."""

    prompt: str = Field(min_length=1, max_length=MAX_PROMPT)
    negative_prompt: str = ""
    width: int = Field(ge=MIN_SIDE, le=MAX_SIDE)
    height: int = Field(ge=MIN_SIDE, le=MAX_SIDE)
    seed: int = Field(ge=0, lt=2**32)
    num_inference_steps: int = Field(default=30, ge=1, le=150)
    guidance_scale: float = Field(default=7.0, ge=0.0, le=30.0)
    transparent: bool = True
    style: StyleConditioning = StyleConditioning()


class Attribution(_Wire):
    """Somebody's work inside an image, with its licence."""

    title: str
    author: str
    license: str
    url: str = ""


class ImageResponse(_Wire):
    """One PNG and what made it: enough to replay it."""

    image: Base64Bytes
    model_id: str
    model_hash: str
    scheduler: str
    seed: int
    notes: tuple[str, ...] = ()
    attribution: tuple[Attribution, ...] = ()
