"""App Home: what waits for an answer, what was made, what it cost."""

from collections.abc import Sequence

from assetql.domain.approval import Approval
from assetql.domain.batch import Batch
from assetql.domain.money import Account, money_text
from assetql.pipeline.batch_status import BatchReport
from integrations.slack.mrkdwn import escape
from integrations.slack.rendering.approvals import question
from integrations.slack.rendering.parts import Block, context, divider, header, section


def home(
    account: Account,
    waiting: Sequence[tuple[Approval, Batch]],
    reports: Sequence[BatchReport],
    *,
    note: str | None = None,
) -> Block:
    """The view; `note` answers what was pressed in it."""
    blocks: list[Block] = [section(f"⚠️ {escape(note)}")] if note else []
    blocks += [header("Budget"), section(usage_line(account)), header("Waiting for an answer")]
    for number, (approval, batch) in enumerate(waiting):
        blocks += question(approval, batch, number=number)
    if not waiting:
        blocks.append(context("Nothing."))
    blocks += [divider(), header("Recent batches")]
    blocks += [section(batch_line(report)) for report in reports]
    if not reports:
        blocks.append(context("None yet. Send a list or a sentence in Messages."))
    return {"type": "home", "blocks": blocks}


def usage_line(account: Account) -> str:
    """Money of the workspace."""
    return (
        f"{money_text(account.spent)} spent, {money_text(account.reserved)} reserved, "
        f"{money_text(account.available)} of {money_text(account.budget)} free"
    )


def batch_line(report: BatchReport) -> str:
    """One batch, as mrkdwn."""
    counts = report.counts
    failed = f", {counts.FAILED} failed" if counts.FAILED else ""
    return (
        f"*{escape(report.batch.name)}* · {report.status.value}\n"
        f"{counts.READY} of {counts.total} ready{failed} · "
        f"{money_text(report.spent)} spent · {report.batch.batch_id}"
    )
