"""What a history must show once nothing is left to do, whatever was killed or lost in it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from assetql.domain.asset import Asset
from assetql.domain.batch import Batch
from assetql.domain.ledger import LedgerEntry
from assetql.domain.task import TRANSITIONS, Task
from assetql.ports import Stores
from tests.support.history import Ending, History, Operation
from tests.support.invariants import assets_of, batches_of, tasks_of

Written = tuple[str, int]  # what was written, and its version


def check_history(history: History, stores: Stores, workspace: str) -> None:
    """Raises: AssertionError, with the operations that can't be true together."""
    batches = batches_of(stores, workspace)
    tasks = {task.key.task_id: task for batch in batches for task in tasks_of(stores, batch)}
    assets = [asset for batch in batches for asset in assets_of(stores, batch)]
    _check_updates(history, {batch.batch_id: batch.version for batch in batches}, _batches_of)
    _check_updates(history, {key: task.version for key, task in tasks.items()}, _versions_of_tasks)
    _check_transitions(history)
    _check_commits(history, assets)
    _check_money(history, stores, workspace)
    _check_messages(history)
    _check_objects(history, stores)
    _check_notices(history, stores, workspace)


def _batches_of(operation: Operation) -> list[Written]:
    """The version of a batch that it writes."""
    match str(operation.effect):
        case "batches.save":
            batch: Batch = operation.effect.given[0]
        case "ledger.post" if operation.result is not False:
            batch = operation.effect.named["batch"]
        case _:
            return []
    return [(batch.batch_id, batch.version)]


def _tasks_of(operation: Operation) -> list[Task]:
    """The tasks that it writes, or may have written."""
    match str(operation.effect):
        case "tasks.save" | "tasks.commit":
            return [operation.effect.given[0]]
        case "tasks.requeue" if operation.ending is Ending.OK:
            return list(operation.result)
        case "tasks.requeue":
            return list(operation.effect.given[0])
        case _:
            return []


def _versions_of_tasks(operation: Operation) -> list[Written]:
    return [(task.key.task_id, task.version) for task in _tasks_of(operation)]


def _check_updates(
    history: History,
    latest: Mapping[str, int],
    written_by: Callable[[Operation], list[Written]],
) -> None:
    """Each version was written by one operation that said so, or by one that was not heard of.

    Two that said so are a lost update; none at all is a write that failed and had its effect.
    """
    writers: defaultdict[Written, list[Operation]] = defaultdict(list)
    for operation in history.operations:
        if operation.may_have_happened:
            for written in written_by(operation):
                writers[written].append(operation)
    for written, operations in writers.items():
        said_so = [each for each in operations if each.ending is Ending.OK]
        assert len(said_so) <= 1, f"{written} was written twice: {list(map(str, operations))}"
        if said_so:
            assert written[1] <= latest.get(written[0], 0), f"{said_so[0]} is lost"
    for key, last in latest.items():
        for version in range(2, last + 1):
            assert writers[key, version], f"nobody wrote version {version} of {key}"


def _check_transitions(history: History) -> None:
    """Where it is known who wrote a version of a task and the one before, the move is declared."""
    writers: defaultdict[Written, list[Task]] = defaultdict(list)
    for operation in history.operations:
        for task in _tasks_of(operation) if operation.may_have_happened else []:
            writers[task.key.task_id, task.version].append(task)
    for (key, version), tasks in writers.items():
        before = writers.get((key, version - 1), [])
        if len(tasks) == len(before) == 1:
            _check_move(before[0], tasks[0])


def _check_move(before: Task, after: Task) -> None:
    assert after.status in TRANSITIONS[before.status], (before, after)
    assert after.token >= before.token
    assert after.run - before.run in {0, 1}


def _check_commits(history: History, assets: list[Asset]) -> None:
    """One asset for each task and run; each was committed, and what said so is there."""
    there = Counter((asset.task_id, asset.run) for asset in assets)
    assert all(number == 1 for number in there.values())
    commits = [each for each in history.of("tasks.commit") if each.may_have_happened]
    made = {(each.effect.given[1].task_id, each.effect.given[1].run) for each in commits}
    said_so = [
        (each.effect.given[1].task_id, each.effect.given[1].run)
        for each in commits
        if each.ending is Ending.OK
    ]
    assert len(set(said_so)) == len(said_so), "one run of a task was committed twice"
    assert set(said_so) <= there.keys() <= made


def _check_money(history: History, stores: Stores, workspace: str) -> None:
    """The account is the sum of what was posted, and of some of what nobody heard of."""
    account = stores.ledger.account(workspace)
    posted: dict[str, LedgerEntry] = {}
    doubtful: defaultdict[str, list[LedgerEntry]] = defaultdict(list)
    known: set[str] = set()  # posted before, as a later call was told
    for operation in history.of("ledger.post"):
        entry: LedgerEntry = operation.effect.given[0]
        if operation.ending is Ending.OK and operation.result:
            assert entry.entry_id not in posted, f"{entry.entry_id} was posted twice"
            posted[entry.entry_id] = entry
        elif operation.ending is Ending.OK:
            known.add(entry.entry_id)
        elif operation.may_have_happened:
            doubtful[entry.entry_id].append(entry)
    sums = {(_total(posted, "reserved"), _total(posted, "spent"))}
    for entry_id, entries in doubtful.items():
        if entry_id in posted:
            continue
        with_it = {(held + e.reserved, spent + e.spent) for held, spent in sums for e in entries}
        sums = with_it if entry_id in known else sums | with_it
    assert (account.reserved, account.spent) in sums


def _total(entries: Mapping[str, LedgerEntry], amount: str) -> int:
    return sum(getattr(entry, amount) for entry in entries.values())


def _check_messages(history: History) -> None:
    """What was sent has been received, at least once: nothing is left on the queue by now."""
    sent = {
        body
        for operation in history.of("queue.send")
        if operation.ending is Ending.OK
        for body in operation.effect.given[0]
    }
    received = {delivery.body for delivery in _deliveries(history)}
    assert sent <= received, f"lost: {sent - received}"


def _deliveries(history: History) -> Iterator[Any]:
    for operation in history.of("queue.receive", "queue.receive_dead"):
        if operation.ending is Ending.OK:
            yield from operation.result


def _check_objects(history: History, stores: Stores) -> None:
    """What was stored is there, unless somebody may have deleted it."""
    deleted = {each.effect.given[0] for each in history.of("objects.delete")}
    for operation in history.of("objects.put", "objects.writer"):
        key = operation.effect.given[0]
        if operation.ending is Ending.OK and key not in deleted:
            assert stores.objects.exists(key), f"{operation}: it is lost"


def _check_notices(history: History, stores: Stores, workspace: str) -> None:
    """What a thread was told is in its inbox."""
    for operation in history.of("inbox.post"):
        message = operation.effect.given[0]
        if operation.ending is Ending.OK and message.workspace == workspace:
            inbox = stores.inbox.after(workspace, message.thread_id, 0)
            assert message.message_id in {each.message_id for each in inbox}
