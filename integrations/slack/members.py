"""Who a member of a team is in its workspace: the installer owns it, others have a role."""

from dataclasses import replace

from agent.services import AgentServices
from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.errors import Forbidden, InvalidInput, unknown_choice
from assetql.domain.identity import Principal, Role
from integrations.slack.installations import Installation

_KIND = RecordKind.SLACK_MEMBER
NONE = "none"
GRANTED = (NONE, Role.VIEWER.value, Role.EDITOR.value, Role.APPROVER.value)


class Members:
    """Roles by team and user; both come from what Slack signed."""

    def __init__(self, agent: AgentServices) -> None:
        self._services = agent.services
        self._records = agent.services.stores.doors

    def caller(self, team: Installation, user_id: str) -> Principal:
        """Who asks. Raises: Forbidden for somebody without a role."""
        principal = self.principal(team, user_id)
        if not principal.roles:
            raise Forbidden(
                "You have no role in this workspace.",
                remedy=f"Ask {self._owners_of(team)} for `/assetql grant`.",
            )
        return principal

    def principal(self, team: Installation, user_id: str) -> Principal:
        """The same, with no roles for somebody without one."""
        return Principal(team.workspace, name_of(team.team_id, user_id), self._roles(team, user_id))

    def grant(self, role: str, user_id: str, *, team: Installation, caller: Principal) -> None:
        """Gives a member another role. Raises: Forbidden; InvalidInput."""
        if Role.OWNER not in caller.roles:
            raise Forbidden("Only owners grant roles.", remedy=f"Ask {self._owners_of(team)}.")
        if role not in GRANTED:
            raise unknown_choice("role", role, GRANTED)
        if self._owns(team, user_id):
            raise InvalidInput(
                "An owner's role can't be changed here.",
                remedy="Change ASSETQL_SLACK_OWNERS, or let another owner install the app.",
            )
        now = self._services.clock.now()
        record = DoorRecord(
            owner=team.team_id,
            kind=_KIND,
            key=user_id,
            created_at=now,
            document={"role": role},
        )
        there = self._records.add(record, now=now)
        if there:
            self._records.save(replace(record, version=there.version + 1))

    def _roles(self, team: Installation, user_id: str) -> frozenset[Role]:
        if self._owns(team, user_id):
            return frozenset({Role.OWNER})
        record = self._records.get(team.team_id, _KIND, user_id, now=self._services.clock.now())
        default = self._services.settings.slack_member_role
        role = str(record.document["role"]) if record else default
        return frozenset() if role == NONE else frozenset({Role(role)})

    def _owns(self, team: Installation, user_id: str) -> bool:
        return user_id == team.installer or user_id in self._services.settings.slack_owners

    def _owners_of(self, team: Installation) -> str:
        ids = [*self._services.settings.slack_owners, *filter(None, [team.installer])]
        return " or ".join(name_of(team.team_id, user_id) for user_id in ids) or "an owner"


def name_of(team_id: str, user_id: str) -> str:
    """A member as records name them."""
    return f"slack:{team_id}:{user_id}"
