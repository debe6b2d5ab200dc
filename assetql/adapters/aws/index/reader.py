"""Keeps one workspace's library fresh."""

import time
from collections.abc import Mapping, Set
from threading import Lock

from assetql.adapters.aws.index.layout import Plan, extent_of, segment_in
from assetql.adapters.aws.index.library import Library
from assetql.adapters.aws.index.segment import Segment
from assetql.adapters.aws.index.shelf import Gone, Listing, Shelf, each_of
from assetql.adapters.search.snapshot import Snapshot
from assetql.domain.errors import StoreUnavailable

_LOOKS_AGAIN = 1.0  # seconds
_TRIES = 10
_ROWS_TO_SPARE = 10_000


class Reader:
    """Whoever uses `snapshot` holds the `lock`."""

    def __init__(self, shelf: Shelf) -> None:
        self.lock = Lock()
        self.shelf = shelf
        self._looked = float("-inf")
        self._seen = -1
        self.start_anew()

    def start_anew(self) -> None:
        """Forgets everything."""
        self._library = Library(self.shelf)
        self._held: set[str] = set()
        self._seen = -1
        self.snapshot = Snapshot(self._library)

    def refresh(self, wanted: int) -> None:
        """Looks at what there is, unless it did a moment ago. Looks where `wanted` is new to it.

        Raises: StoreUnavailable.
        """
        now = time.monotonic()
        if self._seen == wanted and now - self._looked < _LOOKS_AGAIN:
            return
        if self._library.rows > 2 * self._library.documents + _ROWS_TO_SPARE:
            self.start_anew()  # most of it is of versions that are forgotten
        for _ in range(_TRIES):
            try:
                self._take(self.shelf.listing())
            except Gone:
                continue  # merged and deleted since it was listed
            self._seen, self._looked = wanted, now
            return
        raise StoreUnavailable(f"The search index changed {_TRIES} times while it was read.")

    def _take(self, listing: Listing) -> None:
        plans = self.shelf.plans(listing)
        replaced = {name for plan in plans.values() for name in plan.replaced}
        new = listing.segments.keys() - self._held - replaced
        unread = sorted({name for each in new for name in self._missing(each, listing, plans)})
        if unread:
            segments = dict(zip(unread, each_of(self._read, unread), strict=True))
            self.snapshot.columns.take(*self._library.take(segments))
            self.snapshot.columns.revision = self._library.rows
        self._held.update(new, unread)

    def _missing(self, name: str, listing: Listing, plans: Mapping[str, Plan]) -> Set[str]:
        """What to read for it: itself, or less where most of what it was merged from is here."""
        if name not in plans:
            return {name}
        parts = set(plans[name].merged) - self._held
        there = listing.segments
        if parts <= there.keys() and sum(there[part].size for part in parts) < there[name].size:
            return parts
        return {name}

    def _read(self, name: str) -> Segment:
        extent = extent_of(name)
        return segment_in(self.shelf.read(name, extent.plan, extent.tail), name)
