"""Between Bolt and our handlers: a listener acknowledges, and works in the background."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from slack_bolt.async_app import AsyncApp

from integrations.slack.desk import Case, Desk, Handler

Surface = Literal["event", "action", "command", "view"]
Ack = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Listener:
    """`name`: of an event, a command or a view; of actions, what comes before the colon."""

    surface: Surface
    name: str
    handler: Handler


def register(app: AsyncApp, desk: Desk, listener: Listener) -> None:
    """Has Bolt call it."""

    async def listen(ack: Ack, body: dict[str, Any], context: dict[str, Any]) -> None:
        await ack()
        await desk.work(Case(desk, context["installation"], body), listener.handler)

    match listener.surface:
        case "event":
            app.event(listener.name)(listen)
        case "action":
            app.action(re.compile(rf"^{listener.name}(:|$)"))(listen)
        case "command":
            app.command(listener.name)(listen)
        case "view":
            app.view(listener.name)(listen)
