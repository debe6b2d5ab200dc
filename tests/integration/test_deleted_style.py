import pytest

from assetql.domain.errors import Conflict, NotFound
from assetql.pipeline.learn_style import list_styles
from assetql.services import Services
from tests.support.homes import rows_named
from tests.support.studios import Studio, call


def delete(services: Services, ours: Studio) -> None:
    call("delete_style.delete_style", services, ours.caller, ours.style_id)


def draft_in(services: Services, ours: Studio, style: str) -> None:
    rows = rows_named("Fork")
    call("create_batch.create_batch", services, ours.caller, rows, name=None, style=style)


def test_nothing_new_is_made_with_a_deleted_style(services: Services, ours: Studio) -> None:
    delete(services, ours)
    assert list_styles(caller=ours.caller, stores=services.stores) == ()
    for style in (ours.style_id, ours.style_name):
        with pytest.raises(NotFound):
            draft_in(services, ours, style)
    with pytest.raises(NotFound):
        delete(services, ours)


def test_what_was_drafted_with_it_still_finds_it(services: Services, ours: Studio) -> None:
    """Workers and recipes read it by id."""
    before = services.stores.styles.get(ours.caller.workspace, ours.style_id)
    delete(services, ours)
    kept = services.stores.styles.get(ours.caller.workspace, ours.style_id)
    assert before
    assert kept
    assert (kept.references, kept.embeddings, kept.gate, kept.conditioning) == (
        before.references,
        before.embeddings,
        before.gate,
        before.conditioning,
    )
    assert all(services.stores.objects.exists(each.object_key) for each in kept.references)


def test_its_name_is_free(services: Services, ours: Studio) -> None:
    delete(services, ours)
    learnt = call(
        "learn_style.learn_style",
        services,
        ours.caller,
        ours.style_name,
        [ours.image_upload],
        key="again",
    )
    assert learnt.style_id != ours.style_id
    assert learnt.name == ours.style_name
    draft_in(services, ours, ours.style_name)


def test_a_key_that_made_a_deleted_style_makes_no_other(services: Services, ours: Studio) -> None:
    delete(services, ours)
    with pytest.raises(Conflict):
        call(
            "learn_style.learn_style",
            services,
            ours.caller,
            ours.style_name,
            [ours.image_upload],
            key="style",
        )
