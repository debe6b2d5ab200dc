"""A typed "yes" while an approval waits: taken here, by the use case, never by the model."""

import re

from assetql.domain.approval import Approval, ApprovalStatus
from assetql.domain.errors import AssetQLError
from assetql.domain.identity import Principal
from assetql.domain.thread import InboxMessage
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.tell import tell_thread
from assetql.ports import Clock, Stores

_POLITE = r"(?:\s*,?\s*(?:please|thanks|thank you|now|then))*"
_YES = re.compile(
    r"(?:(?:yes|yep|yeah|yup|sure|aye|y)[\s,.!]*|ok(?:ay)?[\s,.!]+(?=\w))?"  # a bare "ok" is no yes
    r"(?:(?:go|go ahead|go for it|do it|start(?: it)?|approved?(?: it)?|i approve(?: it)?"
    r"|confirm(?:ed)?|lgtm|looks good|sounds good)(?: [a-z]{3}_[a-z0-9-]+)?)?" + _POLITE,
    re.IGNORECASE,
)
_NO = re.compile(
    r"(?:(?:no|nope|nah|n)[\s,.!]*)?"
    r"(?:(?:decline(?:d)?(?: it)?|reject(?:ed)?(?: it)?|i decline|don'?t(?: (?:do|start) it)?"
    r"|do not(?: (?:do|start) it)?|not now)(?: [a-z]{3}_[a-z0-9-]+)?)?" + _POLITE,
    re.IGNORECASE,
)


def typed_answer(text: str) -> bool | None:
    """True for a plain yes, False for a plain no, None for everything else."""
    plain = text.replace("’", "'").strip().rstrip(".!").strip()
    if not plain or len(plain) > 60 or re.fullmatch(_POLITE, plain, re.IGNORECASE):
        return None
    if _YES.fullmatch(plain):
        return True
    return False if _NO.fullmatch(plain) else None


def take_typed_answer(
    message: InboxMessage, *, caller: Principal, stores: Stores, clock: Clock
) -> Approval | None:
    """Answers the approval that waits in this thread, if the message is a plain yes or no.

    What can't be answered (no right, no budget, which of several) is told to the thread instead.
    """
    approve = typed_answer(message.text)
    if approve is None:
        return None
    waiting = _waiting(message, stores=stores, clock=clock)
    named = [a for a in waiting if a.approval_id in message.text] or waiting
    if not named:
        return None
    if len(named) > 1:
        ids = ", ".join(f"{a.approval_id} for {a.batch_id}" for a in named)
        _tell(
            message,
            f"Nothing was answered: {len(named)} approvals wait here: {ids}. Ask which.",
            stores=stores,
            clock=clock,
        )
        return None
    try:
        return answer_approval(
            named[0].approval_id, approve=approve, caller=caller, stores=stores, clock=clock
        )
    except AssetQLError as error:
        _tell(
            message, f"{named[0].approval_id} was not answered: {error}", stores=stores, clock=clock
        )
        return None


def _waiting(message: InboxMessage, *, stores: Stores, clock: Clock) -> list[Approval]:
    """Approvals of the thread that were asked before the message was typed: it may come twice."""
    now = clock.now()
    return [
        approval
        for approval in stores.approvals.pending(message.workspace)
        if approval.thread_id == message.thread_id
        and approval.created_at <= message.created_at
        and approval.status_at(now) is ApprovalStatus.PENDING
    ]


def _tell(message: InboxMessage, text: str, *, stores: Stores, clock: Clock) -> None:
    tell_thread(
        message.workspace,
        message.thread_id,
        message_id=f"{message.message_id}:answer",
        text=text,
        facts={},
        stores=stores,
        clock=clock,
    )
