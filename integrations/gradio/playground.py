"""What every part of the page works with: the conversation, and who is at the browser."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path

import gradio as gr
from starlette.requests import HTTPConnection

from agent.services import AgentServices
from assetql.domain.errors import AssetQLError, Unauthenticated
from assetql.domain.identity import Principal
from assetql.ports import Stores
from assetql.services import Services


@dataclass(frozen=True, slots=True)
class Playground:
    """The conversation's services; `examples` are files of the one-click example, list first."""

    agent: AgentServices
    examples: tuple[Path, ...] = ()

    @property
    def services(self) -> Services:
        """The pipeline's services."""
        return self.agent.services

    @property
    def stores(self) -> Stores:
        """The pipeline's stores."""
        return self.agent.services.stores


def principal_of(connection: HTTPConnection) -> Principal | None:
    """Whom the API's authentication found behind a request."""
    found = getattr(connection.state, "principal", None)
    return found if isinstance(found, Principal) else None


def caller_of(request: gr.Request) -> Principal:
    """Who caused an event: of the very request that it came with, however long it was queued.

    Raises: Unauthenticated.
    """
    principal = principal_of(request.request) if request.request else None
    if principal is None:
        raise Unauthenticated("Nobody is logged in.", remedy="Reload the page and log in.")
    return principal


@contextmanager
def explained() -> Generator[None]:
    """Shows our own errors as a message on the page; their text is data, not markup."""
    try:
        yield
    except AssetQLError as error:
        text = escape(f"{error.message} {error.remedy}".strip())
        raise gr.Error(text, title="That did not work", print_exception=False) from error
