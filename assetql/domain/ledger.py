"""Money moves as entries: each is posted once, in one write with the batch that it is for."""

from dataclasses import dataclass, replace
from datetime import datetime

from assetql.domain.batch import Batch
from assetql.domain.task import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """Adds `reserved` and `spent` (micros, may be negative) to the account, once per `entry_id`."""

    workspace: str
    entry_id: str
    batch_id: str
    reserved: int
    spent: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A batch's tasks counted, and their prices summed in micros: one consistent reading."""

    counts: Counts
    open_value: int = 0
    ready_value: int = 0
    failed_value: int = 0


def settlement(batch: Batch, tally: Tally, at: datetime) -> tuple[Batch, LedgerEntry] | None:
    """What brings the account in line with the tally; None where it is.

    The batch keeps holding the price of its open tasks; READY ones are charged; what FAILED or was
    CANCELLED goes back. A batch that is not dispatched yet is left alone: its tasks still move.
    While tasks are open, less than a hundredth of the quote waits: the account is one item, and a
    large batch must not write it for every few of its images.
    """
    reserved = tally.open_value - batch.held
    spent = tally.ready_value - batch.settled_spent
    if tally.counts.open and max(-reserved, spent) * 100 < batch.quote.total:
        return None
    if batch.started_at is None or not batch.dispatched or (reserved == 0 and spent == 0):
        return None
    settled = replace(
        batch,
        held=tally.open_value,
        settled_spent=tally.ready_value,
        version=batch.version + 1,
    )
    entry = LedgerEntry(
        workspace=batch.workspace,
        entry_id=f"{batch.batch_id}:settle:{settled.version}",
        batch_id=batch.batch_id,
        reserved=reserved,
        spent=spent,
        at=at,
    )
    return settled, entry


def reopening(batch: Batch, tally: Tally, key: str, at: datetime) -> tuple[Batch, LedgerEntry]:
    """A new run of what FAILED, with its price held again; settles the rest in the same write.

    What FAILED but was not given back yet is held already, so it is not reserved twice.
    """
    held = tally.open_value + tally.failed_value
    reopened = replace(
        batch,
        runs=batch.runs + 1,
        dispatched=False,
        closed=False,
        held=held,
        settled_spent=tally.ready_value,
        version=batch.version + 1,
    )
    entry = LedgerEntry(
        workspace=batch.workspace,
        entry_id=f"{batch.batch_id}:retry:{key}",
        batch_id=batch.batch_id,
        reserved=held - batch.held,
        spent=tally.ready_value - batch.settled_spent,
        at=at,
    )
    return reopened, entry
