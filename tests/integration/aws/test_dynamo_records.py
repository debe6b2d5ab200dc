"""Styles, approvals, uploads and the audit log, where replies get lost and things grow."""

from dataclasses import replace
from random import Random

from assetql.adapters.aws.approvals import DynamoApprovals
from assetql.adapters.aws.audit import DynamoAudit
from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.resources import AUDIT, BATCHES, STYLES, UPLOADS, Names, TableShape
from assetql.adapters.aws.styles import DynamoStyles
from assetql.adapters.aws.table import Table
from assetql.adapters.aws.uploads import DynamoUploads
from assetql.domain.approval import ApprovalStatus
from tests.contract.values import (
    MINUTE,
    START,
    STUDIO,
    a_record,
    a_style,
    an_approval,
    an_upload,
)
from tests.support.fault_proxy.faults import LOST_REPLY
from tests.support.fault_proxy.partial import PARTIAL
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.script import Rule

LARGEST_ITEM = 400 * 2**10


def _table(aws: tuple[Clients, Names], shape: TableShape) -> Table:
    clients, names = aws
    return Table(clients.dynamodb, names.table(shape))


def _lose_a_reply(proxy: FaultProxy, *operations: str) -> None:
    proxy.calm()
    proxy.plan(*(Rule(fault=LOST_REPLY, service="dynamodb", operation=o) for o in operations))


def test_a_style_whose_reply_was_lost_is_stored_once(
    aws: tuple[Clients, Names], proxy: FaultProxy
) -> None:
    styles = DynamoStyles(_table(aws, STYLES))
    _lose_a_reply(proxy, "TransactWriteItems")
    first = styles.create(a_style("Flat"), key="k")
    assert first == a_style("Flat")
    _lose_a_reply(proxy, "TransactWriteItems", "PutItem")
    renamed = replace(first, name="Pixel", version=2)
    styles.save(renamed)
    learnt_again = replace(renamed, embeddings=((1.0, 0.0), (0.0, 1.0)), version=3)
    styles.save(learnt_again)
    assert proxy.hits() == 2
    assert styles.list(STUDIO) == (learnt_again,)
    assert (styles.named(STUDIO, "flat"), styles.named(STUDIO, "PIXEL")) == (None, learnt_again)


def test_a_style_of_ten_long_embeddings_is_far_from_the_largest_item(
    aws: tuple[Clients, Names],
) -> None:
    dice = Random(7)
    style = a_style()
    embeddings = tuple(tuple(dice.random() for _ in range(1_024)) for _ in range(10))
    style = replace(style, references=style.references * 10, embeddings=embeddings)
    table = _table(aws, STYLES)
    DynamoStyles(table).create(style, key="k")
    assert DynamoStyles(table).get(STUDIO, style.style_id) == style
    sizes = [
        len(value) for item in table.scan() for value in item.values() if not isinstance(value, int)
    ]
    assert sum(sizes) < LARGEST_ITEM / 4


def test_an_approval_whose_reply_was_lost_is_ours(
    aws: tuple[Clients, Names], proxy: FaultProxy
) -> None:
    approvals = DynamoApprovals(_table(aws, BATCHES))
    _lose_a_reply(proxy, "PutItem")
    asked = approvals.create(an_approval())
    assert asked == an_approval()
    _lose_a_reply(proxy, "PutItem")
    answered = replace(asked, status=ApprovalStatus.APPROVED, answered_by="ben", version=2)
    approvals.save(answered)
    assert proxy.hits() == 1
    assert approvals.unexecuted() == (answered,)


def test_unexecuted_approvals_survive_partial_reads(
    aws: tuple[Clients, Names], proxy: FaultProxy
) -> None:
    approvals = DynamoApprovals(_table(aws, BATCHES))
    answers = [
        an_approval(f"app_{n}", created_at=START - n * MINUTE, status=ApprovalStatus.DECLINED)
        for n in range(6)
    ]
    for answer in answers:
        approvals.create(answer)
    proxy.plan(Rule(fault=PARTIAL, operation="BatchGetItem", times=2))
    assert approvals.unexecuted() == tuple(reversed(answers))
    assert proxy.hits() == 2


def test_approvals_of_one_moment_keep_their_order(aws: tuple[Clients, Names]) -> None:
    approvals = DynamoApprovals(_table(aws, BATCHES))
    asked = [approvals.create(an_approval(f"app_{n}")) for n in (3, 1, 2)]
    assert approvals.pending(STUDIO) == tuple(sorted(asked, key=lambda a: a.approval_id))


def test_an_upload_whose_reply_was_lost_is_stored_once(
    aws: tuple[Clients, Names], proxy: FaultProxy
) -> None:
    uploads = DynamoUploads(_table(aws, UPLOADS))
    _lose_a_reply(proxy, "PutItem")
    assert uploads.add(an_upload()) == an_upload()
    assert uploads.of_thread(STUDIO, "thr_1") == (an_upload(),)


def test_the_audit_log_is_in_order_across_its_partitions(
    aws: tuple[Clients, Names], proxy: FaultProxy
) -> None:
    audit = DynamoAudit(_table(aws, AUDIT))
    records = [a_record(f"aud_{n}", at=START + n * MINUTE) for n in range(60)]
    _lose_a_reply(proxy, "PutItem")
    for record in records:
        audit.record(record)
    newest = tuple(reversed(records))
    assert audit.page(STUDIO) == newest
    assert audit.page(STUDIO, limit=7) == newest[:7]
    written = [seen.keys for seen in proxy.log() if seen.operation == "PutItem"]
    assert len({key[1] for keys in written for key in keys}) == 4
