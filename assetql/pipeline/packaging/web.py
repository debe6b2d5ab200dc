"""Web: one page of <picture> snippets, AVIF first, WebP as the image that every browser shows."""

from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import quote

from assetql.domain.presets import Format, Rendition
from assetql.pipeline.packaging.shelf import PackageFile, Shelf

_HEAD = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
  body {{ margin: 2rem; background: #17191e; color: #d7dae0; font: 14px/1.5 system-ui, sans-serif;
         display: grid; grid-template-columns: repeat(auto-fill, minmax(160px, 1fr)); gap: 1rem; }}
  figure {{ margin: 0; padding: 1rem; border-radius: 12px; background: #22252c; }}
  img {{ width: 100%; height: auto; }}
</style>
"""


def snippets(shelf: Shelf) -> Iterable[PackageFile]:
    """The page; it shows every asset and lies beside its images."""
    yield PackageFile("web/snippets.html", _page(shelf))


def _page(shelf: Shelf) -> Iterator[bytes]:
    yield _HEAD.format(title=escape(shelf.heading)).encode()
    for index, asset in enumerate(shelf.assets):
        size = shelf.facts[index].size
        picture = _picture(shelf.renditions(index, size), asset.name, size)
        caption = f"<figcaption>{escape(asset.name)}</figcaption>"
        yield f"<figure>\n{picture}\n{caption}\n</figure>\n".encode()
    yield b"</html>\n"


def _picture(files: tuple[Rendition, ...], name: str, size: tuple[int, int]) -> str:
    webp = [file for file in files if file.format is Format.WEBP]
    avif = [file for file in files if file.format is Format.AVIF]
    return (
        "<picture>\n"
        f'  <source type="image/avif" srcset="{_srcset(avif)}" sizes="{size[0]}px">\n'
        f'  <source type="image/webp" srcset="{_srcset(webp)}" sizes="{size[0]}px">\n'
        f'  <img src="{_url(webp[-1])}" width="{size[0]}" height="{size[1]}" '
        f'alt="{escape(name)}" loading="lazy" decoding="async">\n'
        "</picture>"
    )


def _srcset(files: list[Rendition]) -> str:
    by_width = {file.size[0]: file for file in files}  # two of one width would be an error
    return ", ".join(f"{_url(file)} {width}w" for width, file in sorted(by_width.items()))


def _url(file: Rendition) -> str:
    # Blanks and commas would end a candidate of a srcset.
    return quote(file.path.removeprefix("web/"), safe="/")
