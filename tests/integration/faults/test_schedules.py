"""Random schedules of people, workers, crashes, faults and time, on both families.

`make faults` searches longer. What failed is printed as the steps of the shortest schedule found,
with the history of its operations. `make faults SEED=…`, with the seed that the run named, finds
it again; so does the blob that is printed, as a decorator of the test.
"""

import atexit
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache

from hypothesis import HealthCheck, Phase, settings

from assetql.services import Services
from tests.integration.faults.schedules import ON_THE_WIRE, Schedules, Trouble
from tests.support.emulator import emulator_address
from tests.support.fault_proxy.faults import INTERNAL, LOST_REPLY, RESET, THROTTLED, Fault
from tests.support.fault_proxy.partial import PARTIAL
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.script import Rule
from tests.support.prompt_aws.family import ATTEMPTS

FAULTS: dict[str, Fault] = {
    fault.name: fault for fault in (LOST_REPLY, RESET, INTERNAL, THROTTLED, PARTIAL)
}
_REQUESTS = 3  # that an effect takes, and the reads before it


@cache
def proxy() -> FaultProxy:
    """One before the emulator for all schedules of this process."""
    serving = FaultProxy(emulator_address()).__enter__()
    atexit.register(serving.__exit__, None, None, None)
    return serving


class SchedulesOnAws(Schedules):
    """Here requests may come to grief on the wire, too."""

    family = "hurried_aws"

    def endpoint(self) -> str | None:
        return proxy().address

    @contextmanager
    def troubled(self, trouble: Trouble) -> Generator[Services]:
        if trouble.kind not in ON_THE_WIRE:
            with super().troubled(trouble) as services:
                yield services
            return
        # All of boto3's attempts: then our own code has to deal with it.
        times = ATTEMPTS if trouble.after else 1
        fault = FAULTS[trouble.kind]
        proxy().plan(Rule(fault=fault, skip=_REQUESTS * trouble.at, times=times))
        try:
            yield self.services
        finally:
            proxy().calm()


TestSchedules = Schedules.TestCase
TestSchedulesOnAws = SchedulesOnAws.TestCase
# Making a failing schedule shorter takes longer than finding it: it is printed as it was found.
QUICK = [Phase.explicit, Phase.reuse, Phase.generate]
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]
if settings.default is settings.get_profile("assetql"):
    TestSchedules.settings = settings(
        max_examples=25, stateful_step_count=25, suppress_health_check=SLOW
    )
    TestSchedulesOnAws.settings = settings(
        max_examples=6, stateful_step_count=8, suppress_health_check=SLOW
    )
else:
    TestSchedules.settings = settings(stateful_step_count=40, phases=QUICK)
    TestSchedulesOnAws.settings = settings(stateful_step_count=10, phases=QUICK)
