"""What the encoders share: the assets with their names, facts and files."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assetql.domain.asset import Asset
from assetql.domain.presets import Preset, Rendition, renditions
from assetql.pipeline.packaging.sprites import Sprites

ReadObject = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file of a package; `content` in one piece, or in chunks when it grows with the assets."""

    path: str
    content: bytes | Iterable[bytes]
    asset_id: str | None = None

    @property
    def chunks(self) -> Iterable[bytes]:
        """The content in pieces."""
        return (self.content,) if isinstance(self.content, bytes) else self.content


@dataclass(frozen=True, slots=True)
class Facts:
    """What decoding an image told: its size and the box of its visible pixels (None: none)."""

    size: tuple[int, int]
    visible: tuple[int, int, int, int] | None

    @property
    def sprite(self) -> tuple[int, int, int, int]:
        """The box that an atlas shows; of an invisible image one pixel, as loaders need some."""
        return self.visible or (0, 0, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The assets of one preset of a package. `names[i]` is safe, `facts[i]` there once decoded."""

    preset: Preset
    title: str
    heading: str
    assets: Sequence[Asset]
    names: Sequence[str]
    facts: Sequence[Facts]
    sprites: Sprites
    read_object: ReadObject

    def renditions(self, index: int, size: tuple[int, int]) -> tuple[Rendition, ...]:
        """The image files of one asset."""
        return renditions(self.preset, title=self.title, name=self.names[index], size=size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """The files that a preset adds to its images.

    `beside` gives those of one asset and runs in several threads; `closing` gives those of the
    whole package, once, when the facts are complete. `trims`: the shelf's sprites are kept.
    """

    beside: Callable[[Shelf, int, Facts], Iterable[PackageFile]] | None = None
    closing: Callable[[Shelf], Iterable[PackageFile]] | None = None
    trims: bool = False
