"""The shapes of what tools tell: documented for clients that read them as data.

Money is in units of the currency; `resolved` and other parts of a card are not among the facts.
"""

from typing import NotRequired

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12


class QuoteFacts(TypedDict):
    """A price. `available`: what the budget still has."""

    images: int
    unit_price: float
    total: float
    currency: str
    available: NotRequired[float]


class RefusedRow(TypedDict):
    """A row of a CSV that was not taken."""

    line: int
    column: str
    value: str
    reason: str
    remedy: str


class FollowUpState(TypedDict):
    """What happens once the batch has ended."""

    id: str
    kind: str
    status: str
    arguments: dict[str, object]
    result: dict[str, object]


class BatchFacts(TypedDict):
    """A batch, or, without an id, a list that was not taken and why.

    `tasks` are images; `counts` are those by state; `reasons`: why images failed.
    """

    batch_id: str | None
    status: str
    rows: int
    tasks: int
    quote: QuoteFacts | None
    name: NotRequired[str]
    counts: NotRequired[dict[str, int]]
    style: NotRequired[str | None]
    spent: NotRequired[float]
    reserved: NotRequired[float]
    reasons: NotRequired[dict[str, int]]
    refused: NotRequired[list[RefusedRow]]
    refused_rows: NotRequired[int]
    follow_ups: NotRequired[list[FollowUpState]]
    retried: NotRequired[int]


class ApprovalFacts(TypedDict):
    """A question to people, which is PENDING until one of them answers it."""

    approval_id: str
    batch_id: str
    quote: QuoteFacts
    status: str
    expires_at: str
    batch_name: NotRequired[str]
    like: NotRequired[str]


class GateFacts(TypedDict):
    """How an image is judged; `auc` says how well the references tell themselves from others."""

    threshold: float
    auc: float
    calibrated: bool
    warnings: list[str]


class StyleFacts(TypedDict):
    """A style that was learnt."""

    style_id: str
    name: str
    version: int
    references: int
    palette: list[str]
    gate: GateFacts


class ListedStyle(TypedDict):
    """A style in a list."""

    style_id: str
    name: str
    references: int
    palette: list[str]
    calibrated: bool


class StylesFacts(TypedDict):
    """The styles of the workspace."""

    styles: list[ListedStyle]


class AssetFacts(TypedDict):
    """An image that was made; pixels."""

    asset_id: str
    name: str
    category: str
    tags: list[str]
    batch_id: str
    style: str | None
    width: int
    height: int


class AssetsFacts(TypedDict):
    """A page of assets; `total` of all pages; `alternatives`: what would find something."""

    assets: list[AssetFacts]
    total: int | None
    cursor: str | None
    alternatives: list[str]


class TagsFacts(TypedDict):
    """How many assets were edited, and how."""

    assets: int
    add: list[str]
    remove: list[str]


class TaggingFacts(TypedDict):
    """Tagging that is DONE, or PENDING until the batch has ended."""

    batch_id: str
    follow_up_id: str | None
    what: str
    status: str
    tagged: int


class ExportFacts(TypedDict):
    """A package, or, while it is PENDING, the follow-up that makes it once the batch has ended."""

    presets: list[str]
    export_id: NotRequired[str]
    key: NotRequired[str]
    filename: NotRequired[str]
    assets: NotRequired[int]
    files: NotRequired[int]
    bytes: NotRequired[int]
    sha256: NotRequired[str]
    warnings: NotRequired[list[str]]
    batch_id: NotRequired[str | None]
    follow_up_id: NotRequired[str | None]
    what: NotRequired[str]
    status: NotRequired[str]
