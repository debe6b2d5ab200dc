"""What each command starts with: settings, services, and the person at the keyboard."""

from collections.abc import Generator
from contextlib import contextmanager

from pydantic import ValidationError
from ulid import ULID

from assetql.domain.errors import InvalidInput
from assetql.domain.finding import Finding
from assetql.domain.identity import Principal, Role
from assetql.services import Services, examine, open_services
from assetql.settings import Settings
from assetql.telemetry import logs

_OF_AWS = {"boto3", "botocore", "snowballstemmer"}


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
def opened(*, models: bool = False) -> Generator[tuple[Services, Principal]]:
    """Services of the settings, closed afterwards; logs go to standard error.

    `models`: they are asked first whether they answer, where asking is all that tells.
    """
    settings = read_settings()
    services = open_configured(settings, models=models)
    try:
        yield services, owner(settings)
    finally:
        services.close()


def open_configured(settings: Settings, *, models: bool = False) -> Services:
    """Opens the services. Raises: InvalidInput naming what stands in the way."""
    if settings.embedder == "clip" and not settings.clip_weights:
        raise InvalidInput(
            "ASSETQL_EMBEDDER=clip needs weights.",
            remedy="Set ASSETQL_CLIP_WEIGHTS to a file of weights for ASSETQL_CLIP_MODEL.",
        )
    found = family_findings(settings, quickly=not models)
    wrong = list(dict.fromkeys(finding for finding in found if finding.state == "wrong"))
    if wrong:
        more = f" `assetql doctor` tells {len(wrong) - 1} more." if len(wrong) > 1 else ""
        first = wrong[0]
        raise InvalidInput(f"{first.what}: {first.found}.{more}", remedy=first.remedy)
    with _explained_family(settings):
        return open_services(settings)


def family_findings(settings: Settings, *, quickly: bool) -> list[Finding]:
    """What the family finds of its needs. Raises: InvalidInput where there is no such family."""
    with _explained_family(settings):
        return list(examine(settings, quickly=quickly))


@contextmanager
def _explained_family(settings: Settings) -> Generator[None]:
    """Turns what keeps a family from being opened into InvalidInput naming the variable."""
    family = settings.adapters
    try:
        yield
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if missing.partition(".")[0] in _OF_AWS:
            raise InvalidInput(
                f"ASSETQL_ADAPTERS={family} needs {missing}, which is not installed.",
                remedy="pip install 'assetql[aws]'",
            ) from error
        if not f"{family}.".startswith(f"{missing}.") and not missing.startswith(f"{family}."):
            raise
        raise InvalidInput(
            f"ASSETQL_ADAPTERS names no adapter family: {family!r}.",
            remedy="Unset it for assetql.adapters.local.",
        ) from error
    except OSError as error:
        raise InvalidInput(
            f"Can't keep data in {str(settings.home)!r}: {error.strerror}.",
            remedy="Set ASSETQL_HOME to a folder that you may write to.",
        ) from error
