"""Random schedules of people, workers, crashes and time; the invariants hold after every step.

A failing schedule is printed with a blob that replays it; `make faults` searches longer.
"""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from assetql.domain.approval import Approval, ApprovalStatus
from assetql.domain.batch import Batch
from assetql.domain.errors import BudgetExceeded, Conflict, InvalidInput
from assetql.domain.task import TRANSITIONS, Task
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
from tests.support.effects import Fuse, watched
from tests.support.homes import OWNER, draft, open_home
from tests.support.invariants import check_always, check_at_rest, tasks_of
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
KEYS = st.sampled_from(["k1", "k2", "k3"])
NAMES = st.lists(st.sampled_from(sorted(FATES)), min_size=1, max_size=3)
# A crash is at this effect of the call, before or after it; mostly there is none.
CRASHES = st.none() | st.tuples(st.integers(1, 12), st.booleans())
Crash = tuple[int, bool] | None


class Killed(BaseException):
    """The process is gone: no code of it runs any more."""


def kill() -> None:
    raise Killed


class Schedules(RuleBasedStateMachine):
    """One workspace; every rule is one process doing one thing, and it may die in the middle."""

    batches: Bundle[Batch] = Bundle("batches")
    approvals: Bundle[Approval] = Bundle("approvals")

    def __init__(self) -> None:
        super().__init__()
        self.closing = ExitStack()
        home = self.closing.enter_context(TemporaryDirectory(ignore_cleanup_errors=True))
        self.clock = ManualClock()
        opened = open_home(
            Path(home), clock=self.clock, budget=BUDGET / 1e6, faults=3, max_receives=4
        )
        self.services = self.closing.enter_context(opened)
        self.largest_budget = BUDGET

    def live(self, crash: Crash, call: Callable[[Services], Any]) -> Any:
        """The call as one process makes it; None where it is refused or the process dies."""
        fuse = Fuse(*crash or (0, False), kill)
        with suppress(Killed, Conflict, BudgetExceeded, InvalidInput):
            return call(watched(self.services, fuse))
        return None

    @initialize()
    def start_recording(self) -> None:
        """Every write of a task has to be a declared transition."""
        self.services = watched(self.services, self.record)
        self.seen: dict[str, Task] = {}

    def record(self, effect: str, have: Callable[[], Any]) -> Any:
        result = have()
        if effect in {"tasks.save", "tasks.commit"}:
            self.check_transitions()
        return result

    def check_transitions(self) -> None:
        for batch in self.services.stores.batches.page(OWNER.workspace, limit=100).items:
            for task in tasks_of(self.services.stores, batch):
                before = self.seen.get(task.key.task_id, task)
                if task.version != before.version:
                    assert task.version == before.version + 1
                    assert task.status in TRANSITIONS[before.status]
                    assert task.token >= before.token
                    assert task.run - before.run in {0, 1}
                self.seen[task.key.task_id] = task

    @rule(target=batches, names=NAMES, key=KEYS, crash=CRASHES)
    def drafts(self, names: list[str], key: str, crash: Crash) -> Any:
        batch = self.live(crash, lambda services: draft(services, *names, key=key))
        if batch is None:
            return multiple()
        self.check_transitions()
        return batch

    @rule(target=approvals, batch=batches, crash=CRASHES)
    def asks(self, batch: Batch, crash: Crash) -> Any:
        approval = self.live(
            crash,
            lambda services: request_start(
                batch.batch_id,
                caller=OWNER,
                stores=services.stores,
                clock=self.clock,
                terms=services.terms,
            ),
        )
        return multiple() if approval is None else approval

    @rule(approval=approvals, approve=st.sampled_from([True, True, True, False]), crash=CRASHES)
    def answers(self, approval: Approval, approve: bool, crash: Crash) -> None:
        self.live(
            crash,
            lambda services: answer_approval(
                approval.approval_id,
                approve=approve,
                caller=OWNER,
                stores=services.stores,
                clock=self.clock,
            ),
        )

    @rule(images=st.integers(0, 12))
    def sets_the_budget(self, images: int) -> None:
        self.largest_budget = max(self.largest_budget, images * PRICE)
        set_budget(images * PRICE, caller=OWNER, stores=self.services.stores, clock=self.clock)

    @rule(batch=batches, crash=CRASHES)
    def cancels(self, batch: Batch, crash: Crash) -> None:
        self.live(
            crash,
            lambda services: cancel_batch(
                batch.batch_id, caller=OWNER, stores=services.stores, clock=self.clock
            ),
        )

    @rule(batch=batches, key=KEYS, crash=CRASHES)
    def retries(self, batch: Batch, key: str, crash: Crash) -> None:
        self.live(
            crash,
            lambda services: retry_failed(
                batch.batch_id, caller=OWNER, stores=services.stores, clock=self.clock, key=key
            ),
        )

    @rule(batch=batches, key=KEYS, crash=CRASHES)
    def exports(self, batch: Batch, key: str, crash: Crash) -> None:
        self.live(
            crash,
            lambda services: request_export(
                presets=["raw"],
                caller=OWNER,
                stores=services.stores,
                clock=self.clock,
                key=key,
                batch_id=batch.batch_id,
            ),
        )

    @rule(batch=batches, crash=CRASHES)
    def tags(self, batch: Batch, crash: Crash) -> None:
        self.live(
            crash,
            lambda services: tag_batch(
                batch.batch_id,
                caller=OWNER,
                stores=services.stores,
                clock=self.clock,
                tagger=services.tagger,
            ),
        )

    @rule(worker=st.sampled_from(["w1", "w2"]), steps=st.integers(1, 4), crash=CRASHES)
    def works(self, worker: str, steps: int, crash: Crash) -> None:
        def work(services: Services) -> None:
            for _ in range(steps):
                step(services, MAKE, worker)

        self.live(crash, work)

    @rule(crash=CRASHES)
    def reconciles(self, crash: Crash) -> None:
        self.live(crash, tidy)

    @rule(batch=batches, times=st.integers(1, 3))
    def delivers_again(self, batch: Batch, times: int) -> None:
        for task in tasks_of(self.services.stores, batch)[:2]:
            if task.updated_at != batch.created_at:  # drafts were never sent
                self.services.stores.queue.send([message_of(task)] * times)

    @rule(seconds=st.sampled_from([1, 31, 61, 601, 300_000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    @rule()
    def everything_is_done(self) -> None:
        drain(self.services, MAKE, self.clock)
        check_at_rest(self.services, OWNER.workspace)

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
        finally:
            self.closing.close()


TestSchedules = Schedules.TestCase
if settings.default is settings.get_profile("assetql"):
    TestSchedules.settings = settings(
        max_examples=25,
        stateful_step_count=25,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
