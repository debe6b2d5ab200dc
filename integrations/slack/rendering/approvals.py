"""The question whether a batch may start: asked with its price, and afterwards its answer."""

from datetime import datetime

from agent.cards import counted
from assetql.domain.approval import Approval, ApprovalStatus
from assetql.domain.batch import Batch
from assetql.domain.money import money_text
from integrations.slack.mrkdwn import escape, named
from integrations.slack.rendering.parts import Block, actions, button, context, section

_ANSWERED = {
    ApprovalStatus.APPROVED: "✅ Approved",
    ApprovalStatus.DECLINED: "🚫 Declined",
    ApprovalStatus.EXPIRED: "⌛ Expired",
}


def question(approval: Approval, batch: Batch, *, number: int = 0) -> list[Block]:
    """The quote, and two buttons; `number` tells questions of one message apart."""
    until = f"Open until {_when(approval.expires_at)} · {approval.approval_id}"
    return [
        section(f"*Start {_what(approval, batch)}?*\n{_quote(approval)}"),
        actions(
            button("Approve", f"approve:{number}", approval.approval_id, style="primary"),
            button("Decline", f"decline:{number}", approval.approval_id, style="danger"),
        ),
        context(until),
    ]


def answered(approval: Approval, batch: Batch, *, team_id: str, now: datetime) -> list[Block]:
    """The same message once nothing is left to press."""
    said = _ANSWERED[approval.status_at(now)]
    if approval.answered_by and approval.answered_at:
        said += f" by {named(approval.answered_by, team_id)}, {_when(approval.answered_at)}"
    return [
        section(f"*{_what(approval, batch)}*\n{_quote(approval)}"),
        context(f"{said} · {approval.approval_id}"),
    ]


def in_words(approval: Approval, batch: Batch) -> str:
    """The question without its buttons, for notifications."""
    total = money_text(approval.quote.total)
    return f"Start {batch.name!r}, {counted(approval.quote.images, 'image')}, {total} at most?"


def _what(approval: Approval, batch: Batch) -> str:
    images = approval.quote.images
    return f"{escape(batch.name)}: {images:,} {'image' if images == 1 else 'images'}"


def _quote(approval: Approval) -> str:
    quote = approval.quote
    total, each = money_text(quote.total), money_text(quote.unit_price)
    return f"{total} at most, {each} each; only what becomes ready is charged. {approval.batch_id}"


def _when(at: datetime) -> str:
    """In the reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"
