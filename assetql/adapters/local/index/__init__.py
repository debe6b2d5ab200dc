"""Search on SQLite: full text by FTS5, filters and vectors by numpy."""

from assetql.adapters.local.index.store import Feed, SqliteIndex

__all__ = ["Feed", "SqliteIndex"]
