"""create_api: the HTTP door, with its resources, the agent's protocol and whatever is mounted."""

from importlib.metadata import version

from fastapi import FastAPI

from agent.services import AgentServices
from integrations.api import health, protocol, resources
from integrations.api.auth.authentication import Authentication, Authenticator
from integrations.api.problems import add_problem_handlers


def create_api(agent: AgentServices, *, authenticator: Authenticator) -> FastAPI:
    """The app over the conversation's services; whoever opened these closes them."""
    app = FastAPI(
        title="AssetQL",
        version=version("assetql"),
        summary="Game assets by chat: batches, styles, assets, packages, and the assistant.",
    )
    app.state.agent = agent
    add_problem_handlers(app)
    for router in (health.router, *resources.ROUTERS, *protocol.ROUTERS):
        app.include_router(router)
    app.add_middleware(Authentication, authenticator=authenticator)
    return app
