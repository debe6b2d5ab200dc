"""One process of doors: the HTTP API, and all that is mounted in it, on one port."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.util import find_spec

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from agent.services import AgentServices, open_agent
from assetql.pipeline.export import Package
from assetql.services import Services
from integrations.api.app import create_api
from integrations.api.auth.choose import Access, open_authenticator
from integrations.api.auth.pages import HOME
from integrations.api.resources.links import LinkMaker
from integrations.cli.examples import LIST, REFERENCES


@contextmanager
def open_doors(services: Services, *, url: str, no_auth: bool) -> Generator[tuple[FastAPI, str]]:
    """Every door over the services, and the link that a person opens; `url`: where they are."""
    access = open_authenticator(services, no_auth=no_auth)
    agent = open_agent(services)
    try:
        app = create_doors(agent, access)
        _add_start(app, agent)
        yield app, f"{url}{access.path}"
    finally:
        agent.close()


def create_doors(agent: AgentServices, access: Access) -> FastAPI:
    """The doors for programs whose packages are installed; Slack where it is set up."""
    app = create_api(agent, authenticator=access.authenticator, routers=access.routers)
    if find_spec("mcp"):
        from integrations.mcp.http import mount_mcp

        mount_mcp(app, agent.services, _link_of(agent.services))
    if agent.services.settings.slack_signing_secret:
        from integrations.slack.http import mount_slack

        mount_slack(app, agent)
    return app


def _add_start(app: FastAPI, agent: AgentServices) -> None:
    """What a person sees first: the playground, or without it what the API says of itself."""
    if find_spec("gradio"):
        from integrations.gradio.mount import mount_playground

        mount_playground(app, agent, path=HOME, examples=[LIST, *REFERENCES])
        _redirect(app, "/", HOME)
    else:
        _redirect(app, "/", "/docs")
        _redirect(app, HOME, "/docs")


def _redirect(app: FastAPI, path: str, target: str) -> None:
    async def redirect(_: Request) -> Response:
        return RedirectResponse(target)

    app.add_route(path, redirect, include_in_schema=False)


def _link_of(services: Services) -> Callable[[str, Package], str]:
    """Links to packages, as the HTTP API makes them."""

    def link(base: str, package: Package) -> str:
        return LinkMaker(services, base).download(package.key, package.filename).url

    return link
