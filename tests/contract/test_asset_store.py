from dataclasses import replace

import pytest

from assetql.domain.asset import Asset
from assetql.domain.errors import Conflict
from assetql.domain.task import Task
from assetql.ports import Stores
from tests.contract.races import race, succeeds
from tests.contract.values import RIVAL, STUDIO, a_batch, accepted, an_asset, claimed, tasks_for


def _commit(stores: Stores, task: Task) -> Asset:
    mine, asset = claimed(task), an_asset(task)
    stores.tasks.save(mine)
    stores.tasks.commit(accepted(mine), asset)
    return asset


def _commit_all(
    stores: Stores, rows: int, batch_id: str = "bat_1", workspace: str = STUDIO
) -> list[Asset]:
    tasks = tasks_for(a_batch(batch_id, workspace), rows)
    stores.tasks.add(tasks)
    return [_commit(stores, task) for task in tasks]


def test_an_asset_comes_back_as_it_was_committed(stores: Stores) -> None:
    (asset,) = _commit_all(stores, 1)
    assert stores.assets.get(STUDIO, asset.asset_id) == asset
    assert stores.assets.get(STUDIO, "ast_none") is None


def test_get_many_keeps_the_order_and_skips_the_missing(stores: Stores) -> None:
    assets = _commit_all(stores, 4)
    (theirs,) = _commit_all(stores, 1, "bat_2", RIVAL)
    ids = [assets[n].asset_id for n in (3, 0, 2)]
    found = stores.assets.get_many(STUDIO, [*ids[:2], "ast_none", theirs.asset_id, *ids[2:]])
    assert found == (assets[3], assets[0], assets[2])
    assert stores.assets.get_many(STUDIO, []) == ()
    filler = [f"ast_{n}" for n in range(1_200)]
    assert stores.assets.get_many(STUDIO, [*filler, *ids]) == found


def test_save_only_over_the_version_before(stores: Stores) -> None:
    (asset,) = _commit_all(stores, 1)
    second = replace(
        asset, tags=asset.tags.edit(add=frozenset({"x"}), remove=frozenset()), version=2
    )
    stores.assets.save(second)
    for version in (1, 2, 4):
        late = replace(asset, name="late", version=version)
        with pytest.raises(Conflict, match=f"Asset {asset.asset_id} moved on before version"):
            stores.assets.save(late)
    with pytest.raises(Conflict):
        stores.assets.save(replace(asset, workspace=RIVAL, version=2))
    assert stores.assets.get(STUDIO, asset.asset_id) == second


def test_one_of_many_saves_wins(stores: Stores) -> None:
    (asset,) = _commit_all(stores, 1)
    saves = [replace(asset, name=str(n), version=2) for n in range(8)]
    won = race(8, lambda n: succeeds(lambda: stores.assets.save(saves[n]), Conflict))
    assert won.count(True) == 1
    assert stores.assets.get(STUDIO, asset.asset_id) == saves[won.index(True)]


@pytest.mark.parametrize("limit", [1, 2, 5, 500])
def test_pages_go_in_row_order(stores: Stores, limit: int) -> None:
    assets = _commit_all(stores, 5)
    _commit_all(stores, 2, "bat_2")
    _commit_all(stores, 2, "bat_1", RIVAL)
    found: list[Asset] = []
    after = None
    while True:
        page = stores.assets.page(STUDIO, "bat_1", after=after, limit=limit)
        found.extend(page.items)
        if page.cursor is None:
            break
        after = page.cursor
    assert found == assets


def test_two_workspaces_do_not_meet(stores: Stores) -> None:
    (ours,) = _commit_all(stores, 1)
    (theirs,) = _commit_all(stores, 1, workspace=RIVAL)
    assert ours.asset_id == theirs.asset_id
    stores.assets.save(replace(theirs, name="theirs", version=2))
    assert stores.assets.get(STUDIO, ours.asset_id) == ours
    assert stores.assets.get_many(STUDIO, [ours.asset_id]) == (ours,)
