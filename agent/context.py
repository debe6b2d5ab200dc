"""Who is asking, where, and with what: injected into tools, never visible to the model."""

from dataclasses import dataclass

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from assetql.domain.identity import Principal
from assetql.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentContext:
    """`uploads` are the ids attached to the message of this turn, oldest first."""

    caller: Principal
    thread_id: str
    services: Services
    uploads: tuple[str, ...] = ()

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Opaque to pydantic, which tool schemas are built with: it can't look into Protocols."""
        return core_schema.is_instance_schema(cls)
