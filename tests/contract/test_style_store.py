from dataclasses import replace

import pytest

from assetql.domain.errors import Conflict
from assetql.ports import Stores
from tests.contract.races import race, succeeds
from tests.contract.values import RIVAL, STUDIO, a_style


def test_a_style_comes_back_as_it_was_stored(stores: Stores) -> None:
    """References are bytes, which JSON does not have."""
    style = a_style()
    conditioning = style.conditioning.model_copy(
        update={"references": (bytes(range(256)), b"", b"\xff\xfe")}
    )
    style = replace(style, conditioning=conditioning)
    stores.styles.create(style, key="k")
    assert stores.styles.get(STUDIO, "sty_1") == style
    assert stores.styles.get(STUDIO, "sty_2") is None


def test_a_key_creates_once(stores: Stores) -> None:
    first = stores.styles.create(a_style(), key="k")
    assert stores.styles.create(a_style("Other", "sty_2"), key="k") == first
    assert stores.styles.list(STUDIO) == (first,)


def test_names_are_unique_whatever_their_case(stores: Stores) -> None:
    first = stores.styles.create(a_style("Straße"), key="k")
    with pytest.raises(Conflict):
        stores.styles.create(a_style("STRASSE", "sty_2"), key="l")
    assert stores.styles.named(STUDIO, "strasse") == first
    assert stores.styles.named(STUDIO, "strass") is None


def test_one_of_many_gets_a_name(stores: Stores) -> None:
    def create(number: int) -> bool:
        style = a_style("Flat", f"sty_{number}")
        return succeeds(lambda: stores.styles.create(style, key=str(number)), Conflict)

    won = race(8, create)
    assert won.count(True) == 1
    assert [style.style_id for style in stores.styles.list(STUDIO)] == [f"sty_{won.index(True)}"]


def test_save_only_over_the_version_before(stores: Stores) -> None:
    first = stores.styles.create(a_style(), key="k")
    second = replace(first, name="Pixel", version=2)
    stores.styles.save(second)
    for version in (1, 2, 4):
        with pytest.raises(Conflict):
            stores.styles.save(replace(first, name="late", version=version))
    assert stores.styles.named(STUDIO, "pixel") == second
    assert stores.styles.named(STUDIO, "flat") is None


def test_a_rename_does_not_take_a_name(stores: Stores) -> None:
    first = stores.styles.create(a_style("Flat", "sty_1"), key="k")
    second = stores.styles.create(a_style("Pixel", "sty_2"), key="l")
    with pytest.raises(Conflict):
        stores.styles.save(replace(second, name="flat", version=2))
    assert stores.styles.list(STUDIO) == (first, second)


def test_two_workspaces_do_not_meet(stores: Stores) -> None:
    ours = stores.styles.create(a_style("b", "sty_1"), key="k")
    also = stores.styles.create(a_style("A", "sty_2"), key="l")
    theirs = stores.styles.create(a_style("b", "sty_1", RIVAL), key="k")
    assert stores.styles.list(STUDIO) == (also, ours)
    assert stores.styles.list(RIVAL) == (theirs,)
    assert stores.styles.get(RIVAL, "sty_2") is None
    assert stores.styles.named(RIVAL, "a") is None
    stores.styles.save(replace(theirs, name="A", version=2))
    assert stores.styles.get(STUDIO, "sty_1") == ours
