"""Progress that people follow: now and then, and not at all where the work is short."""

from time import monotonic

from assetql.domain.progress import Progress

PAUSE = 1.0  # seconds


def paced(tell: Progress) -> Progress:
    """`tell`, once a second at most, and never in the first one."""
    told = monotonic()

    def now_and_then(done: int, total: int) -> None:
        nonlocal told
        now = monotonic()
        if now - told >= PAUSE:
            told = now
            tell(done, total)

    return now_and_then
