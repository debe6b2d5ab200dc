"""What the embedded family needs of the machine."""

import shutil
from collections.abc import Iterator

from assetql.domain.finding import Finding
from assetql.settings import Settings

_GIB = 2**30


def examine(settings: Settings, *, quickly: bool) -> Iterator[Finding]:
    """The folder that everything is kept in; it is made where there is none."""
    del quickly  # nothing here takes time
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(settings.home).free / _GIB
    except OSError as error:
        yield Finding(
            "Data",
            "wrong",
            f"can't use {settings.home}: {error.strerror}",
            "Set ASSETQL_HOME to a folder that you may write to.",
        )
        return
    yield Finding("Data", "ok", f"{settings.home}, {free:.0f} GiB free")
