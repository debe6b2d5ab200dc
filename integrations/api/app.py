"""create_api: the HTTP door, with its resources, the agent's protocol and whatever is mounted."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import cast

from fastapi import APIRouter, FastAPI

from agent.services import AgentServices
from integrations.api import docs, health, protocol, resources
from integrations.api.auth.authentication import Authenticator
from integrations.api.middleware import add_middleware
from integrations.api.openapi import describe
from integrations.api.problems import add_problem_handlers
from integrations.api.threads import Threads

# What a mounted door needs to have running while the app does.
Running = Callable[[], AbstractAsyncContextManager[object]]


def create_api(
    agent: AgentServices, *, authenticator: Authenticator, routers: Sequence[APIRouter] = ()
) -> FastAPI:
    """The app over the conversation's services; whoever opened these closes them.

    `routers` are those that the way in needs, such as a login's.
    Doors that are mounted in it add to `app.state.running` what runs from start to shutdown.
    """
    app = FastAPI(
        title="AssetQL",
        version=version("assetql"),
        summary="Game assets by chat: batches, styles, assets, packages, and the assistant.",
        lifespan=_lifespan,
        docs_url=None,  # theirs loads from elsewhere
        redoc_url=None,
    )
    describe(app)
    app.state.agent = agent
    app.state.running = list[Running]()
    app.state.threads = Threads()
    protocol.add_runs(app, agent)
    add_problem_handlers(app)
    for router in (health.router, docs.router, *resources.ROUTERS, *protocol.ROUTERS, *routers):
        # `include_router` keeps routers apart, and at each request searches one after the other.
        app.router.routes.extend(router.routes)
    add_middleware(app, agent.services.settings, authenticator)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    async with AsyncExitStack() as stack:
        stack.callback(cast("Threads", app.state.threads).close)  # after all that may read
        for running in cast("list[Running]", app.state.running):
            await stack.enter_async_context(running())
        yield
