"""Domain values for the contract suites: each builder takes the fields that a test is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from assetql.domain.approval import Approval
from assetql.domain.asset import Asset, Recipe, asset_id_of
from assetql.domain.audit import AuditRecord
from assetql.domain.batch import Batch, FollowUp, FollowUpKind, Row, tasks_of
from assetql.domain.imaging import Attribution, StyleConditioning
from assetql.domain.ledger import LedgerEntry
from assetql.domain.money import PriceList, Quote
from assetql.domain.style import StyleGate, StyleProfile, StyleReference
from assetql.domain.tags import Tag, TagSet
from assetql.domain.task import Task
from assetql.domain.thread import InboxMessage, MessageKind
from assetql.domain.upload import Upload

START = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STUDIO, RIVAL = "studio", "rival"  # two workspaces that must not see each other
PRICE = PriceList().small


class ManualClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        self.time += by


def a_batch(batch_id: str = "bat_1", workspace: str = STUDIO, **changes: Any) -> Batch:
    batch = Batch(
        workspace=workspace,
        batch_id=batch_id,
        name="Potions — “rare” 🧪",
        style_id="sty_1",
        rows=2,
        quote=Quote(images=2, total=2 * PRICE),
        created_by="ana",
        created_at=START,
    )
    return replace(batch, **changes)


def started(batch: Batch, **changes: Any) -> Batch:
    """The next version: started and on the queue."""
    return replace(batch, started_at=START, runs=1, version=batch.version + 1, **changes)


def tasks_for(batch: Batch, rows: int = 3) -> tuple[Task, ...]:
    row = Row(name="Flask", description="round", category="potion", width=128, height=128)
    return tuple(tasks_of(batch, [row] * rows, PriceList(), 7))


def claimed(task: Task, until: datetime = START + MINUTE) -> Task:
    return task.claim(worker="w1", until=until, at=START)


def accepted(task: Task) -> Task:
    return task.accept(asset_id=asset_id_of(task.key.task_id, task.run), at=START)


def an_asset(task: Task, **changes: Any) -> Asset:
    recipe = Recipe(
        model_id="placeholder",
        model_hash="0" * 12,
        scheduler="none",
        num_inference_steps=30,
        guidance_scale=7.5,
        seed=task.seed,
        prompt_asked="round flask",
        prompt_sent="round flask, flat",
        negative_prompt="",
        style_id=task.style_id,
        style_version=1,
        style_strength=0.8,
    )
    asset = Asset(
        workspace=task.key.workspace,
        asset_id=asset_id_of(task.key.task_id, task.run),
        batch_id=task.key.batch_id,
        task_id=task.key.task_id,
        run=task.run,
        name=task.name,
        description=task.description,
        category=task.category,
        width=task.width,
        height=task.height,
        object_key=f"raw/{task.key.task_id}.png",
        thumbnail_key=f"thumbnails/{task.key.task_id}.png",
        sha256="a" * 64,
        size_bytes=1234,
        created_at=START,
        recipe=recipe,
        style_score=0.123456789012345,
        tags=TagSet(
            model=(Tag("glass", 0.9),), added=frozenset({"rare", "red"}), removed=frozenset({"old"})
        ),
        phash=2**64 - 1,
        colors=("#ff0000",),
        embedding=(0.1, -0.2, 1e-12),
        attribution=(Attribution(title="flask", author="A", license="CC-BY-4.0"),),
    )
    return replace(asset, **changes)


def a_follow_up(follow_up_id: str = "fol_1", **changes: Any) -> FollowUp:
    follow_up = FollowUp(
        workspace=STUDIO,
        batch_id="bat_1",
        follow_up_id=follow_up_id,
        kind=FollowUpKind.EXPORT,
        arguments={"presets": ["unity", "atlas"], "depth": 2},
    )
    return replace(follow_up, **changes)


def an_entry(batch: Batch, reserved: int, spent: int = 0, entry_id: str = "") -> LedgerEntry:
    return LedgerEntry(
        workspace=batch.workspace,
        entry_id=entry_id or f"{batch.batch_id}:{batch.version}",
        batch_id=batch.batch_id,
        reserved=reserved,
        spent=spent,
        at=START,
    )


def a_style(
    name: str = "Flat", style_id: str = "sty_1", workspace: str = STUDIO, **changes: Any
) -> StyleProfile:
    style = StyleProfile(
        workspace=workspace,
        style_id=style_id,
        name=name,
        references=(
            StyleReference(
                object_key="style-references/a.png",
                sha256="b" * 64,
                width=64,
                height=64,
                filename="a.png",
            ),
        ),
        embedder="descriptor-1",
        embeddings=((0.6, 0.8),),
        gate=StyleGate(
            threshold=0.5, auc=0.9, false_accept_rate=0.1, false_reject_rate=0.2, calibrated=True
        ),
        conditioning=StyleConditioning(palette=("#112233",)),
        created_by="ana",
        created_at=START,
    )
    return replace(style, **changes)


def an_approval(approval_id: str = "app_1", workspace: str = STUDIO, **changes: Any) -> Approval:
    approval = Approval(
        workspace=workspace,
        approval_id=approval_id,
        batch_id="bat_1",
        run=1,
        quote=Quote(images=2, total=40_000),
        requested_by="ana",
        created_at=START,
        expires_at=START + 60 * MINUTE,
        thread_id="thr_1",
    )
    return replace(approval, **changes)


def an_upload(upload_id: str = "upl_1", workspace: str = STUDIO, **changes: Any) -> Upload:
    upload = Upload(
        workspace=workspace,
        upload_id=upload_id,
        filename="../посуда.csv",
        media_type="text/csv",
        size_bytes=10,
        sha256="c" * 64,
        object_key=f"uploads/{upload_id}",
        created_by="ana",
        created_at=START,
        thread_id="thr_1",
    )
    return replace(upload, **changes)


def a_message(message_id: str = "msg_1", workspace: str = STUDIO, **changes: Any) -> InboxMessage:
    message = InboxMessage(
        workspace=workspace,
        thread_id="thr_1",
        message_id=message_id,
        kind=MessageKind.PERSON,
        text="Make 40 potions, please",
        author="ana",
        created_at=START,
        uploads=("upl_1",),
        facts={"batch": {"ids": ["bat_1"]}},
    )
    return replace(message, **changes)


def a_record(record_id: str = "aud_1", workspace: str = STUDIO, **changes: Any) -> AuditRecord:
    record = AuditRecord(
        workspace=workspace,
        record_id=record_id,
        action="batch.start",
        actor="ana",
        subject="bat_1",
        at=START,
        facts={"images": 2},
    )
    return replace(record, **changes)
