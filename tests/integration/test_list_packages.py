"""What was packed is found again, newest first, by everybody who may read."""

from assetql.domain.identity import Principal, Role
from assetql.pipeline.list_packages import MOST_PACKAGES
from assetql.services import Services
from tests.support.studios import Studio, call


def test_packages_are_listed_newest_first_while_their_files_are_there(
    services: Services, ours: Studio, theirs: Studio
) -> None:
    packed = [
        call(
            "export.request_export",
            services,
            ours.caller,
            presets=["raw"],
            asset_ids=[ours.asset_id],
            key=f"package {number}",
        ).package
        for number in range(2)
    ]
    reader = Principal(ours.caller.workspace, "vera", frozenset({Role.VIEWER}))
    listed = call("list_packages.list_packages", services, reader)
    assert set(listed[:2]) == set(packed)
    assert listed[2:] == (ours.package,)
    assert call("list_packages.list_packages", services, theirs.caller) == (theirs.package,)
    services.stores.objects.delete(f"exports/{ours.caller.workspace}/{packed[1].export_id}.json")
    listed = call("list_packages.list_packages", services, reader)
    assert listed == (packed[0], ours.package)
    assert len(listed) <= MOST_PACKAGES
