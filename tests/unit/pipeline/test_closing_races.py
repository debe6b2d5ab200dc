"""What moves in the very moment in which a batch is settled and closed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assetql.domain.ledger import Tally
from assetql.services import Services
from tests.contract.values import PRICE, ManualClock
from tests.support.driving import drain, step, tidy
from tests.support.homes import OWNER, open_home, started
from tests.support.invariants import check_at_rest
from tests.support.making import scripted


@dataclass
class BehindTheTally:
    """A task store in which something happens right after the first tally was taken."""

    tasks: Any
    happens: Callable[[], object]
    done: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tasks, name)

    def tally(self, workspace: str, batch_id: str) -> Tally:
        tally = self.tasks.tally(workspace, batch_id)
        if not self.done:
            self.done = True
            self.happens()
        return tally


def behind_the_tally(services: Services, happens: Callable[[], object]) -> Services:
    tasks: Any = BehindTheTally(services.stores.tasks, happens)
    return replace(services, stores=replace(services.stores, tasks=tasks))


def test_what_ends_right_after_it_was_settled_is_paid_before_the_batch_closes(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    make = scripted()
    with open_home(tmp_path, clock=clock) as services:
        started(services, "Sword")
        tidy(behind_the_tally(services, lambda: step(services, make)))
        drain(services, make, clock)
        check_at_rest(services, OWNER.workspace)
        assert services.stores.ledger.account(OWNER.workspace).spent == PRICE
