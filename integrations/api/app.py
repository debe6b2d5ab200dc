"""create_api: the HTTP door, with its resources, the agent's protocol and whatever is mounted."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import cast

from fastapi import FastAPI

from agent.services import AgentServices
from integrations.api import health, protocol, resources
from integrations.api.auth.authentication import Authentication, Authenticator
from integrations.api.problems import add_problem_handlers
from integrations.api.requests import Requests

# What a mounted door needs to have running while the app does.
Running = Callable[[], AbstractAsyncContextManager[object]]


def create_api(agent: AgentServices, *, authenticator: Authenticator) -> FastAPI:
    """The app over the conversation's services; whoever opened these closes them.

    Doors that are mounted in it add to `app.state.running` what runs from start to shutdown.
    """
    app = FastAPI(
        title="AssetQL",
        version=version("assetql"),
        summary="Game assets by chat: batches, styles, assets, packages, and the assistant.",
        lifespan=_lifespan,
    )
    app.state.agent = agent
    app.state.running = list[Running]()
    add_problem_handlers(app)
    for router in (health.router, *resources.ROUTERS, *protocol.ROUTERS):
        app.include_router(router)
    settings = agent.services.settings
    app.add_middleware(Authentication, authenticator=authenticator)
    app.add_middleware(Requests, https=(settings.public_url or "").startswith("https:"))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    async with AsyncExitStack() as stack:
        for running in cast("list[Running]", app.state.running):
            await stack.enter_async_context(running())
        yield
