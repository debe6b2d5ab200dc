"""What changes without a word of the person's: approvals, a running batch, news of the thread."""

from dataclasses import dataclass
from datetime import timedelta

from agent.cards import counted
from assetql.domain.approval import Approval, ApprovalStatus
from assetql.domain.asset import Asset
from assetql.domain.batch import Batch, BatchStatus, FollowUpKind, FollowUpStatus
from assetql.domain.identity import Action, Principal
from assetql.domain.money import money_text
from assetql.domain.thread import MessageKind
from assetql.pipeline.batch_status import BatchReport, report_batch
from assetql.services import Services
from integrations.gradio.cards import bar, count_line, package_row, tile
from integrations.gradio.markup import empty, tag, text

_LOOKED_AT = 50  # the newest batches
_PICTURES = 60
_DIED = timedelta(seconds=10)  # what a living turn takes to begin is far less


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a thread stands: `consumed` and `newest` are positions in its inbox.

    `told`: it was told something, or a message of a turn that died waits. `turning`: a turn runs,
    here or at another door. `approval`: the oldest open question.
    """

    consumed: int
    newest: int
    told: bool
    turning: bool
    approval: Approval | None
    waiting: int
    report: BatchReport | None
    pictures: tuple[Asset, ...]

    @property
    def has_news(self) -> bool:
        """Something waits in the inbox, and nobody answers it."""
        return self.told and not self.turning

    @property
    def running(self) -> bool:
        """Something will change soon."""
        return self.turning or (self.report is not None and not _over(self.report))


def pulse_of(thread_id: str, *, caller: Principal, services: Services) -> Pulse:
    """Reads how the thread stands; an empty id is a thread that has not begun."""
    caller.require(Action.READ)
    stores, workspace, now = services.stores, caller.workspace, services.clock.now()
    lease = stores.turns.get(workspace, thread_id) if thread_id else None
    consumed = lease.consumed if lease else 0
    waiting = stores.inbox.after(workspace, thread_id, consumed) if thread_id else ()
    asked = [
        approval
        for approval in stores.approvals.pending(workspace)
        if approval.thread_id == thread_id and approval.status_at(now) is ApprovalStatus.PENDING
    ]
    batch = _newest_batch(workspace, thread_id, services) if thread_id else None
    pictures = stores.assets.page(workspace, batch.batch_id, limit=_PICTURES) if batch else None
    return Pulse(
        consumed=consumed,
        newest=waiting[-1].position if waiting else consumed,
        told=any(m.kind is MessageKind.NOTICE or m.created_at < now - _DIED for m in waiting),
        turning=lease is not None and lease.until > now,
        approval=asked[0] if asked else None,
        waiting=len(asked),
        report=report_batch(batch, stores=stores) if batch else None,
        pictures=pictures.items if pictures else (),
    )


def _newest_batch(workspace: str, thread_id: str, services: Services) -> Batch | None:
    """The thread's newest batch that was started."""
    newest = services.stores.batches.page(workspace, limit=_LOOKED_AT).items
    return next((b for b in newest if b.thread_id == thread_id and b.started_at), None)


def question(pulse: Pulse) -> str:
    """The open question as the approval bar shows it."""
    asked = pulse.approval
    if asked is None:
        return ""
    price = f"{counted(asked.quote.images, 'image')} for {money_text(asked.quote.total)} at most"
    more = f" ({pulse.waiting - 1} more after this)" if pulse.waiting > 1 else ""
    until = f"Nothing is spent until you say yes. Open until {asked.expires_at:%d %B, %H:%M} UTC."
    return tag(
        "div",
        tag("strong", text(f"Make {price}?{more}")),
        tag("span", text(until), class_="aq-quiet"),
        class_="aq-question aq-stack",
        role="status",
    )


def panel_of(pulse: Pulse | None) -> str:
    """The live view of the thread's newest batch."""
    report = pulse.report if pulse else None
    if pulse is None or report is None:
        return empty(
            "Your batch appears here",
            "Progress, cost and finished images, as they are made.",
        )
    counts = {state: n for state, n in report.counts.as_json().items() if n}
    tiles = [tile(asset.asset_id, asset.name) for asset in pulse.pictures]
    more = report.counts.READY - len(tiles)
    left = (
        [tag("p", text(f"and {more} more in the gallery"), class_="aq-quiet")] if more > 0 else []
    )
    return tag(
        "section",
        tag("div", tag("span", text(_state(report)), class_="aq-kind"), class_="aq-head"),
        tag("strong", text(report.batch.name), class_="aq-title"),
        bar(counts),
        count_line(counts),
        tag("p", text(_money(report)), class_="aq-quiet"),
        *_packages(report),
        *(
            tag("p", text(f"{n} failed: {why}"), class_="aq-warning")
            for why, n in report.reasons.items()
        ),
        tag("div", *tiles, class_="aq-tiles"),
        *left,
        class_="aq-live",
        aria_live="polite",
        aria_label="Batch progress",
    )


def _over(report: BatchReport) -> bool:
    return report.batch.closed or report.status is BatchStatus.CANCELLED


def _state(report: BatchReport) -> str:
    if report.counts.open:
        return "Batch · making images"
    if not _over(report):
        return "Batch · tagging and packing"
    return f"Batch · {report.status.value.casefold()}"


def _money(report: BatchReport) -> str:
    return f"{money_text(report.spent)} spent of {money_text(report.batch.quote.total)} at most"


def _packages(report: BatchReport) -> list[str]:
    done = FollowUpStatus.DONE
    exports = [f for f in report.follow_ups if f.kind is FollowUpKind.EXPORT and f.status is done]
    newest = {str(f.result.get("filename")): f.result for f in exports}
    return [package_row(result) for result in newest.values() if result.get("export_id")]
