"""What the placeholder draws: measured on its pixels."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from assetql.domain.errors import InvalidInput
from assetql.domain.imaging import ImageRequest, ImageResponse, StyleConditioning
from inference.backends import BACKENDS, load_backend
from inference.backends.placeholder import PlaceholderBackend
from inference.backends.placeholder.color import Color, distance
from inference.backends.placeholder.off_style import NOTE as OFF_STYLE

LISTS = Path(__file__).parents[3] / "examples/lists"
PALETTE = ("#ffd166", "#ef476f", "#06d6a0", "#118ab2", "#073b4c", "#f8f4e3", "#8d5a3b")


def make(
    prompt: str, seed: int = 1, style: StyleConditioning | None = None, **more: object
) -> ImageResponse:
    return make_at(prompt, 128, 128, seed, style, **more)


def make_at(
    prompt: str,
    width: int,
    height: int,
    seed: int = 1,
    style: StyleConditioning | None = None,
    **more: object,
) -> ImageResponse:
    fields = {"prompt": prompt, "width": width, "height": height, "seed": seed, **more}
    request = ImageRequest.model_validate({**fields, "style": style or StyleConditioning()})
    return PlaceholderBackend(off_style_rate=0).generate(request)


def pixels(response: ImageResponse) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(response.image)) as image:
        return np.asarray(image.convert("RGBA"))


def shipped_prompts() -> list[str]:
    prompts: list[str] = []
    for name, delimiter in (("rpg_items.csv", ","), ("mobile_ui_icons_excel.csv", ";")):
        with (LISTS / name).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter=delimiter))[1:]
        prompts += [f"{row[0]}: {row[1]}, {row[2]}" for row in rows]
    return prompts


def hue_shares(image: NDArray[np.uint8]) -> dict[str, float]:
    """Share of the solid pixels that are clearly red, green or blue."""
    solid = image[image[..., 3] > 200][:, :3].astype(int)
    shares: dict[str, float] = {}
    for i, name in enumerate(("red", "green", "blue")):
        others = np.delete(solid, i, axis=1).max(axis=1)
        shares[name] = float((solid[:, i] > others + 60).mean())
    return shares


def palette_distance(image: NDArray[np.uint8], palette: tuple[str, ...]) -> float:
    """Mean OKLab distance of the solid pixels to the nearest palette colour."""
    solid = image[image[..., 3] > 200][:, :3]
    colors, counts = np.unique(solid // 8 * 8 + 4, axis=0, return_counts=True)
    wanted = [Color.parse(p) for p in palette]
    parsed = [Color.parse("#" + bytes(c.tolist()).hex()) for c in colors]
    nearest = [min(distance(c, w) for w in wanted) for c in parsed]
    return float(np.average(nearest, weights=counts))


def test_the_same_request_gives_the_same_bytes():
    request = ImageRequest(prompt="iron sword", width=128, height=128, seed=5)
    assert PlaceholderBackend().generate(request) == PlaceholderBackend().generate(request)


def test_another_seed_gives_another_picture_of_the_same_thing():
    images = [pixels(make("health potion, red liquid", seed)) for seed in range(6)]
    assert len({image.tobytes() for image in images}) == 6
    for image in images:
        assert hue_shares(image)["red"] > 0.1


def test_red_and_blue_flask_differ_in_the_liquid_alone():
    red, blue = (pixels(make(f"{color} round flask", 3)) for color in ("red", "blue"))
    assert np.array_equal(red[..., 3], blue[..., 3])
    assert hue_shares(red)["red"] > 0.15 > hue_shares(red)["blue"]
    assert hue_shares(blue)["blue"] > 0.15 > hue_shares(blue)["red"]
    changed = np.abs(red[..., :3].astype(int) - blue[..., :3]).max(axis=2) > 8
    rows = np.flatnonzero(changed.any(axis=1))
    solid = np.flatnonzero((red[..., 3] > 0).any(axis=1))
    # The liquid is in the lower half of the flask: glass, lip and cork stay as they are.
    assert rows[0] > (solid[0] + solid[-1]) / 2 - 4
    assert changed.sum() < 0.6 * (red[..., 3] > 0).sum()


def test_without_a_shape_word_seeds_choose_among_the_shapes():
    outlines = {(pixels(make("health potion", s))[..., 3] > 0).tobytes() for s in range(12)}
    round_ones = {(pixels(make("round potion", s))[..., 3] > 0).tobytes() for s in range(12)}
    assert outlines & round_ones
    assert outlines - round_ones


def test_shape_words_choose_the_shape():
    def aspect(prompt: str) -> float:
        rows, columns = np.nonzero(pixels(make(prompt))[..., 3] > 0)
        return float(np.ptp(rows) / np.ptp(columns))

    assert aspect("tall flask") > aspect("round flask") * 1.15


def test_a_colour_goes_to_the_part_it_was_said_of():
    plain, green = (make(f"iron sword, {grip} grip", 2) for grip in ("leather", "green"))
    assert hue_shares(pixels(green))["green"] > 0.01
    assert hue_shares(pixels(plain))["green"] == 0
    assert hue_shares(pixels(green))["green"] < 0.2


@pytest.mark.parametrize(
    ("prompt", "name", "floor"),
    [
        ("金币: 一枚金币, 资源", "red", 0.0),
        ("bouclier bleu", "blue", 0.2),
        ("grüne Schatztruhe, roter Apfel", "red", 0.2),
    ],
)
def test_other_languages_are_understood_for_common_words(prompt: str, name: str, floor: float):
    response = make(prompt)
    assert hue_shares(pixels(response))[name] >= floor
    assert not response.attribution  # a drawing of its own, neither glyph nor fallback


def test_a_styled_image_is_nearer_to_the_palette():
    style = StyleConditioning(palette=PALETTE, strength=1.0, flatness=1.0)
    for prompt in ("wooden chest with iron bands", "apple", "scroll", "war hammer"):
        plain, styled = pixels(make(prompt)), pixels(make(prompt, style=style))
        assert palette_distance(styled, PALETTE) < 0.75 * palette_distance(plain, PALETTE)


def test_strength_blends():
    def away(strength: float) -> float:
        style = StyleConditioning(palette=PALETTE, strength=strength, flatness=1.0)
        return palette_distance(pixels(make("wooden chest", style=style)), PALETTE)

    assert away(1.0) < away(0.5) < away(0.0)


def test_the_outline_has_the_asked_width_and_colour():
    def ink(outline: float) -> int:
        style = StyleConditioning(
            palette=PALETTE, outline=outline, outline_color="#ff00ff", strength=1.0
        )
        image = pixels(make("bomb", style=style)).astype(int)
        return int(((image[..., :3] - [255, 0, 255]) ** 2).sum(axis=2).__lt__(900).sum())

    assert ink(0.0) == 0
    assert 1.5 < ink(0.06) / ink(0.03) < 2.6


@pytest.mark.parametrize(
    ("width", "height", "grid"), [(256, 256, 32), (200, 120, 24), (96, 96, 96)]
)
def test_a_pixel_grid_is_a_grid(width: int, height: int, grid: int):
    style = StyleConditioning(palette=PALETTE, pixel_grid=grid, outline=0.03)
    image = pixels(make_at("castle", width, height, style=style))
    assert image.shape == (height, width, 4)
    assert set(np.unique(image[..., 3])) <= {0, 255}
    for axis, side in ((0, height), (1, width)):
        cells = round(side * grid / min(width, height))
        borders = np.flatnonzero(np.diff(np.arange(side) * cells // side))
        changes = np.flatnonzero(np.diff(image.astype(int), axis=axis).any(axis=(1 - axis, 2)))
        assert len(changes) > 3
        assert set(changes) <= set(borders)


def test_a_black_palette_draws_lines():
    style = StyleConditioning(palette=("#222222",), outline=0.04)
    image = pixels(make("apple", style=style))
    solid = image[image[..., 3] > 0]
    assert set(map(tuple, solid[:, :3].tolist())) == {(0x22, 0x22, 0x22)}
    assert 0.02 < (image[..., 3] > 0).mean() < 0.4


def test_the_background_is_transparent_or_filled():
    clear, filled = (pixels(make("star", transparent=flag)) for flag in (True, False))
    assert clear[0, 0, 3] == 0
    assert clear[64, 64, 3] == 255
    assert (filled[..., 3] == 255).all()


@given(
    width=st.integers(16, 300),
    height=st.integers(16, 300),
    prompt=st.text(min_size=1, max_size=60),
    grid=st.sampled_from([0, 0, 8, 32]),
    transparent=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_any_text_in_any_size_gives_a_picture(
    width: int, height: int, prompt: str, grid: int, transparent: bool
):
    style = StyleConditioning(palette=PALETTE, pixel_grid=grid)
    image = pixels(make_at(prompt, width, height, style=style, transparent=transparent))
    assert image.shape == (height, width, 4)
    assert (image[..., 3] > 0).any()


def test_a_wide_canvas_is_composed_across_its_width():
    scene = pixels(make_at("Winter Banner: snow, lanterns, banner", 512, 192))
    trio = pixels(make_at("health potion", 512, 192))
    for image in (scene, trio):
        thirds = np.array_split(image[..., 3] > 0, 3, axis=1)
        assert all(third.mean() > 0.05 for third in thirds)
    ground = scene[-4:, :, 3]
    assert (ground == 255).all()


def test_negative_words_are_left_out():
    plain = pixels(make("glowing sword", 4))
    without = pixels(make("glowing sword", 4, negative_prompt="glow"))
    assert (without[..., 3] > 0).sum() < 0.8 * (plain[..., 3] > 0).sum()


def test_text_of_a_prompt_never_becomes_markup():
    plain = make("sword")
    evil = make('sword"/><image href="file:///etc/passwd"/><text>x</text> <!-- & ]]>')
    assert pixels(evil).shape == pixels(plain).shape
    fallback = make("<script>&amp;</script> ]]> 'q\"")
    assert (pixels(fallback)[..., 3] > 0).any()


def test_every_noun_of_the_shipped_lists_has_a_drawing_of_its_own():
    for prompt in shipped_prompts():
        assert not make(prompt).attribution, f"glyph or fallback for {prompt!r}"


def test_glyphs_are_attributed():
    (credit,) = make("green dragon").attribution
    assert credit.title == "Font Awesome Free: dragon"
    assert credit.license == "CC-BY-4.0"


def test_an_unknown_noun_gets_a_crate_with_its_initials():
    one, other = make("Quixotic Florble"), make("Zyx Vork")
    assert pixels(one).tobytes() != pixels(other).tobytes()
    assert [a.title for a in one.attribution] == [
        "Font Awesome Free: q",
        "Font Awesome Free: f",
    ]


def test_off_style_images_come_at_the_set_rate_and_say_so():
    backend = PlaceholderBackend(off_style_rate=0.25)
    requests = (ImageRequest(prompt="key", width=16, height=16, seed=s) for s in range(240))
    off = [OFF_STYLE in backend.generate(request).notes for request in requests]
    assert 0.16 < sum(off) / len(off) < 0.34


def test_who_turns_a_knob_after_an_off_style_image_has_the_same_chance_again():
    backend = PlaceholderBackend(off_style_rate=0.25)
    request = ImageRequest(prompt="key", width=16, height=16, seed=0)
    off = [
        missed
        for seed in range(480)
        if OFF_STYLE in backend.generate(missed := request.model_copy(update={"seed": seed})).notes
    ]
    stronger = StyleConditioning(strength=0.9)
    for knob in ({"style": stronger}, {"guidance_scale": 6.0}):
        again = [backend.generate(missed.model_copy(update=knob)).notes for missed in off]
        assert sum(OFF_STYLE in notes for notes in again) < len(off) / 2


def test_an_off_style_image_misses_the_palette():
    style = StyleConditioning(palette=PALETTE, strength=1.0, flatness=1.0)
    request = ImageRequest(prompt="apple", width=128, height=128, seed=1, style=style)
    on, off = (PlaceholderBackend(off_style_rate=r).generate(request) for r in (0, 1))
    assert palette_distance(pixels(off), PALETTE) > 2 * palette_distance(pixels(on), PALETTE)


def test_the_response_says_what_made_it():
    response = make("apple", seed=9)
    assert response.model_id == "placeholder"
    assert response.scheduler == "none"
    assert response.seed == 9
    assert "no image model" in response.notes[0]
    assert response.model_hash == PlaceholderBackend().model_hash
    assert len(response.model_hash) == 64


def test_backends_are_found_by_name():
    assert load_backend("placeholder", off_style_rate=0.0).model_id == "placeholder"
    assert set(BACKENDS) == {"placeholder"}
    with pytest.raises(InvalidInput, match="Did you mean 'placeholder'"):
        load_backend("placeholdr")


@pytest.mark.parametrize("rate", [-0.1, 1.1])
def test_a_rate_outside_0_to_1_is_refused(rate: float):
    with pytest.raises(InvalidInput, match="off_style_rate"):
        PlaceholderBackend(off_style_rate=rate)
