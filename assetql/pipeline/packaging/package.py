"""Write a package: every preset's files, a contact sheet, a manifest, in one deterministic ZIP."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import BinaryIO

from PIL import Image

from assetql.domain.asset import Asset
from assetql.domain.errors import InvalidInput
from assetql.domain.presets import Preset, preset_of
from assetql.domain.progress import Progress, unseen
from assetql.domain.safe_names import TITLE_BYTES, name_by, unique_names
from assetql.pipeline.packaging import atlas, contact_sheet, godot, ios, readme, unity, unreal, web
from assetql.pipeline.packaging.images import Renderer, decode, facts_of, trimmed
from assetql.pipeline.packaging.manifest import Manifest
from assetql.pipeline.packaging.ordered import in_order
from assetql.pipeline.packaging.shelf import Companion, Facts, PackageFile, ReadObject, Shelf
from assetql.pipeline.packaging.sprites import Sprites, room_for_sprites
from assetql.pipeline.packaging.zip_stream import ZipStream

COMPANIONS = {
    "web": Companion(closing=web.snippets),
    "unity": Companion(beside=unity.sprite_meta, closing=unity.folder_metas),
    "godot": Companion(beside=godot.import_settings, closing=godot.sprite_frames),
    "unreal": Companion(closing=unreal.data_table),
    "ios": Companion(beside=ios.image_set, closing=ios.catalogue),
    "atlas": Companion(closing=atlas.sheets, trims=True),
}
_NONE = Companion()
_IN_MEMORY = 1 << 20  # what grows beyond this waits on disk


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSummary:
    """What was written; `files` counts all that the archive holds."""

    sha256: str
    bytes: int
    files: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Made:
    """All that one asset gives: its facts, files by preset, picture on the sheet and sprite."""

    facts: Facts
    files: list[tuple[str, PackageFile]]
    card: Image.Image
    sprite: bytes | None
    sha256_differs: bool


def write_package(
    out: BinaryIO,
    *,
    assets: Sequence[Asset],
    read_object: ReadObject,
    presets: Sequence[str],
    title: str,
    progress: Progress = unseen,
) -> PackageSummary:
    """Write the assets to `out` as a ZIP; the same input gives the same bytes.

    `assets` holds no pixels: each image is read through `read_object(asset.object_key)` when its
    turn comes, on the calling thread. `out` need not be seekable.
    Raises: InvalidInput for an unknown preset, no preset, no asset, or an unreadable image.
    """
    chosen = [preset_of(name) for name in dict.fromkeys(presets)]
    if not chosen or not assets:
        raise InvalidInput(
            "Nothing to export.", remedy="Give at least one asset and at least one preset."
        )
    with (
        SpooledTemporaryFile(max_size=_IN_MEMORY) as entry,
        SpooledTemporaryFile(max_size=_IN_MEMORY) as lines,
        TemporaryFile() as pixels,
        ZipStream(out, entry) as archive,
    ):
        manifest = Manifest(lines, assets, title, chosen)
        sprites = Sprites(pixels, room_for_sprites())
        package = _Package(archive, manifest, assets, read_object, chosen, title, sprites)
        return package.write(progress)


class _Package:
    """One package being written."""

    def __init__(
        self,
        archive: ZipStream,
        manifest: Manifest,
        assets: Sequence[Asset],
        read_object: ReadObject,
        presets: Sequence[Preset],
        title: str,
        sprites: Sprites,
    ) -> None:
        self._archive = archive
        self._manifest = manifest
        self._assets = assets
        self._read_object = read_object
        self._title = title
        self._sprites = sprites
        self._facts: list[Facts] = []
        self._shelves = [self._shelf(preset) for preset in presets]
        self._warnings: list[str] = []

    def write(self, progress: Progress) -> PackageSummary:
        presets = [shelf.preset for shelf in self._shelves]
        self._add(readme.readme(self._title, len(self._assets), presets))
        sheet = contact_sheet.ContactSheet(self._title, len(self._assets))
        for index, made in enumerate(self._make_all()):
            asset = self._assets[index]
            self._keep(index, asset, made)
            self._add_all(sheet.add(asset, made.card))
            progress(index + 1, len(self._assets))
        self._add_all(sheet.finish())
        for shelf in self._shelves:
            closing = COMPANIONS.get(shelf.preset.name, _NONE).closing
            self._add_all(closing(shelf) if closing else (), preset=shelf.preset.name)
        self._add_all(readme.attribution(self._assets))
        self._archive.add("manifest.json", self._manifest.chunks())
        digest, size = self._archive.finish()
        return PackageSummary(
            sha256=digest,
            bytes=size,
            files=self._manifest.files + 1,
            warnings=tuple(self._warnings),
        )

    def _shelf(self, preset: Preset) -> Shelf:
        return Shelf(
            preset=preset,
            title=name_by(preset.names, self._title, fallback="package", limit=TITLE_BYTES),
            heading=self._title,
            assets=self._assets,
            names=unique_names(((a.asset_id, a.name) for a in self._assets), preset.names),
            facts=self._facts,
            sprites=self._sprites,
            read_object=self._read_object,
        )

    def _make_all(self) -> Iterator[_Made]:
        def make(read: tuple[int, bytes]) -> _Made:
            index, data = read
            return _make(self._shelves, self._assets[index], index, data)

        return in_order(make, enumerate(self._read_object(a.object_key) for a in self._assets))

    def _keep(self, index: int, asset: Asset, made: _Made) -> None:
        self._facts.append(made.facts)
        if made.sprite is not None:
            self._sprites.add(index, made.sprite)
        if made.sha256_differs:
            self._warnings.append(
                f"Asset {asset.asset_id!r}: the image's sha256 is not the recorded one."
            )
        for preset, file in made.files:
            self._add(file, preset=preset)

    def _add_all(self, files: Iterable[PackageFile], preset: str | None = None) -> None:
        for file in files:
            self._add(file, preset=preset)

    def _add(self, file: PackageFile, preset: str | None = None) -> None:
        digest, size = self._archive.add(file.path, file.chunks)
        self._manifest.add(file, sha256=digest, size=size, preset=preset)


def _make(shelves: Sequence[Shelf], asset: Asset, index: int, data: bytes) -> _Made:
    image = decode(data, asset)
    facts = facts_of(image)
    renderer = Renderer(data, image)
    files: list[tuple[str, PackageFile]] = []
    for shelf in shelves:
        name = shelf.preset.name
        for rendition in shelf.renditions(index, image.size):
            content = renderer.render(rendition)
            files.append((name, PackageFile(rendition.path, content, asset.asset_id)))
        beside = COMPANIONS.get(name, _NONE).beside
        files += [(name, file) for file in (beside(shelf, index, facts) if beside else ())]
    differs = sha256(data).hexdigest() != asset.sha256
    trims = any(COMPANIONS.get(shelf.preset.name, _NONE).trims for shelf in shelves)
    sprite = trimmed(image, facts).tobytes() if trims else None
    return _Made(
        facts,
        files,
        contact_sheet.card_picture(renderer.smallest(contact_sheet.PICTURE)),
        sprite,
        differs,
    )
