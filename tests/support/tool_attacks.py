"""The tools, as a model would call them that was talked into asking for another workspace's."""

from collections.abc import Callable
from typing import Any

from tests.support.studios import Studio

TOOL_CALLS: dict[str, Callable[[Studio], list[dict[str, Any]]]] = {
    "set_style": lambda ours: [{"name": "stolen", "uploads": [ours.image_upload]}],
    "create_batch": lambda ours: [
        {"upload": ours.list_upload},
        {"items": [{"name": "Fork"}], "style": ours.style_name},
        {"items": [{"name": "Fork"}], "style": ours.style_id},
    ],
    "quote": lambda ours: [{"batch": ours.draft.batch_id}],
    "generate": lambda ours: [{"batch": ours.draft.batch_id}],
    "batch_status": lambda ours: [{"batch": ours.done.batch_id}],
    "cancel_batch": lambda ours: [{"batch": ours.running.batch_id}],
    "retry_failed": lambda ours: [{"batch": ours.done.batch_id}],
    "tag": lambda ours: [{"batch": ours.done.batch_id}],
    "edit_tags": lambda ours: [
        {"assets": [ours.asset_id], "add": ["stolen"]},
        {"batch": ours.done.batch_id, "add": ["stolen"]},
    ],
    "search": lambda ours: [
        {"similar_to": ours.asset_id},
        {"similar_to": ours.image_upload},
        {"style": ours.style_name},
    ],
    "make_variations": lambda ours: [{"asset": ours.asset_id, "count": 1}],
    "export": lambda ours: [
        {"presets": ["raw"], "batch": ours.done.batch_id},
        {"presets": ["raw"], "assets": [ours.asset_id]},
    ],
}
