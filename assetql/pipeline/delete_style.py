"""delete_style: nothing new is made with it; what was made with it stays as it is."""

from dataclasses import replace

from assetql.domain.errors import Conflict
from assetql.domain.identity import Action, Principal
from assetql.domain.style import StyleProfile
from assetql.pipeline.audit import note
from assetql.pipeline.learn_style import get_style
from assetql.ports import Clock, Stores


def delete_style(style_id: str, *, caller: Principal, stores: Stores, clock: Clock) -> StyleProfile:
    """Takes it out of the list and gives its name free.

    The profile is kept under its id: batches that were drafted with it still run, and recipes
    that name it can be replayed. Raises: NotFound.
    """
    caller.require(Action.EDIT)
    while True:
        style = get_style(style_id, caller=caller, stores=stores)
        deleted = replace(
            style,
            name=f"{style.name} ({style.style_id}, deleted)",
            deleted_at=clock.now(),
            version=style.version + 1,
        )
        try:
            stores.styles.save(deleted)
        except Conflict:
            continue  # learnt anew, or deleted, meanwhile: look again
        note(stores.audit, "style.delete", style.style_id, caller=caller, at=clock.now())
        return deleted
