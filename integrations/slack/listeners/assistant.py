"""A new thread with the assistant: a greeting, and what one could ask for."""

from integrations.slack.desk import Case
from integrations.slack.listening import Listener

GREETING = (
    "Tell me what to make: attach a CSV of assets and a few reference images, or describe it. "
    "I quote a price first and start when somebody approves."
)
PROMPTS = (
    ("Make a list", "Make everything in the attached list in the style of the attached images."),
    ("Make one thing", "I need 6 health potions, 256x256"),
    ("Find assets", "Show me all red potions"),
    ("How far is it?", "How is my latest batch doing?"),
)


async def greet(case: Case) -> None:
    """Says what it can do, to people who may ask for it."""
    await case.caller()
    channel, thread_ts = case.where
    channel, thread_ts = str(channel), str(thread_ts)
    await case.client.chat_postMessage(channel=channel, thread_ts=thread_ts, text=GREETING)
    await case.client.assistant_threads_setSuggestedPrompts(
        channel_id=channel,
        thread_ts=thread_ts,
        title="Try one of these",
        prompts=[{"title": title, "message": message} for title, message in PROMPTS],
    )


LISTENERS = (Listener("event", "assistant_thread_started", greet),)
