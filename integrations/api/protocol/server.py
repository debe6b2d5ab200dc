"""What the server says of itself: /ok and /info."""

from importlib.metadata import version

from fastapi import APIRouter

from integrations.api.openapi import operation_id
from integrations.api.protocol.answers import Alive, Info

# Open to everybody.
router = APIRouter(tags=["agent", "health"], generate_unique_id_function=operation_id)


@router.get("/ok")
def answer_ok() -> Alive:
    """The server answers."""
    return Alive(ok=True)


@router.get("/info")
def get_info() -> Info:
    """Its version, and which parts of LangGraph's API it has."""
    return Info(
        version=version("assetql"),
        langgraph_py_version=version("langgraph"),
        flags={
            "assistants": True,
            "crons": False,
            "store": False,
            "langsmith": False,
            "strict_resume": True,
        },
    )
