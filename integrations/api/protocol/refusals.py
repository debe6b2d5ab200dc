"""Routes of LangGraph's API that are refused, each with its reason."""

from collections.abc import Callable

from fastapi import APIRouter

from assetql.domain.errors import Forbidden
from integrations.api.dependencies import Caller

router = APIRouter(include_in_schema=False)

_STATE = "The state of a thread changes only by what people say in it."
_ASSISTANT = "There is one assistant, and clients can't change it."
_CRONS = "Runs begin when somebody says something; nothing is scheduled here."
_STORE = "The assistant's memory is the workspace; it is read and written through its resources."
_EVENTS = "Events of a thread come with its runs."
_REFUSED: dict[str, tuple[str, ...]] = {
    _STATE: ("POST /threads/{id}/state", "POST /threads/{id}/copy", "POST /threads/prune"),
    _ASSISTANT: (
        "POST /assistants",
        "PATCH /assistants/{id}",
        "DELETE /assistants/{id}",
        "POST /assistants/{id}/versions",
        "POST /assistants/{id}/latest",
    ),
    _CRONS: (
        "POST /runs/crons",
        "POST /runs/crons/search",
        "POST /runs/crons/count",
        "PATCH /runs/crons/{id}",
        "DELETE /runs/crons/{id}",
        "POST /threads/{id}/runs/crons",
    ),
    _STORE: (
        "PUT /store/items",
        "GET /store/items",
        "DELETE /store/items",
        "POST /store/items/search",
        "POST /store/namespaces",
    ),
    _EVENTS: (
        "GET /threads/{id}/stream",
        "POST /threads/{id}/stream/events",
        "POST /threads/{id}/commands",
    ),
    "Runs are started one by one.": ("POST /runs/batch",),
    "Runs are cancelled one by one.": ("POST /runs/cancel",),
}


def _refusing(reason: str) -> Callable[[Caller], None]:
    def refuse(caller: Caller) -> None:
        """Raises: Forbidden."""
        del caller  # who is not logged in learns nothing
        raise Forbidden(reason, remedy="GET /info says which parts of LangGraph's API there are.")

    return refuse


for _reason, _routes in _REFUSED.items():
    for _route in _routes:
        _method, _path = _route.split()
        router.add_api_route(_path, _refusing(_reason), methods=[_method])
