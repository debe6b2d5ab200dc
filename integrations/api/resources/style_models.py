"""Styles over HTTP."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from assetql.domain.style import MAX_REFERENCES, StyleProfile
from integrations.api.resources.models import Closed, Label, NextCursor, StyleId, UploadId


class StyleToLearn(Closed):
    """A name, and the uploaded references; a name that is known gets a new version."""

    name: Annotated[Label, Field(max_length=80, examples=["Noto"])]
    uploads: Annotated[list[UploadId], Field(min_length=1, max_length=MAX_REFERENCES)]


class Gate(Closed):
    """What an image has to reach, and how sure that is.

    `auc` and the rates are estimated from the references against a bank of other styles.
    """

    threshold: float
    auc: float
    false_accept_rate: float
    false_reject_rate: float
    calibrated: Annotated[bool, Field(description="False: too few references to tell")]
    warnings: list[str]


class Reference(Closed):
    """One reference; its image is at `…/references/{number}`."""

    number: Annotated[int, Field(ge=1, le=MAX_REFERENCES)]
    filename: str
    sha256: str
    width: int
    height: int


class StyleRead(Closed):
    """A learnt style with its calibration."""

    style_id: StyleId
    name: str
    version: int
    palette: Annotated[list[str], Field(description="Hex colours, by share")]
    gate: Gate
    references: list[Reference]
    embedder: str
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, profile: StyleProfile) -> Self:
        """All but the embeddings."""
        gate = profile.gate
        return cls(
            style_id=profile.style_id,
            name=profile.name,
            version=profile.version,
            palette=list(profile.conditioning.palette),
            gate=Gate(
                threshold=gate.threshold,
                auc=gate.auc,
                false_accept_rate=gate.false_accept_rate,
                false_reject_rate=gate.false_reject_rate,
                calibrated=gate.calibrated,
                warnings=list(gate.warnings),
            ),
            references=[
                Reference(
                    number=number,
                    filename=reference.filename,
                    sha256=reference.sha256,
                    width=reference.width,
                    height=reference.height,
                )
                for number, reference in enumerate(profile.references, start=1)
            ],
            embedder=profile.embedder,
            created_by=profile.created_by,
            created_at=profile.created_at,
        )


class StylePage(Closed):
    """By name."""

    styles: list[StyleRead]
    cursor: NextCursor
