"""What each command starts with: settings, services, and the person at the keyboard."""

from collections.abc import Generator
from contextlib import contextmanager

from pydantic import ValidationError
from ulid import ULID

from assetql.domain.errors import InvalidInput
from assetql.domain.identity import Principal, Role
from assetql.services import Services, open_services
from assetql.settings import Settings
from assetql.telemetry import logs


def read_settings() -> Settings:
    """The settings, with logs sent to standard error; an empty variable counts as unset.

    Raises: InvalidInput naming the variable that can't be used.
    """
    try:
        settings = Settings(_env_ignore_empty=True)  # pyright: ignore[reportCallIssue] — pydantic's
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        variable = f"ASSETQL_{field.upper()}" if field in Settings.model_fields else field
        raise InvalidInput(
            f"{variable} can't be {first['input']!r}: {first['msg']}.",
            remedy="Correct it, or unset it for its default.",
        ) from error
    try:
        logs.configure(settings.log_level)
    except InvalidInput as error:
        raise InvalidInput(f"ASSETQL_LOG_LEVEL: {error.message}", remedy=error.remedy) from error
    return settings


def owner(settings: Settings) -> Principal:
    """The person at the keyboard owns the default workspace."""
    return Principal(settings.workspace, settings.user, frozenset({Role.OWNER}))


def new_key() -> str:
    """An idempotency key for one invocation of a command."""
    return f"cli:{ULID()}"


@contextmanager
def opened() -> Generator[tuple[Services, Principal]]:
    """Services of the settings, closed afterwards; logs go to standard error."""
    settings = read_settings()
    services = open_configured(settings)
    try:
        yield services, owner(settings)
    finally:
        services.close()


def open_configured(settings: Settings) -> Services:
    """Opens the services. Raises: InvalidInput naming the variable that stands in the way."""
    if settings.embedder == "clip" and not settings.clip_weights:
        raise InvalidInput(
            "ASSETQL_EMBEDDER=clip needs weights.",
            remedy="Set ASSETQL_CLIP_WEIGHTS to a file of weights for ASSETQL_CLIP_MODEL.",
        )
    try:
        return open_services(settings)
    except ModuleNotFoundError as error:
        family = f"{settings.adapters}.family"
        if not error.name or not (family == error.name or family.startswith(f"{error.name}.")):
            raise
        raise InvalidInput(
            f"ASSETQL_ADAPTERS names no adapter family: {settings.adapters!r}.",
            remedy="Unset it for assetql.adapters.local.",
        ) from error
    except OSError as error:
        raise InvalidInput(
            f"Can't keep data in {str(settings.home)!r}: {error.strerror}.",
            remedy="Set ASSETQL_HOME to a folder that you may write to.",
        ) from error
