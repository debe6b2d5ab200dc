import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetql.domain.errors import InvalidInput
from assetql.domain.presets import PRESETS, Preset, preset_of, renditions

SIZES = st.tuples(st.integers(1, 2048), st.integers(1, 2048))


def test_the_table_has_every_promised_preset():
    names = [preset.name for preset in PRESETS]
    assert names == ["raw", "web", "unity", "godot", "unreal", "ios", "android", "atlas"]
    assert all(preset.how_to_import for preset in PRESETS)


def test_an_unknown_preset_is_named_with_the_nearest_one():
    with pytest.raises(InvalidInput, match=r"No preset 'unitty'\. Did you mean 'unity'\?"):
        preset_of("unitty")


@settings(max_examples=60)
@given(st.sampled_from(PRESETS), SIZES)
def test_nothing_is_enlarged_and_no_path_is_taken_twice(preset: Preset, size: tuple[int, int]):
    files = renditions(preset, title="T", name="N", size=size)
    assert len({file.path for file in files}) == len(files)
    for file in files:
        assert 1 <= file.size[0] <= size[0]
        assert 1 <= file.size[1] <= size[1]
        assert file.canvas[0] >= file.size[0]
        assert file.canvas[1] >= file.size[1]
    if preset.variants:
        assert any(file.size == size for file in files)


@pytest.mark.parametrize(
    ("preset", "sizes"),
    [
        ("ios", [(100, 50), (200, 100), (300, 150)]),
        ("android", [(75, 38), (113, 56), (150, 75), (225, 113), (300, 150)]),
    ],
)
def test_scales_are_those_of_the_platform(preset: str, sizes: list[tuple[int, int]]):
    files = renditions(preset_of(preset), title="T", name="N", size=(300, 150))
    assert [file.size for file in files] == sizes


def test_web_sizes_go_up_to_the_original():
    files = renditions(preset_of("web"), title="T", name="N", size=(300, 150))
    assert [file.size[0] for file in files] == [64, 64, 128, 128, 256, 256, 300, 300]


def test_unreal_pads_to_powers_of_two_and_never_scales():
    (file,) = renditions(preset_of("unreal"), title="T", name="N", size=(300, 128))
    assert (file.size, file.canvas, file.original) == ((300, 128), (512, 128), False)
