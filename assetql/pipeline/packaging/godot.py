"""Godot 4: `.import` settings beside each texture, and a SpriteFrames resource over all."""

from collections.abc import Iterable, Iterator
from hashlib import md5, sha256

from assetql.pipeline.packaging.shelf import Facts, PackageFile, Shelf

# The engine's own base 34: ResourceUID::id_to_text uses neither "z" nor "9".
_UID_DIGITS = "abcdefghijklmnopqrstuvwxy012345678"

_IMPORT = """\
[remap]

importer="texture"
type="CompressedTexture2D"
uid="{uid}"
path="{imported}"
metadata={{
"vram_texture": false
}}

[deps]

source_file="{source}"
dest_files=["{imported}"]

[params]

compress/mode=0
compress/high_quality=false
compress/lossy_quality=0.7
compress/hdr_compression=1
compress/normal_map=0
compress/channel_pack=0
mipmaps/generate=false
mipmaps/limit=-1
roughness/mode=0
roughness/src_normal=""
process/fix_alpha_border=true
process/premult_alpha=false
process/normal_map_invert_y=false
process/hdr_as_srgb=false
process/hdr_clamp_exposure=false
process/size_limit=0
detect_3d/compress_to=1
"""


def uid_of(key: str) -> str:
    """A resource UID (63 bits) that depends on `key` alone."""
    number = int.from_bytes(sha256(f"assetql/godot/{key}".encode()).digest()[:8]) >> 1
    digits = ""
    while number:
        number, digit = divmod(number, len(_UID_DIGITS))
        digits = _UID_DIGITS[digit] + digits
    return f"uid://{digits}"


def import_settings(shelf: Shelf, index: int, facts: Facts) -> Iterable[PackageFile]:
    """The import settings beside one texture; Godot imports it on its next scan."""
    asset_id = shelf.assets[index].asset_id
    for rendition in shelf.renditions(index, facts.size):
        source = _resource_path(rendition.path)
        file_name = source.rsplit("/", maxsplit=1)[-1]
        # Names the cache file as the engine does; nothing secret.
        path_hash = md5(source.encode(), usedforsecurity=False).hexdigest()
        text = _IMPORT.format(
            uid=uid_of(asset_id),
            source=source,
            imported=f"res://.godot/imported/{file_name}-{path_hash}.ctex",
        )
        yield PackageFile(f"{rendition.path}.import", text.encode(), asset_id)


def sprite_frames(shelf: Shelf) -> Iterable[PackageFile]:
    """One SpriteFrames: an animation per asset, called by its name."""
    path = f"godot/assetql/{shelf.title}/{shelf.title}.tres"
    yield PackageFile(path, _sprite_frames(shelf, uid_of(path)))


def _sprite_frames(shelf: Shelf, uid: str) -> Iterator[bytes]:
    count = len(shelf.assets)
    yield (
        f'[gd_resource type="SpriteFrames" load_steps={count + 1} format=3 uid="{uid}"]\n\n'
    ).encode()
    for index, asset in enumerate(shelf.assets):
        path = _resource_path(shelf.renditions(index, shelf.facts[index].size)[0].path)
        yield (
            f'[ext_resource type="Texture2D" uid="{uid_of(asset.asset_id)}" '
            f'path="{path}" id="{index + 1}"]\n'
        ).encode()
    yield b"\n[resource]\nanimations = ["
    for index, name in enumerate(shelf.names):
        yield (
            f"{', ' if index else ''}{{\n"
            f'"frames": [{{\n"duration": 1.0,\n"texture": ExtResource("{index + 1}")\n}}],\n'
            f'"loop": true,\n"name": &"{name}",\n"speed": 5.0\n}}'
        ).encode()
    yield b"]\n"


def _resource_path(path: str) -> str:
    return f"res://{path.removeprefix('godot/')}"
