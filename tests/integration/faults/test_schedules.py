"""Random schedules of people, workers, crashes, faults and time, on both families.

`make faults` searches longer. What failed is printed as the steps of the shortest schedule found,
with the history of its operations. `make faults SEED=…`, with the seed that the run named, finds
it again; so does the blob that is printed, as a decorator of the test.
"""

import atexit
from functools import cache

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.integration.faults.schedules import Schedules
from tests.support.emulator import emulator_address
from tests.support.fault_proxy.faults import INTERNAL, LOST_REPLY, RESET, THROTTLED, Fault
from tests.support.fault_proxy.partial import BATCHES, PARTIAL
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.script import Rule
from tests.support.fault_proxy.traffic import WRITES
from tests.support.prompt_aws.family import ATTEMPTS

FAULTS: dict[str, Fault] = {
    fault.name: fault for fault in (LOST_REPLY, RESET, INTERNAL, THROTTLED, PARTIAL)
}


@cache
def proxy() -> FaultProxy:
    """One before the emulator for all schedules of this process."""
    serving = FaultProxy(emulator_address()).__enter__()
    atexit.register(serving.__exit__, None, None, None)
    return serving


# What befalls which write of a schedule: once, or for as often as boto3 tries, and our own code
# has to deal with it.
ON_THE_WIRE = st.lists(
    st.tuples(
        st.sampled_from(sorted(FAULTS)), st.integers(0, 40), st.sampled_from([1, 1, ATTEMPTS])
    ),
    min_size=1,
    max_size=6,
)


class SchedulesOnAws(Schedules):
    """Here requests come to grief on the wire, too."""

    family = "hurried_aws"
    rests_between = False

    def endpoint(self) -> str | None:
        proxy().calm()
        return proxy().address

    @initialize(faults=ON_THE_WIRE)
    def much_is_to_befall_the_writes(self, faults: list[tuple[str, int, int]]) -> None:
        for name, skip, times in faults:
            among = BATCHES if FAULTS[name] is PARTIAL else WRITES
            proxy().plan(Rule(fault=FAULTS[name], operation=among, skip=skip, times=times))


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
        max_examples=4, stateful_step_count=8, suppress_health_check=SLOW
    )
else:
    TestSchedules.settings = settings(stateful_step_count=40, phases=QUICK)
    TestSchedulesOnAws.settings = settings(stateful_step_count=8, phases=QUICK)
