"""Keeps one workspace's library fresh."""

import time
from threading import Lock

from assetql.adapters.aws.index.layout import Plan, segment_in
from assetql.adapters.aws.index.library import Library
from assetql.adapters.aws.index.shelf import Gone, Listing, Shelf, each_of
from assetql.adapters.search.snapshot import Snapshot
from assetql.domain.errors import StoreUnavailable

_LOOKS_AGAIN = 1.0  # seconds
_TRIES = 5
_ROWS_TO_SPARE = 10_000


class Reader:
    """Whoever uses `snapshot` holds the `lock`."""

    def __init__(self, shelf: Shelf) -> None:
        self.lock = Lock()
        self._shelf = shelf
        self._looked = float("-inf")
        self._seen = -1
        self.start_anew()

    def start_anew(self) -> None:
        """Forgets everything."""
        self._library = Library(self._shelf)
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
                self._take(self._shelf.listing())
            except Gone:
                continue  # merged and deleted since it was listed
            self._seen, self._looked = wanted, now
            return
        raise StoreUnavailable(f"The search index changed {_TRIES} times while it was read.")

    def _take(self, listing: Listing) -> None:
        plans = self._shelf.plans(listing)
        replaced = {name for plan in plans.values() for name in plan.replaced}
        new = sorted(listing.segments.keys() - self._held - replaced)
        known = [name for name in new if self._knows(plans.get(name))]
        unread = [name for name in new if name not in known]
        if unread:
            extents = {name: listing.segments[name].extent for name in unread}
            heads = each_of(
                lambda name: self._shelf.read(name, extents[name].plan, extents[name].tail), unread
            )
            segments = {
                name: segment_in(head, name) for name, head in zip(unread, heads, strict=True)
            }
            self.snapshot.columns.take(*self._library.take(segments))
            self.snapshot.columns.revision = self._library.rows
        self._held.update(new)

    def _knows(self, plan: Plan | None) -> bool:
        """Whether all that it was merged from is here."""
        return plan is not None and self._held.issuperset(plan.merged)
