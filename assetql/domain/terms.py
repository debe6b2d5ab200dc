"""The caps and leases that use cases work under."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one deployment works under.

    `attempts` and `faults` cap one run of a task; `lease` is a worker's hold on it; `approval` is
    how long a question stands, `link` how long a download link works.
    """

    attempts: int = 4
    faults: int = 5
    lease: timedelta = timedelta(seconds=60)
    approval: timedelta = timedelta(hours=72)
    link: timedelta = timedelta(minutes=15)
