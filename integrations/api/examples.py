"""What the OpenAPI document shows as the body of each operation that takes JSON."""

from collections.abc import Mapping

_ROW = {
    "name": "health potion",
    "description": "a red flask with a cork",
    "category": "potion",
    "width": 256,
    "height": 256,
    "variations": 2,
}
_RUN = {
    "assistant_id": "assetql",
    "input": {"messages": [{"role": "user", "content": "Find the red potions."}]},
    "stream_mode": ["values"],
}
# By operation; ids are made up.
BODIES: Mapping[str, Mapping[str, object]] = {
    "quoteRows": {"rows": [_ROW]},
    "createBatch": {"name": "Potions", "style": "sty_k3v5q2m7xd", "rows": [_ROW]},
    "importBatch": {"upload_id": "upl_c3v5q2m7xd", "valid_rows_only": True},
    "exportBatch": {"presets": ["unity"]},
    "answerApproval": {"decision": "approve"},
    "learnStyle": {"name": "Noto", "uploads": ["upl_k3v5q2m7xd"]},
    "editTags": {"add_tags": ["boss drop"], "remove_tags": ["plain"]},
    "makeVariations": {"count": 4, "change": "blue liquid"},
    "announceUpload": {
        "filename": "potions.csv",
        "size_bytes": 1_024,
        "media_type": "text/csv",
    },
    "exportAssets": {"asset_ids": ["ast_k3v5q2m7xd-00001-001-r1"], "presets": ["unity", "web"]},
    "setBudget": {"budget": 25.0},
    "createKey": {"name": "build server", "roles": ["editor"], "expires_in_days": 90},
    "searchAssistants": {"graph_id": "assetql"},
    "countAssistants": {"graph_id": "assetql"},
    "createThread": {"metadata": {"level": "swamp"}},
    "searchThreads": {"metadata": {"level": "swamp"}, "limit": 10},
    "countThreads": {"status": "interrupted"},
    "updateThread": {"metadata": {"level": "castle"}},
    "getStateOf": {"checkpoint": {}},
    "searchHistory": {"limit": 10},
    "createRun": {**_RUN, "multitask_strategy": "enqueue"},
    "waitForRun": {
        "assistant_id": "assetql",
        "command": {"resume": {"approval_id": "apr_k3v5q2m7xd", "decision": "approve"}},
    },
    "streamRun": {**_RUN, "stream_mode": ["messages-tuple", "custom"]},
    "createStatelessRun": _RUN,
    "waitForStatelessRun": _RUN,
    "streamStatelessRun": {**_RUN, "stream_mode": ["messages-tuple", "custom"]},
    "invoke": {"prompt": "What can you do?"},
}
