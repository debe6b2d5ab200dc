"""The one assistant: its ids, and what it looks like from outside."""

from uuid import UUID, uuid5

from assetql.domain.errors import NotFound

GRAPH_ID = "assetql"
ASSISTANT_ID = str(uuid5(UUID("6ba821f2-9dad-11d1-80b4-00c04fd430c8"), GRAPH_ID))  # never changes


def require_assistant(assistant_id: str) -> None:
    """Raises: NotFound."""
    if assistant_id not in (GRAPH_ID, ASSISTANT_ID):
        raise NotFound("assistant", assistant_id, remedy=f"There is one: {GRAPH_ID}.")
