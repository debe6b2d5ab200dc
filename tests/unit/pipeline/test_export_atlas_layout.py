from hypothesis import example, given, settings
from hypothesis import strategies as st

from assetql.pipeline.packaging.atlas_layout import MAX_SIDE, Page, lay_out

SIDES = st.integers(1, 300) | st.integers(1, MAX_SIDE)


def boxes(page: Page, sizes: list[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    return [
        (
            place.x - place.extrude,
            place.y - place.extrude,
            place.x + sizes[place.index][0] + place.extrude,
            place.y + sizes[place.index][1] + place.extrude,
        )
        for place in page.places
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=25))
@example([(MAX_SIDE, MAX_SIDE), (MAX_SIDE - 2, MAX_SIDE - 2), (1, 1)])
@example([(300, 300)] * 50)
def test_every_sprite_has_its_own_place_inside_a_page(sizes: list[tuple[int, int]]):
    pages = lay_out(sizes)
    placed = sorted(place.index for page in pages for place in page.places)
    assert placed == list(range(len(sizes)))
    for page in pages:
        width, height = page.size
        assert width.bit_count() == height.bit_count() == 1
        assert max(width, height) <= MAX_SIDE
        found = boxes(page, sizes)
        for left, top, right, bottom in found:
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height
        for number, a in enumerate(found):
            for b in found[number + 1 :]:
                assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_few_small_sprites_get_a_small_page():
    (page,) = lay_out([(28, 28)] * 4)
    assert page.size == (64, 64)


def test_five_thousand_small_sprites_fill_their_pages():
    sizes = [(20 + i % 40, 20 + i % 37) for i in range(5000)]
    pages = lay_out(sizes)
    area = sum(page.size[0] * page.size[1] for page in pages)
    assert sum(w * h for w, h in sizes) / area > 0.7
