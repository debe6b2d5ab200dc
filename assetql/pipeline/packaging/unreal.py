"""Unreal: a data table of the sprites (CSV and JSON) and the row struct that it is a table of.

Textures are padded to powers of two at the right and below, so that they can have mipmaps and
stream; the row's UV rectangle says where the sprite lies. A row's columns are the struct's
properties, a CSV's first column is the row's name.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from assetql.domain.safe_names import NameRule, name_by
from assetql.pipeline.packaging.shelf import PackageFile, Shelf

_FOLDER = "unreal/AssetQL"
_HEADER = """\
#pragma once

#include "CoreMinimal.h"
#include "Engine/DataTable.h"
#include "Engine/Texture2D.h"
#include "AssetQLSprite.generated.h"

/** A sprite on a texture that may be padded; U0..V1 is the part that it covers. */
USTRUCT(BlueprintType)
struct FAssetQLSprite : public FTableRowBase
{
    GENERATED_BODY()

    UPROPERTY(EditAnywhere, BlueprintReadOnly) FText DisplayName;
    UPROPERTY(EditAnywhere, BlueprintReadOnly) TSoftObjectPtr<UTexture2D> Texture;
    UPROPERTY(EditAnywhere, BlueprintReadOnly) int32 Width = 0;
    UPROPERTY(EditAnywhere, BlueprintReadOnly) int32 Height = 0;
    UPROPERTY(EditAnywhere, BlueprintReadOnly) float U0 = 0.f;
    UPROPERTY(EditAnywhere, BlueprintReadOnly) float V0 = 0.f;
    UPROPERTY(EditAnywhere, BlueprintReadOnly) float U1 = 1.f;
    UPROPERTY(EditAnywhere, BlueprintReadOnly) float V1 = 1.f;
    UPROPERTY(EditAnywhere, BlueprintReadOnly) FName Category;
    UPROPERTY(EditAnywhere, BlueprintReadOnly) TArray<FName> Tags;
};
"""
Row = dict[str, str | int | float | list[str]]


def data_table(shelf: Shelf) -> Iterable[PackageFile]:
    """The table twice, in each form that the editor imports, and its row struct."""
    base = f"{_FOLDER}/DT_{shelf.title}"
    yield PackageFile(f"{base}.csv", _csv(shelf))
    yield PackageFile(f"{base}.json", _json(shelf))
    yield PackageFile(f"{_FOLDER}/AssetQLSprite.h", _HEADER.encode())


def _rows(shelf: Shelf) -> Iterator[Row]:
    for index, asset in enumerate(shelf.assets):
        rendition = shelf.renditions(index, shelf.facts[index].size)[0]
        texture = rendition.path.rsplit("/", maxsplit=1)[-1].removesuffix(".png")
        yield {
            "Name": shelf.names[index],
            # Not bare: a cell that starts with "=" would be a formula in a spreadsheet.
            "DisplayName": f"INVTEXT({_quoted(asset.name)})",
            "Texture": f"/Game/AssetQL/{shelf.title}/{texture}.{texture}",
            "Width": rendition.size[0],
            "Height": rendition.size[1],
            "U0": 0.0,
            "V0": 0.0,
            "U1": rendition.size[0] / rendition.canvas[0],
            "V1": rendition.size[1] / rendition.canvas[1],
            "Category": name_by(NameRule.SNAKE, asset.category, fallback="none"),
            "Tags": list(asset.tags.names),
        }


def _csv(shelf: Shelf) -> Iterator[bytes]:
    for number, row in enumerate(_rows(shelf)):
        if number == 0:
            yield _line(["---", *list(row)[1:]])
        tags = f"({','.join(_quoted(tag) for tag in shelf.assets[number].tags.names)})"
        yield _line([*list(row.values())[:-1], tags])


def _line(cells: list[str | int | float | list[str]] | list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()


def _json(shelf: Shelf) -> Iterator[bytes]:
    for number, row in enumerate(_rows(shelf)):
        text = json.dumps(row, ensure_ascii=False)
        yield (("[\n" if number == 0 else ",\n") + text).encode()
    yield b"\n]\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "\\n")
    return f'"{escaped}"'
