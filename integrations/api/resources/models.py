"""What several resources say: ids, money, texts, pages."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from assetql.domain.approval import Approval
from assetql.domain.asset_list.limits import Refusal
from assetql.domain.money import Quote, amount

_ID = "[a-z2-7]{10}"
_ASSET = rf"^ast_{_ID}-[0-9]{{5}}-[0-9]{{3}}-r[0-9]{{1,9}}$"
# One line that begins with something to see.
_LINE = r"^[^\s\u0000-\u001f\u007f-\u00a0\ufeff][^\u0000-\u001f\u007f]*$"
_SEEN = r"\p{L}\p{M}\p{N}\p{P}\p{S}"
_TEXT = r"^[^\u0000]*$"

BatchId = Annotated[str, Field(pattern=f"^bat_{_ID}$", examples=["bat_k3v5q2m7xd"])]
ApprovalId = Annotated[str, Field(pattern=f"^apr_{_ID}$", examples=["apr_k3v5q2m7xd"])]
StyleId = Annotated[str, Field(pattern=f"^sty_{_ID}$", examples=["sty_k3v5q2m7xd"])]
UploadId = Annotated[str, Field(pattern=f"^upl_{_ID}$", examples=["upl_k3v5q2m7xd"])]
ExportId = Annotated[str, Field(pattern=f"^exp_{_ID}$", examples=["exp_k3v5q2m7xd"])]
AssetId = Annotated[str, Field(pattern=_ASSET, examples=["ast_k3v5q2m7xd-00001-001-r1"])]

BatchPath = Annotated[BatchId, Path()]
ApprovalPath = Annotated[ApprovalId, Path()]
StylePath = Annotated[StyleId, Path()]
UploadPath = Annotated[UploadId, Path()]
ExportPath = Annotated[ExportId, Path()]
AssetPath = Annotated[AssetId, Path()]

Name = Annotated[str, Field(max_length=200, pattern=_LINE)]
# The same, with spaces for white space, and nothing that can't be seen: what people call things.
Label = Annotated[str, Field(pattern=rf"^[{_SEEN}][{_SEEN} ]*$")]
Line = Annotated[str, Field(max_length=200, pattern=rf"^$|{_LINE}")]
Text = Annotated[str, Field(max_length=2_000, pattern=_TEXT)]
Usd = Annotated[float, Field(description="US dollars", examples=[1.6])]

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most")]
Cursor = Annotated[
    str | None,
    Query(max_length=1_000, pattern="^[A-Za-z0-9_=-]+$", description="`cursor` of the page before"),
]
NextCursor = Annotated[str | None, Field(description="Of the next page; null: this is the last")]


class Closed(BaseModel):
    """Nothing but what is declared goes in or out."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Price(Closed):
    """What a run would cost at most."""

    images: Annotated[int, Field(examples=[40])]
    unit_price: Usd
    total: Usd
    currency: Annotated[str, Field(examples=["USD"])]

    @classmethod
    def of(cls, quote: Quote) -> Self:
        """The quote in dollars."""
        return cls(
            images=quote.images,
            unit_price=amount(quote.unit_price),
            total=amount(quote.total),
            currency=quote.currency,
        )


class ApprovalAnswered(Closed):
    """A question to people, whether a batch may start for its quote, and the answer."""

    approval_id: ApprovalId
    batch_id: BatchId
    status: Annotated[str, Field(pattern="^(PENDING|APPROVED|DECLINED|EXPIRED)$")]
    quote: Price
    requested_by: str
    created_at: datetime
    expires_at: datetime
    answered_by: str | None
    answered_at: datetime | None

    @classmethod
    def of(cls, approval: Approval, now: datetime) -> Self:
        """As it stands at `now`."""
        return cls(
            approval_id=approval.approval_id,
            batch_id=approval.batch_id,
            status=approval.status_at(now).value,
            quote=Price.of(approval.quote),
            requested_by=approval.requested_by,
            created_at=approval.created_at,
            expires_at=approval.expires_at,
            answered_by=approval.answered_by,
            answered_at=approval.answered_at,
        )


class RefusedRow(Closed):
    """A line of an asset list that was not taken, and why."""

    line: Annotated[int, Field(description="As an editor counts; the header is 1", examples=[7])]
    column: str
    value: str
    reason: Annotated[str, Field(examples=["no name"])]
    remedy: Annotated[str, Field(examples=["Give the asset a name."])]

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """The domain's refusal."""
        return cls.model_validate(refusal.as_json())


class Link(Closed):
    """Where to download from without credentials, until it expires."""

    url: Annotated[str, Field(examples=["https://assetql.example/files/…"])]
    expires_at: datetime
