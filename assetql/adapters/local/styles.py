"""Style profiles in SQLite."""

import sqlite3

from assetql.adapters.codec import Codec
from assetql.adapters.local.database import Database
from assetql.domain.errors import Conflict
from assetql.domain.style import StyleProfile

_STYLES = Codec(StyleProfile)


class SqliteStyles:
    """The StyleStore of the embedded family."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, profile: StyleProfile, *, key: str) -> StyleProfile:
        with self._database.transaction() as connection:
            first = connection.execute(
                "SELECT document FROM styles WHERE workspace=? AND idempotency_key=?",
                (profile.workspace, key),
            ).fetchone()
            if first:
                return _STYLES.decode(first[0])
            _refuse_taken_name(connection, profile)
            made = connection.execute(
                "INSERT INTO styles VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (
                    profile.workspace,
                    profile.style_id,
                    key,
                    profile.name.casefold(),
                    profile.version,
                    _STYLES.encode(profile),
                ),
            ).rowcount
            if not made:
                raise Conflict(f"There is a style {profile.style_id} already.")
        return profile

    def save(self, profile: StyleProfile) -> None:
        with self._database.transaction() as connection:
            _refuse_taken_name(connection, profile)
            saved = connection.execute(
                "UPDATE styles SET folded_name=?, version=?, document=?"
                " WHERE workspace=? AND style_id=? AND version=?",
                (
                    profile.name.casefold(),
                    profile.version,
                    _STYLES.encode(profile),
                    profile.workspace,
                    profile.style_id,
                    profile.version - 1,
                ),
            ).rowcount
            if not saved:
                raise Conflict(f"Style {profile.name!r} moved on before version {profile.version}.")

    def get(self, workspace: str, style_id: str) -> StyleProfile | None:
        return self._one("workspace=? AND style_id=?", workspace, style_id)

    def named(self, workspace: str, name: str) -> StyleProfile | None:
        return self._one("workspace=? AND folded_name=?", workspace, name.casefold())

    def list(self, workspace: str) -> tuple[StyleProfile, ...]:
        rows = self._database.rows(
            "SELECT document FROM styles WHERE workspace=? ORDER BY folded_name", (workspace,)
        )
        return tuple(_STYLES.decode(row[0]) for row in rows)

    def _one(self, condition: str, *values: str) -> StyleProfile | None:
        row = self._database.row(f"SELECT document FROM styles WHERE {condition}", values)  # noqa: S608 - constants
        return _STYLES.decode(row[0]) if row else None


def _refuse_taken_name(connection: sqlite3.Connection, profile: StyleProfile) -> None:
    taken = connection.execute(
        "SELECT 1 FROM styles WHERE workspace=? AND folded_name=? AND style_id<>?",
        (profile.workspace, profile.name.casefold(), profile.style_id),
    ).fetchone()
    if taken:
        raise Conflict(
            f"There is a style named {profile.name!r} already.", remedy="Choose another name."
        )
