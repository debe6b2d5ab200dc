"""One random schedule: people, workers, crashes, faults and time over one workspace of a family."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from assetql.domain.approval import Approval, ApprovalStatus
from assetql.domain.batch import Batch
from assetql.domain.errors import (
    AssetQLError,
    BudgetExceeded,
    Conflict,
    InvalidInput,
    StoreUnavailable,
    Unavailable,
)
from assetql.domain.task import OPEN, TaskStatus
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.cancel_batch import cancel_batch
from assetql.pipeline.dispatch import message_of
from assetql.pipeline.export import request_export
from assetql.pipeline.retry_failed import retry_failed
from assetql.pipeline.set_budget import set_budget
from assetql.pipeline.start_batch import request_start
from assetql.pipeline.tag import tag_batch
from assetql.services import Services
from tests.contract.values import PRICE, ManualClock
from tests.support.driving import drain, step, tidy
from tests.support.effects import Effect, Fuse, watched
from tests.support.history import Ending, History, Operation
from tests.support.history_checks import check_history
from tests.support.homes import OWNER, draft, open_home, started
from tests.support.invariants import batches_of, check_always, check_at_rest, tasks_of
from tests.support.making import Fate, scripted

FATES = {
    "Sword": Fate(),
    "Shield": Fate(scores=(0.1,)),
    "Cursed": Fate(scores=(0.2, 0.1)),
    "Potion": Fate(faults=1),
    "Ghost": Fate(faults=9),
    "Vile": Fate(refusal="'Vile' can't be made."),
}
MAKE = scripted(FATES)
BUDGET = 10 * PRICE
MOST_FAULTS = 20  # in one schedule, on the wire
REFUSALS = (Conflict, BudgetExceeded, InvalidInput)
KEYS = st.sampled_from(["k1", "k2", "k3"])
NAMES = st.lists(st.sampled_from(sorted(FATES)), min_size=1, max_size=3)


class Killed(BaseException):
    """The process is gone: no code of it runs any more."""


def kill() -> None:
    raise Killed


def go_away() -> None:
    raise StoreUnavailable("The store went away.")


@dataclass(frozen=True)
class Trouble:
    """What a call comes to grief by: at its `at`-th effect, or rather after it."""

    at: int
    after: bool
    blow: Callable[[], None]


BLOWS = st.sampled_from([kill, go_away])
EFFECTS = st.sampled_from([1, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10, 12])  # few calls have many
TROUBLES = st.none() | st.builds(Trouble, EFFECTS, st.booleans(), BLOWS)


class Schedules(RuleBasedStateMachine):
    """Every rule is one process doing one thing, and it may come to grief in the middle."""

    family = "local"
    rests_between = True  # in the end it does in any case
    batches: Bundle[Batch] = Bundle("batches")
    approvals: Bundle[Approval] = Bundle("approvals")

    def __init__(self) -> None:
        super().__init__()
        self.closing = ExitStack()
        home = self.closing.enter_context(TemporaryDirectory(ignore_cleanup_errors=True))
        self.clock = ManualClock()
        self.history = History()
        opened = open_home(
            Path(home),
            family=self.family,
            endpoint=self.endpoint(),
            clock=self.clock,
            budget=BUDGET / 1e6,
            faults=3,
            max_receives=6,
        )
        self.services = watched(self.closing.enter_context(opened), self.history)
        self.largest_budget = BUDGET

    def endpoint(self) -> str | None:
        """What stands before the emulator, if anything."""
        return None

    def live(
        self, what: str, trouble: Trouble | None, call: Callable[[Services], Any]
    ) -> Operation:
        """The call as one process makes it: it ends ok, failed (refused) or unknown."""
        before = self.visible()
        calls, services = History(), self.services
        if trouble:
            services = watched(services, Fuse(trouble.at, trouble.after, trouble.blow))
        try:
            calls(Effect.of(what, (), {}), lambda: call(services))
        except (Killed, Unavailable, *REFUSALS) as error:
            note(f"{what}: {type(error).__name__}")
        (operation,) = calls.operations
        if operation.ending is Ending.FAILED:
            assert self.visible() == before, f"{what} was refused, and has changed something"
        return operation

    def visible(self) -> Any:
        """What people see of the workspace; versions count writes, not changes."""
        stores = self.services.stores
        batches = batches_of(stores, OWNER.workspace)
        return [
            stores.ledger.account(OWNER.workspace),
            [(b.batch_id, b.started_at, b.cancelled_at, b.held, b.settled_spent) for b in batches],
            [tasks_of(stores, batch) for batch in batches],
            [(a.approval_id, a.status) for a in stores.approvals.pending(OWNER.workspace)],
        ]

    @initialize(target=batches, names=NAMES)
    def something_runs(self, names: list[str]) -> Any:
        did = self.live("start", None, lambda services: started(services, *names, key="first"))
        return did.result if did.ending is Ending.OK else multiple()

    @rule(target=batches, names=NAMES, key=KEYS, trouble=TROUBLES)
    def drafts(self, names: list[str], key: str, trouble: Trouble | None) -> Any:
        did = self.live("draft", trouble, lambda services: draft(services, *names, key=key))
        if did.ending is not Ending.OK:
            return multiple()
        batch: Batch = did.result
        stored = self.services.stores.batches.created(OWNER.workspace, key)
        assert stored
        assert stored.batch_id == batch.batch_id
        return batch

    @rule(target=approvals, batch=batches, trouble=TROUBLES)
    def asks(self, batch: Batch, trouble: Trouble | None) -> Any:
        did = self.live(
            "request_start",
            trouble,
            lambda services: request_start(
                batch.batch_id,
                caller=OWNER,
                stores=services.stores,
                clock=self.clock,
                terms=services.terms,
            ),
        )
        if did.ending is not Ending.OK:
            return multiple()
        approval: Approval = did.result
        stored = self.services.stores.approvals.get(OWNER.workspace, approval.approval_id)
        assert stored
        assert stored.batch_id == batch.batch_id
        return approval

    @rule(approval=approvals, approve=st.sampled_from([True, True, True, False]), trouble=TROUBLES)
    def answers(self, approval: Approval, approve: bool, trouble: Trouble | None) -> None:
        did = self.live(
            "answer_approval",
            trouble,
            lambda services: answer_approval(
                approval.approval_id,
                approve=approve,
                caller=OWNER,
                stores=services.stores,
                clock=self.clock,
            ),
        )
        if did.ending is Ending.OK:
            stored = self.services.stores.approvals.get(OWNER.workspace, approval.approval_id)
            assert stored
            assert stored.executed
            batch = self.services.stores.batches.get(OWNER.workspace, approval.batch_id)
            assert batch
            assert approve is (batch.started_at is not None)

    @rule(images=st.integers(0, 12))
    def sets_the_budget(self, images: int) -> None:
        self.largest_budget = max(self.largest_budget, images * PRICE)
        did = self.live(
            "set_budget",
            None,
            lambda services: set_budget(
                images * PRICE, caller=OWNER, stores=services.stores, clock=self.clock
            ),
        )
        if did.ending is Ending.OK:
            account = self.services.stores.ledger.account(OWNER.workspace)
            assert account.budget == images * PRICE

    @rule(batch=batches, trouble=TROUBLES)
    def cancels(self, batch: Batch, trouble: Trouble | None) -> None:
        did = self.live(
            "cancel_batch",
            trouble,
            lambda services: cancel_batch(
                batch.batch_id, caller=OWNER, stores=services.stores, clock=self.clock
            ),
        )
        if did.ending is Ending.OK:
            tasks = tasks_of(self.services.stores, batch)
            assert not OPEN.intersection(task.status for task in tasks)

    @rule(batch=batches, key=KEYS, trouble=TROUBLES)
    def retries(self, batch: Batch, key: str, trouble: Trouble | None) -> None:
        did = self.live(
            "retry_failed",
            trouble,
            lambda services: retry_failed(
                batch.batch_id, caller=OWNER, stores=services.stores, clock=self.clock, key=key
            ),
        )
        if did.ending is Ending.OK and did.result.retried:
            queued = [t for t in tasks_of(self.services.stores, batch) if t.run > 1]
            assert TaskStatus.QUEUED in {task.status for task in queued}

    @rule(batch=batches, key=KEYS, trouble=TROUBLES)
    def exports(self, batch: Batch, key: str, trouble: Trouble | None) -> None:
        did = self.live(
            "request_export",
            trouble,
            lambda services: request_export(
                presets=["raw"],
                caller=OWNER,
                stores=services.stores,
                clock=self.clock,
                key=key,
                batch_id=batch.batch_id,
            ),
        )
        if did.ending is Ending.OK and did.result.package:
            assert self.services.stores.objects.exists(did.result.package.key)

    @rule(batch=batches, trouble=TROUBLES)
    def tags(self, batch: Batch, trouble: Trouble | None) -> None:
        self.live(
            "tag_batch",
            trouble,
            lambda services: tag_batch(
                batch.batch_id,
                caller=OWNER,
                stores=services.stores,
                clock=self.clock,
                tagger=services.tagger,
            ),
        )

    @rule(worker=st.sampled_from(["w1", "w2"]), steps=st.integers(1, 4), trouble=TROUBLES)
    def works(self, worker: str, steps: int, trouble: Trouble | None) -> None:
        def work(services: Services) -> None:
            for _ in range(steps):
                step(services, MAKE, worker)

        self.live("work", trouble, work)

    @rule(trouble=TROUBLES)
    def reconciles(self, trouble: Trouble | None) -> None:
        self.live("reconcile", trouble, tidy)

    @rule(batch=batches, times=st.integers(1, 3))
    def delivers_again(self, batch: Batch, times: int) -> None:
        for task in tasks_of(self.services.stores, batch)[:2]:
            if task.updated_at != batch.created_at:  # drafts were never sent
                with suppress(Unavailable):
                    self.services.stores.queue.send([message_of(task)] * times)

    @rule(seconds=st.sampled_from([1, 31, 61, 601, 300_000, -600]))
    def time_passes(self, seconds: int) -> None:
        self.clock.time += timedelta(seconds=seconds)

    @precondition(lambda self: self.rests_between)
    @rule()
    def rests(self) -> None:
        self.everything_is_done()

    def everything_is_done(self) -> None:
        assert any(self.drained() for _ in range(MOST_FAULTS)), "it never ends"
        check_at_rest(self.services, OWNER.workspace)

    def drained(self) -> bool:
        """Whether all is done, rather than cut off by a fault."""
        try:
            drain(self.services, MAKE, self.clock)
        except Unavailable:
            return False
        return True

    @invariant()
    def nothing_is_lost(self) -> None:
        check_always(self.services, OWNER.workspace)
        account = self.services.stores.ledger.account(OWNER.workspace)
        assert account.reserved + account.spent <= self.largest_budget

    def teardown(self) -> None:
        try:
            self.everything_is_done()
            for approval in self.services.stores.approvals.pending(OWNER.workspace):
                assert approval.status is ApprovalStatus.PENDING
            check_history(self.history, self.services.stores, OWNER.workspace)
        except (AssetQLError, AssertionError):
            for operation in self.history.operations:
                note(str(operation))
            raise
        finally:
            self.closing.close()
