"""What the app listens to, one concern a module."""

from integrations.slack.listeners import (
    approvals,
    assets,
    assistant,
    commands,
    exports,
    feedback,
    home,
    messages,
    removal,
)

ALL = (
    messages.LISTENERS,
    assistant.LISTENERS,
    commands.LISTENERS,
    approvals.LISTENERS,
    assets.LISTENERS,
    exports.LISTENERS,
    feedback.LISTENERS,
    home.LISTENERS,
    removal.LISTENERS,
)
