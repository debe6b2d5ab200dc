"""Who is asking, where, and with what: injected into tools, never visible to the model."""

from dataclasses import dataclass

from assetql.domain.identity import Principal
from assetql.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentContext:
    """`uploads` are the ids attached to the message of this turn, oldest first."""

    caller: Principal
    thread_id: str
    services: Services
    uploads: tuple[str, ...] = ()
