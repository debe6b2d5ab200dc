"""dispatch: a started batch's queued tasks go to the queue; the batch itself is the outbox."""

import json
from dataclasses import dataclass, replace

from assetql.domain.errors import Conflict, InvalidInput
from assetql.domain.task import Task, TaskKey, TaskStatus
from assetql.pipeline.paging import pages_of
from assetql.ports import Stores


@dataclass(frozen=True, slots=True)
class TaskMessage:
    """What the queue carries: which task, and for which run of it."""

    key: TaskKey
    run: int

    def encode(self) -> str:
        """One line of JSON."""
        return json.dumps(self.ids)

    @property
    def ids(self) -> dict[str, str | int]:
        """As the queue, events and spans carry them."""
        key = self.key
        return {
            "workspace": key.workspace,
            "batch": key.batch_id,
            "task": key.task_id,
            "run": self.run,
        }

    @classmethod
    def decode(cls, body: str) -> "TaskMessage":
        """Raises: InvalidInput for anything that `encode` did not write."""
        poison = InvalidInput(
            f"Not a task message: {body[:120]!r}.", remedy="It goes to the dead letters."
        )
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise poison from error
        match document:
            case {"workspace": str(workspace), "batch": str(batch), "task": str(task), "run": run}:
                ids = f"{workspace}{batch}{task}"
            case _:
                raise poison
        # Not a bool either; and ids are ASCII, where JSON could hold half a surrogate pair.
        if type(run) is not int or not ids.isascii():
            raise poison
        return cls(TaskKey(workspace, batch, task), run)


def message_of(task: Task) -> str:
    """The message that asks for this run of the task."""
    return TaskMessage(task.key, task.run).encode()


def dispatch(workspace: str, batch_id: str, *, run: int, stores: Stores) -> None:
    """Sends every queued task and marks the batch as dispatched in this run of it.

    Killed half-way it is run again; a task that is sent twice is still claimed once.
    """
    queued = TaskStatus.QUEUED
    for page in pages_of(
        lambda after: stores.tasks.page(workspace, batch_id, status=queued, after=after)
    ):
        if page.items:
            stores.queue.send([message_of(task) for task in page.items])
    _mark_dispatched(workspace, batch_id, run=run, stores=stores)


def _mark_dispatched(workspace: str, batch_id: str, *, run: int, stores: Stores) -> None:
    while True:
        batch = stores.batches.get(workspace, batch_id)
        # A retry has begun meanwhile: what FAILED is not queued yet, and others go on with that.
        if batch is None or batch.dispatched or batch.runs != run:
            return
        try:
            stores.batches.save(replace(batch, dispatched=True, version=batch.version + 1))
        except Conflict:
            continue  # somebody saved the batch meanwhile: look again
        return
