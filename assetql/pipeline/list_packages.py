"""list_packages: what was packed of late, newest first, to be downloaded again."""

from assetql.domain.errors import NotFound
from assetql.domain.identity import Action, Principal
from assetql.pipeline.audit import MOST_RECORDS
from assetql.pipeline.export import EXPORTED, Package, get_package
from assetql.ports import Stores

MOST_PACKAGES = 20


def list_packages(*, caller: Principal, stores: Stores) -> tuple[Package, ...]:
    """The newest 20 among the last 1,000 things that were done in the workspace."""
    caller.require(Action.READ)
    done = stores.audit.page(caller.workspace, limit=MOST_RECORDS)
    ids = dict.fromkeys(record.subject for record in done if record.action == EXPORTED)
    found: list[Package] = []
    for export_id in list(ids)[:MOST_PACKAGES]:
        try:
            found.append(get_package(export_id, caller=caller, stores=stores))
        except NotFound:
            continue  # whoever keeps the files may clear old packages away
    return tuple(found)
