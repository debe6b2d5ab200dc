"""create_batch: an asset list becomes a draft, which spends and enqueues nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from assetql.domain.asset_list.limits import ListLimits, Refusal, RowDefaults
from assetql.domain.asset_list.reader import AssetListReader
from assetql.domain.batch import Batch, Row, quote_rows, tasks_of
from assetql.domain.errors import InvalidInput
from assetql.domain.identity import Action, Principal
from assetql.domain.ids import derived_id
from assetql.domain.money import PriceList
from assetql.pipeline.audit import note, on_behalf_of
from assetql.pipeline.learn_style import get_style
from assetql.pipeline.uploads import get_upload
from assetql.ports import Clock, Stores

LIST_MEDIA_TYPE = "text/csv"
_SEED_SPACE = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class ListImport:
    """What came of reading an asset list. `usable` is False where refusals stand in the way."""

    rows: tuple[Row, ...]
    refused: tuple[Refusal, ...]
    mapping: dict[str, str | None]
    usable: bool


def import_list(
    stream: BinaryIO,
    *,
    limits: ListLimits,
    valid_rows_only: bool,
    defaults: RowDefaults | None = None,
) -> ListImport:
    """Reads a CSV; refused rows make it unusable unless only the valid ones are wanted.

    `defaults` fill the cells and columns that the list leaves out.
    """
    reader = AssetListReader(stream, limits=limits, defaults=defaults)
    rows: list[Row] = []
    refused: list[Refusal] = []
    for item in reader:
        if isinstance(item, Row):
            rows.append(item)
        else:
            refused.append(item)
    return ListImport(
        rows=tuple(rows),
        refused=tuple(refused),
        mapping=dict(reader.mapping),
        usable=bool(rows) and (valid_rows_only or not refused),
    )


def rows_of_upload(
    upload_id: str,
    *,
    caller: Principal,
    stores: Stores,
    limits: ListLimits,
    valid_rows_only: bool,
    defaults: RowDefaults | None = None,
) -> ListImport:
    """Reads an uploaded CSV. Raises: NotFound; InvalidInput where it is no asset list."""
    upload = get_upload(upload_id, caller=caller, stores=stores)
    if upload.media_type != LIST_MEDIA_TYPE:
        raise InvalidInput(
            f"{upload.filename!r} ({upload_id}) is {upload.media_type}, not an asset list.",
            remedy="Attach a CSV with a name column, and refer to that upload.",
        )
    with stores.objects.open(upload.object_key) as stream:
        return import_list(
            stream, limits=limits, valid_rows_only=valid_rows_only, defaults=defaults
        )


def rows_of_items(rows: Sequence[Row], *, limits: ListLimits) -> ListImport:
    """Rows that were asked for one by one, held to the limits of a list. Raises: InvalidInput."""
    if not 1 <= len(rows) <= limits.max_rows:
        raise InvalidInput(
            f"Can't draft a batch of {len(rows):,} items.", remedy=f"Name 1 to {limits.max_rows:,}."
        )
    for number, row in enumerate(rows, start=1):
        _check_item(number, row, limits)
    return ListImport(rows=tuple(rows), refused=(), mapping={}, usable=True)


def _check_item(number: int, row: Row, limits: ListLimits) -> None:
    sides = (limits.min_side, limits.max_side)
    bounds = {
        "width": (row.width, *sides),
        "height": (row.height, *sides),
        "variations": (row.variations, 1, limits.max_variations),
        "name": (len(row.name), 1, limits.max_name),
        "description": (len(row.description), 0, limits.max_cell),
    }
    for field, (value, least, most) in bounds.items():
        if not least <= value <= most:
            unit = " characters" if field in {"name", "description"} else ""
            raise InvalidInput(
                f"Item {number}, {field}: {value:,}{unit}.", remedy=f"Take {least} to {most:,}."
            )


def create_batch(
    rows: Sequence[Row],
    *,
    name: str | None,
    style: str | None,
    caller: Principal,
    stores: Stores,
    clock: Clock,
    prices: PriceList,
    key: str,
    thread_id: str | None = None,
) -> Batch:
    """Drafts a batch once per idempotency `key`. `style` is a profile's name or id."""
    caller.require(Action.EDIT)
    existing = stores.batches.created(caller.workspace, key)
    if existing:
        return _recorded(existing, stores)
    if not rows:
        raise InvalidInput("A batch needs at least one row.", remedy="Name what to make.")
    profile = get_style(style, caller=caller, stores=stores) if style else None
    now = clock.now()
    # Not derived from the key alone: two calls at once, or a call that was killed and made again
    # with other rows, must not share tasks.
    batch_id = derived_id("bat", caller.workspace, key, now.isoformat(), *rows)
    batch = Batch(
        workspace=caller.workspace,
        batch_id=batch_id,
        name=name or default_name(rows),
        style_id=profile.style_id if profile else None,
        rows=len(rows),
        quote=quote_rows(rows, prices),
        created_by=caller.user,
        created_at=now,
        thread_id=thread_id,
    )
    seed = int(derived_id("s", batch_id).encode().hex(), 16) % _SEED_SPACE
    stores.tasks.add(tasks_of(batch, rows, prices, seed))
    return _recorded(stores.batches.create(batch, key=key), stores)


def _recorded(batch: Batch, stores: Stores) -> Batch:
    creator = on_behalf_of(batch.workspace, batch.created_by)
    note(stores.audit, "batch.create", batch.batch_id, caller=creator, at=batch.created_at)
    return batch


def default_name(rows: Sequence[Row]) -> str:
    """A name for people: the first row's, and how many more there are."""
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return f"{rows[0].name}{more}"
