"""Export presets: one row each. A rendition is one image file that a row asks for."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from assetql.domain.errors import unknown_choice
from assetql.domain.safe_names import NameRule


class Format(StrEnum):
    """An image format, by its file extension."""

    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One file per asset. `path` may hold {title}, {name} and {side}.

    The size is the original's times `scale`, or fits in a square of `side` pixels (never
    enlarged: a variant as large as the original is left out). `power_of_two` pads the canvas to
    the right and below. A PNG at scale 1 without padding is the original's bytes.
    """

    path: str
    format: Format = Format.PNG
    scale: Fraction = Fraction(1)
    side: int | None = None
    power_of_two: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One way to package assets: where the files lie, their names, and how to import them."""

    name: str
    names: NameRule
    variants: tuple[Variant, ...]
    how_to_import: str


@dataclass(frozen=True, slots=True)
class Rendition:
    """One image file to write: its content's size and its canvas's, in pixels."""

    path: str
    format: Format
    size: tuple[int, int]
    canvas: tuple[int, int]
    original: bool


_UNITY = "unity/Assets/AssetQL/{title}"
_GODOT = "godot/assetql/{title}"
_UNREAL = "unreal/Content/AssetQL/{title}"
_IOS = "ios/{title}.xcassets/{name}.imageset/{name}"
_ANDROID = "android/res/drawable-{density}/{{name}}.png"
_WEB_SIDES = (64, 128, 256, 512, None)  # None: the original's size
_DENSITIES = {
    "mdpi": Fraction(1, 4),
    "hdpi": Fraction(3, 8),
    "xhdpi": Fraction(1, 2),
    "xxhdpi": Fraction(3, 4),
    "xxxhdpi": Fraction(1),
}

PRESETS = (
    Preset(
        name="raw",
        names=NameRule.UNICODE,
        variants=(Variant(path="raw/{name}.png"),),
        how_to_import="The images as they were generated.",
    ),
    Preset(
        name="web",
        names=NameRule.UNICODE,
        variants=tuple(
            Variant(path=f"web/images/{{name}}-{{side}}.{kind}", format=kind, side=side)
            for side in _WEB_SIDES
            for kind in (Format.WEBP, Format.AVIF)
        ),
        how_to_import="Copy web/images to your site and paste from web/snippets.html.",
    ),
    Preset(
        name="unity",
        names=NameRule.UNICODE,
        variants=(Variant(path=f"{_UNITY}/{{name}}.png"),),
        how_to_import="Copy unity/Assets into your project's folder; sprites keep their GUIDs.",
    ),
    Preset(
        name="godot",
        names=NameRule.SNAKE,
        variants=(Variant(path=f"{_GODOT}/{{name}}.png"),),
        how_to_import="Copy godot/assetql into your project's root (beside project.godot).",
    ),
    Preset(
        name="unreal",
        names=NameRule.IDENTIFIER,
        variants=(Variant(path=f"{_UNREAL}/T_{{name}}.png", power_of_two=True),),
        how_to_import=(
            "Copy unreal/Content into your project, accept the texture import, add "
            "AssetQLSprite.h to your module and import the CSV or JSON as a data table of it."
        ),
    ),
    Preset(
        name="ios",
        names=NameRule.UNICODE,
        # The original is @3x, the largest that a device asks for; nothing is enlarged.
        variants=(
            Variant(path=f"{_IOS}.png", scale=Fraction(1, 3)),
            Variant(path=f"{_IOS}@2x.png", scale=Fraction(2, 3)),
            Variant(path=f"{_IOS}@3x.png"),
        ),
        how_to_import="Drag the .xcassets folder of ios/ into your Xcode project.",
    ),
    Preset(
        name="android",
        names=NameRule.RESOURCE,
        # The original is xxxhdpi, the densest bucket; nothing is enlarged.
        variants=tuple(
            Variant(path=_ANDROID.format(density=density), scale=scale)
            for density, scale in _DENSITIES.items()
        ),
        how_to_import="Copy android/res into your module's src/main.",
    ),
    Preset(
        name="atlas",
        names=NameRule.UNICODE,
        variants=(),
        how_to_import="Load atlas/*.json with any loader of TexturePacker's JSON hash.",
    ),
)
_BY_NAME = {preset.name: preset for preset in PRESETS}


def preset_of(name: str) -> Preset:
    """The preset called `name`. Raises: InvalidInput, naming the nearest one."""
    if name not in _BY_NAME:
        raise unknown_choice("preset", name, tuple(_BY_NAME))
    return _BY_NAME[name]


def renditions(
    preset: Preset, *, title: str, name: str, size: tuple[int, int]
) -> tuple[Rendition, ...]:
    """The image files of one asset; `title` and `name` are safe, `size` is in pixels."""
    longest = max(size)
    wanted = (v for v in preset.variants if v.side is None or v.side < longest)
    return tuple(_rendition(variant, title, name, size) for variant in wanted)


def _rendition(variant: Variant, title: str, name: str, size: tuple[int, int]) -> Rendition:
    longest = max(size)
    scale = variant.scale if variant.side is None else Fraction(variant.side, longest)
    content = (_scaled(size[0], scale), _scaled(size[1], scale))
    canvas = (
        (next_power_of_two(content[0]), next_power_of_two(content[1]))
        if variant.power_of_two
        else content
    )
    return Rendition(
        path=variant.path.format(title=title, name=name, side=variant.side or longest),
        format=variant.format,
        size=content,
        canvas=canvas,
        original=variant.format is Format.PNG and canvas == size,
    )


def _scaled(side: int, scale: Fraction) -> int:
    return max(1, int(side * scale + Fraction(1, 2)))


def next_power_of_two(side: int) -> int:
    """The smallest power of two that is at least `side`."""
    return 1 << (side - 1).bit_length()
