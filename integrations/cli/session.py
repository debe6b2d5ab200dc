"""What each command starts with: settings, services, and the person at the keyboard."""

import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager

from ulid import ULID

from assetql.domain.identity import Principal, Role
from assetql.services import Services, open_services
from assetql.settings import Settings


def owner(settings: Settings) -> Principal:
    """The person at the keyboard owns the default workspace."""
    return Principal(settings.workspace, settings.user, frozenset({Role.OWNER}))


def new_key() -> str:
    """An idempotency key for one invocation of a command."""
    return f"cli:{ULID()}"


@contextmanager
def opened() -> Generator[tuple[Services, Principal]]:
    """Services of the settings, closed afterwards; logs go to standard error."""
    settings = Settings()
    logging.basicConfig(level=settings.log_level, stream=sys.stderr)
    services = open_services(settings)
    try:
        yield services, owner(settings)
    finally:
        services.close()
