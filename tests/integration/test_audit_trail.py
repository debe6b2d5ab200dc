"""Who did what is on the record once, whoever carried it out and however often."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assetql.domain.approval import Approval, ApprovalStatus
from assetql.domain.errors import BudgetExceeded, Conflict, Forbidden
from assetql.domain.identity import Principal, Role
from assetql.domain.money import MICROS
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.audit import read_audit
from assetql.pipeline.cancel_batch import cancel_batch
from assetql.pipeline.edit_tags import edit_tags
from assetql.pipeline.export import ExportOutcome, request_export
from assetql.pipeline.learn_style import learn_style
from assetql.pipeline.retry_failed import retry_failed
from assetql.pipeline.set_budget import set_budget
from assetql.pipeline.start_batch import request_start
from assetql.pipeline.tag import tag_batch
from assetql.pipeline.uploads import add_upload
from assetql.services import Services
from tests.contract.values import ManualClock
from tests.support.driving import drain, tidy
from tests.support.homes import draft, open_home
from tests.support.making import Fate, scripted

EVE = Principal("studio", "eve", frozenset({Role.EDITOR}))
ANN = Principal("studio", "ann", frozenset({Role.APPROVER}))
OLA = Principal("studio", "ola", frozenset({Role.OWNER}))
REFERENCE = Path(__file__).parents[2] / "examples" / "styles" / "noto" / "bacon.png"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def services(tmp_path: Path, clock: ManualClock) -> Iterator[Services]:
    with open_home(tmp_path, clock=clock) as services:
        yield services


def acts(services: Services) -> Counter[tuple[str, str, str]]:
    """(who, did, to) and how often it is on the record."""
    records = read_audit(caller=OLA, audit=services.stores.audit)
    return Counter((record.actor, record.action, record.subject) for record in records)


def once(*expected: tuple[str, str, str]) -> Counter[tuple[str, str, str]]:
    return Counter(dict.fromkeys(expected, 1))


def asked(services: Services, batch_id: str) -> Approval:
    return request_start(
        batch_id, caller=EVE, stores=services.stores, clock=services.clock, terms=services.terms
    )


def answered(services: Services, approval: Approval, *, approve: bool) -> None:
    answer_approval(
        approval.approval_id,
        approve=approve,
        caller=ANN,
        stores=services.stores,
        clock=services.clock,
    )


def test_a_batchs_life_names_each_person_once(services: Services, clock: ManualClock) -> None:
    stores = services.stores
    batch = draft(services, "sword", "shield", caller=EVE)
    clock.advance(services.terms.lease)
    assert draft(services, "sword", "shield", caller=EVE) == batch  # the same key again
    approval = asked(services, batch.batch_id)
    answered(services, approval, approve=True)

    def export() -> ExportOutcome:
        return request_export(
            presets=["raw"],
            caller=OLA,
            stores=stores,
            clock=clock,
            key="package",
            batch_id=batch.batch_id,
        )

    export()
    drain(services, scripted({"sword": Fate(refusal="no")}), clock)
    clock.advance(services.terms.lease)
    outcome = export()
    assert outcome.package
    retry_failed(batch.batch_id, caller=ANN, stores=stores, clock=clock, key="again")
    drain(services, scripted(), clock)
    retry_failed(batch.batch_id, caller=ANN, stores=stores, clock=clock, key="again")
    asset = stores.assets.page("studio", batch.batch_id).items[0]
    edit_tags([asset.asset_id], add=["rare"], remove=(), caller=EVE, stores=stores, clock=clock)
    bat = batch.batch_id
    found = acts(services)
    tagged = found.pop(("eve", "batch.tag", bat))
    assert tagged == 2, "each run is tagged on behalf of who drafted the batch"
    assert found == once(
        ("eve", "batch.create", bat),
        ("ann", "approval.approve", approval.approval_id),
        ("ann", "batch.start", bat),
        ("ola", "export", outcome.package.export_id),
        ("ann", "batch.retry", bat),
        ("eve", "asset.edit_tags", asset.asset_id),
    )


@pytest.mark.parametrize("status", [ApprovalStatus.APPROVED, ApprovalStatus.DECLINED])
def test_an_answer_that_the_reconciler_carries_out_is_the_persons(
    status: ApprovalStatus, services: Services, clock: ManualClock
) -> None:
    batch = draft(services, "sword", caller=EVE)
    approval = asked(services, batch.batch_id)
    stored = replace(  # as a process leaves it that is killed right after this write
        approval,
        status=status,
        answered_by="ann",
        answered_at=clock.now(),
        version=approval.version + 1,
    )
    services.stores.approvals.save(stored)
    for _ in range(2):
        clock.advance(services.terms.lease)
        tidy(services)
    expected = [("eve", "batch.create", batch.batch_id)]
    if status is ApprovalStatus.APPROVED:
        expected.append(("ann", "approval.approve", approval.approval_id))
        expected.append(("ann", "batch.start", batch.batch_id))
    else:
        expected.append(("ann", "approval.decline", approval.approval_id))
    assert acts(services) == once(*expected)


def test_who_asked_for_tags_while_the_batch_ran_is_named(
    services: Services, clock: ManualClock
) -> None:
    stores, tagger = services.stores, services.tagger
    batch = draft(services, "sword", caller=EVE)
    answered(services, asked(services, batch.batch_id), approve=True)
    for _ in range(2):
        tag_batch(batch.batch_id, caller=OLA, stores=stores, clock=clock, tagger=tagger)
    drain(services, scripted(), clock)
    tags = [act for act in acts(services).elements() if act[1] == "batch.tag"]
    assert tags == [("ola", "batch.tag", batch.batch_id)]


def test_a_cancelled_batch_was_cancelled_by_the_first_who_did(
    services: Services, clock: ManualClock
) -> None:
    batch = draft(services, "sword", caller=EVE)
    for caller in (OLA, ANN):
        cancel_batch(batch.batch_id, caller=caller, stores=services.stores, clock=clock)
        clock.advance(services.terms.lease)
    assert acts(services)["ola", "batch.cancel", batch.batch_id] == 1
    assert acts(services)["ann", "batch.cancel", batch.batch_id] == 0


def test_a_style_is_set_once_per_version(services: Services, clock: ManualClock) -> None:
    upload = add_upload(
        "bacon.png",
        REFERENCE.read_bytes(),
        caller=EVE,
        stores=services.stores,
        clock=clock,
        image_limits=services.image_limits,
        list_limits=services.list_limits,
    )
    for caller, key in ((EVE, "k"), (EVE, "k"), (OLA, "other")):
        style = learn_style(
            "Meadow",
            [upload.upload_id],
            caller=caller,
            stores=services.stores,
            clock=clock,
            embedder=services.embedder,
            image_limits=services.image_limits,
            key=key,
        )
        clock.advance(services.terms.lease)
    assert acts(services) == once(("eve", "style.set", style.style_id))


def test_what_was_refused_is_not_on_the_record(services: Services, clock: ManualClock) -> None:
    stores = services.stores
    batch = draft(services, "sword", caller=EVE)
    approval = asked(services, batch.batch_id)
    with pytest.raises(Forbidden):
        answer_approval(approval.approval_id, approve=True, caller=EVE, stores=stores, clock=clock)
    with pytest.raises(Forbidden):
        set_budget(5 * MICROS, caller=ANN, stores=stores, clock=clock)
    set_budget(0, caller=OLA, stores=stores, clock=clock)
    with pytest.raises(BudgetExceeded):
        answered(services, approval, approve=True)
    with pytest.raises(Conflict):
        retry_failed(batch.batch_id, caller=ANN, stores=stores, clock=clock, key="k")
    assert acts(services) == once(
        ("eve", "batch.create", batch.batch_id), ("ola", "budget.set", "studio")
    )


def test_records_are_the_workspaces_own(services: Services) -> None:
    draft(services, "sword", caller=EVE)
    rival = Principal("rival", "eve", frozenset({Role.OWNER}))
    assert read_audit(caller=rival, audit=services.stores.audit) == ()
