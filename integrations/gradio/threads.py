"""The workspace's conversations, as the sidebar lists them."""

from datetime import datetime

from assetql.domain.identity import Action, Principal
from assetql.services import Services
from integrations.gradio.markup import tag, text

_LONGEST = 60


def listing(current: str, caller: Principal, services: Services) -> str:
    """Newest first; the one that is open is marked."""
    caller.require(Action.READ)
    now = services.clock.now()
    rows = [
        tag(
            "a",
            tag("span", text(thread.title[:_LONGEST] or "Untitled"), class_="aq-caption"),
            tag("span", text(f"{_ago(thread.updated_at, now)} · {thread.created_by}")),
            href=f"?thread={thread.thread_id}",
            data_thread=thread.thread_id,
            aria_current="page" if thread.thread_id == current else None,
        )
        for thread in services.stores.inbox.threads(caller.workspace)
    ]
    if not rows:
        return tag("p", "No conversations yet.", class_="aq-quiet")
    return tag("nav", *rows, class_="aq-threads", aria_label="Conversations")


def _ago(then: datetime, now: datetime) -> str:
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 24 * 60:
        return f"{minutes // 60} h ago"
    return f"{then:%d %b}"
