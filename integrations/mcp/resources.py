"""Resources: assets with their thumbnails, styles, batches and packages, by their ids."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from anyio.to_thread import run_sync
from mcp.server import MCPServer
from mcp.server.context import CallNext, HandlerResult, ServerMiddleware
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.shared.exceptions import MCPError
from mcp.types import INTERNAL_ERROR, ListResourcesResult, Resource

from agent.tools.artifacts import Facts, asset_facts, batch_card, style_card
from assetql.domain.errors import AssetQLError, NotFound
from assetql.domain.identity import Principal
from assetql.pipeline import search
from assetql.pipeline.batch_contents import list_batches
from assetql.pipeline.batch_status import get_batch, report_batch
from assetql.pipeline.export import get_package
from assetql.pipeline.learn_style import find_style, list_styles
from assetql.services import Services
from assetql.telemetry.events import EventLog
from integrations.mcp.calls import LinkTo, Request, WhoAsks

_JSON = "application/json"
_PNG = "image/png"
_LISTED = 50
_EVENTS = EventLog(__name__)
T = TypeVar("T")
Reads = Callable[[str, Principal], T]


def add_resources(server: MCPServer, services: Services, who: WhoAsks, link: LinkTo) -> None:
    """Templates by id, and a list of what the workspace has."""
    read = _Reader(services, link)

    @server.resource("assetql://assets/{asset_id}", title="Asset", mime_type=_JSON)
    async def asset(asset_id: str, context: Context) -> str:
        """An image: its name, tags, size, style and the recipe that it was made by."""
        return await _read(context, who, read.asset, asset_id)

    @server.resource("assetql://assets/{asset_id}/thumbnail", title="Thumbnail", mime_type=_PNG)
    async def thumbnail(asset_id: str, context: Context) -> bytes:
        """A small PNG of an asset."""
        return await _read(context, who, read.thumbnail, asset_id)

    @server.resource("assetql://styles/{style_id}", title="Style", mime_type=_JSON)
    async def style(style_id: str, context: Context) -> str:
        """A learnt style: palette, references, and how it judges images."""
        return await _read(context, who, read.style, style_id)

    @server.resource("assetql://batches/{batch_id}", title="Batch", mime_type=_JSON)
    async def batch(batch_id: str, context: Context) -> str:
        """How a batch stands."""
        return await _read(context, who, read.batch, batch_id)

    @server.resource("assetql://exports/{export_id}", title="Package", mime_type=_JSON)
    async def package(export_id: str, context: Context) -> str:
        """A package: what is in it, and a link to its ZIP that is signed now and soon ends."""
        return await _read(context, who, partial(read.package, context.request_context), export_id)

    server.middleware.append(_listing(read, who))


async def _read(context: Context, who: WhoAsks, reads: Reads[T], key: str) -> T:
    """Raises: ResourceNotFoundError; ResourceError for our other errors."""
    caller = who(context.request_context)
    try:
        return await run_sync(reads, key, caller)
    except NotFound as error:
        raise ResourceNotFoundError(str(error)) from error
    except AssetQLError as error:
        raise ResourceError(str(error)) from error


def _listing(read: "_Reader", who: WhoAsks) -> ServerMiddleware[Any]:
    """The list is the workspace's, where the SDK's own is the same for everybody."""

    async def listing(ctx: Request, call_next: CallNext) -> HandlerResult:
        if ctx.method != "resources/list":
            return await call_next(ctx)
        try:
            return ListResourcesResult(resources=await run_sync(read.listed, who(ctx)))
        except AssetQLError as error:
            raise MCPError(INTERNAL_ERROR, str(error)) from error
        # The SDK masks crashes of tools and templates, but tells a client those of a middleware.
        except Exception as error:
            _EVENTS.crash("resources.crashed", error)
            raise MCPError(INTERNAL_ERROR, "Error listing resources") from error

    return listing


class _Reader:
    """Reads for a caller, through the use cases."""

    def __init__(self, services: Services, link: LinkTo) -> None:
        self._services = services
        self._link = link
        self._stores = services.stores

    def asset(self, asset_id: str, caller: Principal) -> str:
        found = search.get_asset(asset_id, caller=caller, stores=self._stores)
        recipe = found.recipe
        made_by: Facts = {
            "model": recipe.model_id,
            "prompt": recipe.prompt_sent,
            "negative_prompt": recipe.negative_prompt,
            "seed": recipe.seed,
            "num_inference_steps": recipe.num_inference_steps,
            "guidance_scale": recipe.guidance_scale,
        }
        return _json(
            asset_facts(found)
            | {
                "description": found.description,
                "colors": list(found.colors),
                "style_score": found.style_score,
                "created_at": found.created_at.isoformat(),
                "recipe": made_by,
            }
        )

    def thumbnail(self, asset_id: str, caller: Principal) -> bytes:
        found = search.get_asset(asset_id, caller=caller, stores=self._stores)
        return self._stores.objects.get(found.thumbnail_key)

    def style(self, style_id: str, caller: Principal) -> str:
        return _json(style_card(find_style(style_id, caller=caller, stores=self._stores)))

    def batch(self, batch_id: str, caller: Principal) -> str:
        found = get_batch(batch_id, caller=caller, stores=self._stores)
        return _json(batch_card(report_batch(found, stores=self._stores), style=found.style_id))

    def package(self, request: Request, export_id: str, caller: Principal) -> str:
        found = get_package(export_id, caller=caller, stores=self._stores)
        return _json(
            {
                "export_id": found.export_id,
                "filename": found.filename,
                "presets": list(found.presets),
                "assets": found.assets,
                "bytes": found.bytes,
                "sha256": found.sha256,
                "link": self._link(request, found),
            }
        )

    def listed(self, caller: Principal) -> list[Resource]:
        """The styles, the newest batches, and the newest assets."""
        stores = self._stores
        query = search.AssetQuery(limit=_LISTED)
        page = search.search(
            query,
            caller=caller,
            stores=stores,
            embedder=self._services.embedder,
            image_limits=self._services.image_limits,
        )
        styles = list_styles(caller=caller, stores=stores)
        batches = list_batches(caller=caller, stores=stores).items
        return [
            *(_listed("styles", each.style_id, each.name) for each in styles),
            *(_listed("batches", each.batch.batch_id, each.batch.name) for each in batches),
            *(_listed("assets", each.asset_id, each.name) for each in page.assets),
        ]


def _listed(kind: str, key: str, name: str) -> Resource:
    return Resource(uri=f"assetql://{kind}/{key}", name=key, title=name, mime_type=_JSON)


def _json(document: Facts) -> str:
    shown = {key: value for key, value in document.items() if key not in {"kind", "resolved"}}
    return json.dumps(shown, ensure_ascii=False, default=str)
