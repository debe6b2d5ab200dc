"""The texts for people: how to import a package, and whose work is inside."""

from collections.abc import Iterable, Iterator, Sequence

from assetql.domain.asset import Asset
from assetql.domain.imaging import Attribution
from assetql.domain.presets import Preset
from assetql.pipeline.packaging.shelf import PackageFile

_NAMED = 8  # assets named under one attribution


def readme(title: str, count: int, presets: Sequence[Preset]) -> PackageFile:
    """README.txt."""
    lines = [_one_line(title), f"{count} asset{'' if count == 1 else 's'}, made with AssetQL.", ""]
    for preset in presets:
        lines += [preset.name, f"  {preset.how_to_import}", ""]
    lines += [
        "contact-sheet.png shows every asset.",
        "manifest.json holds recipes, tags, licences and the sha256 of each file.",
        "ATTRIBUTION.md, where there is one, names the works inside and their licences.",
    ]
    return PackageFile("README.txt", ("\n".join(lines) + "\n").encode())


def attribution(assets: Iterable[Asset]) -> Iterator[PackageFile]:
    """ATTRIBUTION.md, when any asset holds somebody's work."""
    used: dict[Attribution, tuple[int, list[str]]] = {}
    for asset in assets:
        for work in dict.fromkeys(asset.attribution):
            count, names = used.get(work, (0, []))
            used[work] = (count + 1, [*names, asset.name] if len(names) < _NAMED else names)
    if used:
        works = sorted(used, key=lambda work: (work.title, work.author, work.license, work.url))
        text = "# Attribution\n\nThis package holds the work of others:\n\n"
        text += "".join(_work(work, *used[work]) for work in works)
        yield PackageFile("ATTRIBUTION.md", text.encode())


def _work(work: Attribution, count: int, names: Sequence[str]) -> str:
    more = f" and {count - len(names)} more" if count > len(names) else ""
    url = f"  {_one_line(work.url)}\n" if work.url else ""
    return (
        f"- {_one_line(work.title)}, by {_one_line(work.author)}, "
        f"licence {_one_line(work.license)}\n{url}"
        f"  In: {', '.join(_one_line(name) for name in names)}{more}\n"
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
