"""Which chat model talks: the built-in planner, or one of LangChain's providers."""

from importlib.util import find_spec

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from pydantic import ValidationError

from assetql.domain.errors import InvalidInput, ModelUnavailable, unknown_choice
from assetql.settings import Settings

OFFLINE = "offline"
BEDROCK = "bedrock_converse"
# The package that brings a provider, for those that people here are likely to name.
PACKAGES = {
    BEDROCK: "langchain_aws",
    "bedrock": "langchain_aws",
    "anthropic": "langchain_anthropic",
    "openai": "langchain_openai",
    "google_genai": "langchain_google_genai",
    "mistralai": "langchain_mistralai",
    "ollama": "langchain_ollama",
}
_FORM = "Set ASSETQL_CHAT_MODEL to offline, or to PROVIDER:MODEL such as bedrock_converse:MODEL_ID."


def open_chat_model(settings: Settings) -> BaseChatModel:
    """The model that `settings.chat_model` names.

    Raises: InvalidInput for a name that can't be; ModelUnavailable where a package or an account
    is missing.
    """
    if settings.chat_model == OFFLINE:
        from agent.offline.planner import OfflinePlanner

        return OfflinePlanner()
    provider, _, model = settings.chat_model.partition(":")
    if not model:
        raise InvalidInput(f"{settings.chat_model!r} names no model.", remedy=_FORM)
    if provider not in PACKAGES:
        raise unknown_choice("provider", provider, sorted(PACKAGES))
    _require_package(provider)
    if provider == BEDROCK:
        from agent.bedrock import open_bedrock_chat

        return open_bedrock_chat(model, settings)
    return _open(provider, model)


def _require_package(provider: str) -> None:
    package = PACKAGES[provider]
    if find_spec(package) is None:
        name = package.replace("_", "-")
        extra = "assetql[aws]" if package == "langchain_aws" else name
        raise ModelUnavailable(
            f"The provider {provider!r} needs the package {name}, which is not installed.",
            remedy=f"pip install '{extra}'",
        )


def _open(provider: str, model: str) -> BaseChatModel:
    try:
        return init_chat_model(model, model_provider=provider)
    # Providers say "no key", "no region", "no such profile" by errors of their own types.
    except Exception as error:
        raise ModelUnavailable(
            f"Can't open the chat model {provider}:{model}: {_reason(error)}",
            remedy=f"Check its credentials and region in the environment. {_FORM}",
        ) from error


def _reason(error: Exception) -> str:
    """The error's own words; a validation error would also repeat the values that it was given."""
    if isinstance(error, ValidationError):
        return "; ".join(str(found["msg"]) for found in error.errors(include_input=False))
    return str(error).partition("\n")[0]
