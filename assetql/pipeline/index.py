"""index: the change feed of assets goes into the search index, in order."""

from assetql.ports import Stores

_AT_ONCE = 500


def index_changes(*, stores: Stores) -> int:
    """Feeds the index what it has not seen; returns how many changes. Safe to run anywhere."""
    fed = 0
    while changes := stores.assets.changes(stores.index.position(), _AT_ONCE):
        stores.index.apply(changes)
        fed += len(changes)
    return fed
