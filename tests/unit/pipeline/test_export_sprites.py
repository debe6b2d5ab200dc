import io

from assetql.pipeline.packaging.sprites import Sprites


def test_sprites_come_back_in_any_order():
    sprites = Sprites(io.BytesIO(), room=100)
    sprites.add(4, b"four")
    sprites.add(2, b"twotwo")
    assert [sprites.get(index) for index in (2, 4, 2)] == [b"twotwo", b"four", b"twotwo"]
    assert sprites.get(0) is None


def test_what_finds_no_room_is_not_kept():
    sprites = Sprites(io.BytesIO(), room=8)
    for index, pixels in enumerate((b"aaaa", b"bbbbbb", b"cccc", b"d")):
        sprites.add(index, pixels)
    assert [sprites.get(index) for index in range(4)] == [b"aaaa", None, b"cccc", None]
