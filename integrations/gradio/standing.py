"""The head of the page: whose workspace it is, its money, and which models really answer."""

from assetql.domain.identity import Action, Principal
from assetql.domain.money import money_text
from assetql.services import Services
from integrations.gradio.markup import tag, text

_STAND_INS = (
    (
        "chat_model",
        "offline",
        "The assistant is the built-in offline planner: rules, no language model.",
        "ASSETQL_CHAT_MODEL=bedrock_converse:MODEL_ID (pip install 'assetql[aws]')",
    ),
    (
        "image_backend",
        "placeholder",
        "Images are drawn by the built-in placeholder: vector drawings, no diffusion model.",
        "ASSETQL_IMAGE_BACKEND=sagemaker:ENDPOINT",
    ),
)


def banner(caller: Principal, services: Services) -> str:
    """The line above everything."""
    caller.require(Action.READ)
    account = services.stores.ledger.account(caller.workspace)
    money = f"{money_text(account.available)} of {money_text(account.budget)} left"
    who = tag("span", text(f"{caller.user} · workspace {caller.workspace}"))
    return tag(
        "header",
        tag("div", tag("strong", "AssetQL", class_="aq-brand"), class_="aq-stack"),
        tag("div", _stand_ins(services), who, tag("span", text(money)), class_="aq-standing"),
        class_="aq-banner",
    )


def _stand_ins(services: Services) -> str:
    """What stands in for a model, and what to set for the real one."""
    settings = services.settings
    lines = [
        tag("p", text(said)) + tag("p", "Set ", tag("code", text(remedy)))
        for name, stand_in, said, remedy in _STAND_INS
        if getattr(settings, name) == stand_in
    ]
    if not lines:
        return ""
    more = tag("p", "assetql doctor says what is configured and what is missing.")
    summary = tag("summary", "Using built-in stand-ins")
    return tag("details", summary, tag("div", *lines, more), class_="aq-honest")
