"""Cursors of lists: signed for one workspace and one list, so that no other text is one."""

from functools import cached_property
from typing import Annotated

from fastapi import Depends

from assetql.domain.errors import InvalidInput
from assetql.settings import Settings
from integrations.api.dependencies import Caller, Pipeline
from integrations.api.secret import signing_secret
from integrations.api.signing import Signer


class CursorSeals:
    """Seals the places of stores for one workspace."""

    def __init__(self, settings: Settings, workspace: str) -> None:
        self._settings = settings
        self._workspace = workspace

    @cached_property
    def _signer(self) -> Signer:
        """Few lists have a second page: without a cursor the secret is not read."""
        return Signer(signing_secret(self._settings), "cursor")

    def seal(self, place: str | None, *of: str) -> str | None:
        """The cursor behind a place of the list that `of` names."""
        return None if place is None else self._signer.sign([self._workspace, *of, place])

    def place(self, cursor: str | None, *of: str) -> str | None:
        """Raises: InvalidInput for what `seal` did not make of the same list."""
        if cursor is None:
            return None
        match self._signer.read(cursor):
            case [str(workspace), *named, str(place)] if [workspace, *named] == [
                self._workspace,
                *of,
            ]:
                return place
            case _:
                raise InvalidInput(
                    f"The cursor {cursor[:40]!r} is not one of this list.",
                    remedy="List again without a cursor.",
                )


async def cursors_of(caller: Caller, services: Pipeline) -> CursorSeals:
    """Those of the caller's workspace."""
    return CursorSeals(services.settings, caller.workspace)


Cursors = Annotated[CursorSeals, Depends(cursors_of)]
