"""Questions to people, answered once, through whichever door."""

from typing import Literal

from assetql.pipeline.approvals import get_approval
from assetql.pipeline.approvals import list_approvals as waiting
from assetql.pipeline.approve import answer_approval as answer
from integrations.api.dependencies import Caller, Pipeline
from integrations.api.idempotency import Key
from integrations.api.resources.models import ApprovalAnswered, ApprovalPath, Closed
from integrations.api.resources.routing import refusals, resource_router

router = resource_router("approvals")


class Approvals(Closed):
    """What waits for an answer, oldest first."""

    approvals: list[ApprovalAnswered]


class Decision(Closed):
    """A person's answer."""

    decision: Literal["approve", "decline"]


@router.get("/approvals")
def list_approvals(caller: Caller, services: Pipeline) -> Approvals:
    """The questions that can still be answered."""
    found = waiting(caller=caller, stores=services.stores, clock=services.clock)
    now = services.clock.now()
    return Approvals(approvals=[ApprovalAnswered.of(each, now) for each in found])


@router.get("/approvals/{approval_id}", responses=refusals(404))
def read_approval(
    approval_id: ApprovalPath, caller: Caller, services: Pipeline
) -> ApprovalAnswered:
    """One question, answered or not."""
    found = get_approval(approval_id, caller=caller, stores=services.stores)
    return ApprovalAnswered.of(found, services.clock.now())


@router.post("/approvals/{approval_id}/answer", responses=refusals(404, 409, body=True))
def answer_approval(
    approval_id: ApprovalPath, said: Decision, caller: Caller, services: Pipeline, key: Key
) -> ApprovalAnswered:
    """Approves or declines, once; an approved batch starts. The thread that asked is told."""
    del key  # an approval is answered once anyway
    answered = answer(
        approval_id,
        approve=said.decision == "approve",
        caller=caller,
        stores=services.stores,
        clock=services.clock,
    )
    return ApprovalAnswered.of(answered, services.clock.now())
