"""Who is asking, and what they may do."""

from dataclasses import dataclass
from enum import StrEnum

from assetql.domain.errors import Forbidden


class Role(StrEnum):
    """What a person is in a workspace."""

    VIEWER = "viewer"
    EDITOR = "editor"
    APPROVER = "approver"
    OWNER = "owner"


class Action(StrEnum):
    """What use cases ask leave for."""

    READ = "read"
    EDIT = "edit"
    START = "start"
    APPROVE = "approve"
    EXPORT = "export"
    SET_BUDGET = "set_budget"
    MANAGE_KEYS = "manage_keys"


_EDITING = frozenset({Role.EDITOR, Role.APPROVER, Role.OWNER})
RIGHTS: dict[Action, frozenset[Role]] = {
    Action.READ: frozenset(Role),
    Action.EDIT: _EDITING,
    Action.START: _EDITING,
    Action.EXPORT: _EDITING,
    Action.APPROVE: frozenset({Role.APPROVER, Role.OWNER}),
    Action.SET_BUDGET: frozenset({Role.OWNER}),
    Action.MANAGE_KEYS: frozenset({Role.OWNER}),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """The authenticated caller. The workspace comes from here and nowhere else."""

    workspace: str
    user: str
    roles: frozenset[Role]

    def require(self, action: Action) -> None:
        """Raises: Forbidden."""
        allowed = RIGHTS[action]
        if not self.roles & allowed:
            names = ", ".join(sorted(allowed))
            raise Forbidden(
                f"{self.user!r} may not {action.value.replace('_', ' ')} here.",
                remedy=f"Ask somebody who is one of: {names}.",
            )
