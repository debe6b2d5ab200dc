"""The dead-letter consumer: what the queue gave up on ends as FAILED, and its money goes back."""

from datetime import datetime

from assetql.domain.errors import Conflict, InvalidInput
from assetql.domain.task import TaskStatus
from assetql.pipeline.dispatch import TaskMessage
from assetql.pipeline.settle import settle
from assetql.ports import Clock, Delivery, Stores
from assetql.telemetry.events import EventLog

_EVENTS = EventLog(__name__)


def bury_dead_letter(delivery: Delivery, *, stores: Stores, clock: Clock) -> bool:
    """Ends the task that the message asked for; False where a worker still holds it."""
    try:
        message = TaskMessage.decode(delivery.body)
    except InvalidInput as error:
        _EVENTS.warning("dead_letter.dropped", error, message=delivery.message_id)
        stores.queue.ack_dead(delivery)
        return True
    if not _fail(message, clock.now(), stores):
        return False
    settle(message.key.workspace, message.key.batch_id, stores=stores, clock=clock)
    stores.queue.ack_dead(delivery)
    return True


def _fail(message: TaskMessage, now: datetime, stores: Stores) -> bool:
    task = stores.tasks.get(message.key)
    if task is None or task.run != message.run or task.status.ended:
        return True
    held = task.status is TaskStatus.GENERATING and task.lease and task.lease.until > now
    if held:
        return False
    reason = f"given up after too many deliveries; the last: {task.reason or 'no answer'}"
    try:
        stores.tasks.save(task.fail(reason, at=now))
    except Conflict:
        return False
    _EVENTS.info("task.failed", reason="dead_letter", **message.ids)
    return True
