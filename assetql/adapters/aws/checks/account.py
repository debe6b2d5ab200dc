"""Whose credentials these are, and where they lead."""

from assetql.adapters.aws.checks.looking import AWS, look
from assetql.adapters.aws.clients import Clients
from assetql.domain.finding import Finding


def account(clients: Clients) -> Finding:
    """Asks for the caller's identity, which AWS tells everybody."""

    def ask() -> Finding:
        client = clients.client("sts")
        identity = client.get_caller_identity()
        region = client.meta.region_name
        where = f"account {identity['Account']}, region {region}"
        at = f", emulated at {clients.endpoint}" if clients.endpoint else ""
        return Finding(AWS, "ok", f"{where}{at}, as {identity['Arn']}")

    return look(AWS, ask)
