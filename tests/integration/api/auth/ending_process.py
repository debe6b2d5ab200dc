"""A process of doors with a slow model: `ending_process.py HOME`. It prints its port."""

import socket
import sys
from pathlib import Path

import uvicorn
from fastapi import Request
from fastapi.responses import StreamingResponse
from langchain_core.messages import AIMessage

from agent.inbox import NewMessage
from agent.scripted import ScriptedModel
from agent.services import open_agent
from agent.turn import run_turn
from assetql.domain.identity import Principal, Role
from assetql.services import open_services
from assetql.settings import Settings
from integrations.api.app import create_api
from integrations.api.auth.authentication import NoAuthentication
from integrations.api.server import Server

OWNER = Principal("studio", "ana", frozenset({Role.OWNER}))
THREAD = "thread"


async def parts(request: Request) -> StreamingResponse:
    """One turn, a line per part."""
    words = (await request.body()).decode()

    async def lines():
        message = NewMessage(text=words, message_id="one")
        agent = request.app.state.agent
        async for part in run_turn(agent, caller=OWNER, thread_id=THREAD, message=message):
            yield f"{part['type']}\n"

    return StreamingResponse(lines())


def main(home: Path) -> None:
    services = open_services(Settings(home=home))
    model = ScriptedModel(script=lambda _: AIMessage("One. Two. Three. " * 100), per_token=0.05)
    agent = open_agent(services, model=model, tools=())
    app = create_api(agent, authenticator=NoAuthentication(OWNER))
    app.post("/talk")(parts)
    config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        Server(config, agent.ending.set).run(sockets=[listener])
    agent.close()
    services.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
