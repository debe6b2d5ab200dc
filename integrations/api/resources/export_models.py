"""Packages over HTTP."""

from typing import Annotated, Self

from pydantic import Field

from assetql.pipeline.export import ExportOutcome, Package
from integrations.api.resources.batch_models import FollowUpState
from integrations.api.resources.models import AssetId, Closed, ExportId
from integrations.api.resources.presets import PresetNames


class PresetsToPack(Closed):
    """What the package is for."""

    presets: PresetNames


class AssetsToPack(PresetsToPack):
    """Which assets, and what for."""

    asset_ids: Annotated[list[AssetId], Field(min_length=1, max_length=5_000)]


class ExportRead(Closed):
    """A package; `POST …/link` answers where to download it."""

    export_id: ExportId
    filename: str
    presets: list[str]
    assets: int
    files: int
    bytes: int
    sha256: str
    warnings: list[str]

    @classmethod
    def of(cls, package: Package) -> Self:
        """All but where it lies."""
        return cls(
            export_id=package.export_id,
            filename=package.filename,
            presets=list(package.presets),
            assets=package.assets,
            files=package.files,
            bytes=package.bytes,
            sha256=package.sha256,
            warnings=list(package.warnings),
        )


class ExportAsked(Closed):
    """Packed now, or scheduled as a follow-up of the batch."""

    scheduled: bool
    follow_up_id: str | None
    export: ExportRead | None

    @classmethod
    def of(cls, outcome: ExportOutcome) -> Self:
        """The pipeline's outcome."""
        return cls(
            scheduled=outcome.scheduled,
            follow_up_id=outcome.follow_up_id,
            export=ExportRead.of(outcome.package) if outcome.package else None,
        )


class BatchExports(Closed):
    """In the order in which they were asked for."""

    exports: list[FollowUpState]
