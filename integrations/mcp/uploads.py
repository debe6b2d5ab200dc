"""How files come in: by their content, or on a laptop by their path."""

import base64
import binascii
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

from anyio.to_thread import run_sync
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.types import CallToolResult
from pydantic import Field
from typing_extensions import TypedDict

from agent.tools.operation import Effect
from assetql.domain.errors import InvalidInput
from assetql.domain.identity import Action, Principal
from assetql.domain.upload import Upload
from assetql.pipeline.uploads import add_upload
from assetql.services import Services
from integrations.mcp.calls import WhoAsks, answered, told
from integrations.mcp.tools import HINTS

Read = Callable[[], tuple[str, bytes]]


class UploadFacts(TypedDict):
    """A file that was kept, for create_batch (a CSV) or set_style and search (an image)."""

    upload_id: str
    filename: str
    media_type: str
    size_bytes: int


def add_upload_content(server: MCPServer, services: Services, who: WhoAsks) -> None:
    """Adds `upload`, which takes small files in the call itself."""

    async def upload(
        context: Context,
        filename: Annotated[str, Field(min_length=1, max_length=255, description="Its ending too")],
        content: Annotated[str, Field(description="The file's bytes in base64")],
    ) -> Annotated[CallToolResult, UploadFacts]:
        """Upload an asset list (CSV) or an image (PNG, JPEG, WebP). Answers with its upload id."""
        read = partial(_decoded, filename, content)
        return await _kept("upload", context, read, services, who)

    server.add_tool(upload, title="Upload", annotations=HINTS[Effect.ADDS], structured_output=True)


def add_upload_path(server: MCPServer, services: Services, who: WhoAsks) -> None:
    """Adds `upload_file`: only where the server runs as the person whose files they are."""

    async def upload_file(
        context: Context,
        path: Annotated[str, Field(min_length=1, description="Of a file on this computer")],
    ) -> Annotated[CallToolResult, UploadFacts]:
        """Upload an asset list (CSV) or an image from this computer. Answers with its upload id."""
        most = max(services.list_limits.max_bytes, services.image_limits.max_bytes)
        return await _kept("upload_file", context, partial(_read, path, most), services, who)

    server.add_tool(
        upload_file, title="Upload file", annotations=HINTS[Effect.ADDS], structured_output=True
    )


async def _kept(
    tool: str, context: Context, read: Read, services: Services, who: WhoAsks
) -> CallToolResult:
    caller = who(context.request_context)

    async def act() -> CallToolResult:
        upload = await run_sync(_keep, read, services, caller)
        facts = UploadFacts(
            upload_id=upload.upload_id,
            filename=upload.filename,
            media_type=upload.media_type,
            size_bytes=upload.size_bytes,
        )
        return told({**facts})

    return await answered(tool, caller, act)


def _keep(read: Read, services: Services, caller: Principal) -> Upload:
    caller.require(Action.EDIT)
    filename, data = read()
    return add_upload(
        filename,
        data,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        image_limits=services.image_limits,
        list_limits=services.list_limits,
    )


def _decoded(filename: str, content: str) -> tuple[str, bytes]:
    try:
        return filename, base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput(
            f"The content of {filename!r} is no base64: {error}.", remedy="Encode the file's bytes."
        ) from error


def _read(path: str, most: int) -> tuple[str, bytes]:
    file = Path(path).expanduser()
    try:
        if file.is_file() and file.stat().st_size <= most:
            return file.name, file.read_bytes()
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path!r} can't be read.", remedy="Check its rights.") from error
    raise InvalidInput(
        f"{path!r} is no file of at most {most:,} bytes.", remedy="Name a CSV or an image."
    )
