"""One page of hits from a snapshot: the same for every family."""

import numpy as np

from assetql.adapters.search import cursor as cursors
from assetql.adapters.search.alternatives import alternatives
from assetql.adapters.search.cursor import Place
from assetql.adapters.search.snapshot import Snapshot
from assetql.domain.errors import InvalidInput
from assetql.domain.query_text import query_words
from assetql.domain.search import Hit, HitPage, SearchQuery

MAX_LIMIT = 1000
MAX_WORDS = 32


def check(query: SearchQuery) -> None:
    """Raises: InvalidInput for a query that can't be asked."""
    if not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidInput(f"A page of {query.limit}.", remedy=f"Ask for 1 to {MAX_LIMIT} hits.")
    asked = len(query_words(query.text))
    if asked > MAX_WORDS:
        raise InvalidInput(f"{asked} words.", remedy=f"Search for at most {MAX_WORDS} words.")
    if query.embedding is not None and not np.isfinite(query.embedding).all():
        raise InvalidInput("An embedding that is not finite.", remedy="Embed the image again.")


def answer(
    snapshot: Snapshot, query: SearchQuery, after: Place | None, *, workspace: str, key: bytes
) -> HitPage:
    """The page behind `after`; `key` signs the cursor of the next one."""
    found = snapshot.ranked(query, after)
    nothing = not found.slots and after is None
    hits = found.slots[: query.limit]
    last = snapshot.place(hits[-1], found.ranks[len(hits) - 1]) if hits else None
    more = last if len(found.slots) > query.limit else None
    return HitPage(
        hits=tuple(map(Hit, snapshot.asset_ids(hits), found.ranks)),
        cursor=more and cursors.encode(more, workspace=workspace, query=query, key=key),
        total=found.total,
        alternatives=alternatives(query, snapshot) if nothing else (),
    )
