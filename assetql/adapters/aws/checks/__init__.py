"""What the AWS family needs: an account, an installation in it, and access to the models."""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from assetql.adapters.aws.checks.account import account
from assetql.adapters.aws.checks.models import endpoint, endpoint_of, model, models_of
from assetql.adapters.aws.checks.stores import bucket, queues, table
from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.resources import TABLES, names_of
from assetql.domain.finding import Finding
from assetql.settings import Settings

_AT_ONCE = 12

Check = Callable[[], Finding]


class _Brief(Clients):
    """Clients that give up early: somebody waits for the answer."""

    def client(self, service: str, *, attempts: int = 2, **options: Any) -> Any:
        brief = {**options, "connect_timeout": 2, "read_timeout": 20}
        return super().client(service, attempts=min(attempts, 2), **brief)


def examine(settings: Settings, *, quickly: bool) -> Iterator[Finding]:
    """Looks at everything at once, where AWS answers at all.

    `quickly` leaves out whose account it is, and the models: what is asked of those is charged.
    """
    clients = _Brief(region=settings.aws_region, endpoint=settings.aws_endpoint)
    checks = _stores(clients, settings)
    if not quickly:
        owner = account(clients)
        yield owner
        if owner.state == "wrong":
            return
        checks += _models(clients, settings)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(_carry_out, checks)


def _carry_out(check: Check) -> Finding:
    return check()


def _stores(clients: Clients, settings: Settings) -> list[Check]:
    names = names_of(settings)
    tables = [partial(table, clients, names.table(shape), shape) for shape in TABLES]
    return [
        *tables,
        partial(bucket, clients, names.bucket),
        partial(
            queues,
            clients,
            names,
            max_receives=settings.max_receives,
            lease=math.ceil(settings.lease_seconds),
        ),
    ]


def _models(clients: Clients, settings: Settings) -> list[Check]:
    asked = [partial(model, clients, name, choice) for name, choice in models_of(settings).items()]
    name = endpoint_of(settings)
    return [*asked, partial(endpoint, clients, name)] if name else [*asked]
