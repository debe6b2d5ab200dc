"""Files that people attach in Slack, fetched from Slack alone and checked as any upload."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from assetql.domain.errors import AssetQLError, InvalidInput, Unavailable
from assetql.domain.identity import Principal
from assetql.domain.upload import Upload
from assetql.pipeline.uploads import add_upload
from assetql.services import Services
from integrations.slack.desk import Desk
from integrations.slack.installations import Installation

_HOSTS = ("files.slack.com", "files.slack-edge.com")
_CHUNK = 64 * 1024
_PATIENCE = aiohttp.ClientTimeout(total=60)


async def take_files(
    files: Iterable[Mapping[str, Any]],
    *,
    desk: Desk,
    team: Installation,
    caller: Principal,
    thread_id: str,
) -> tuple[list[str], list[AssetQLError]]:
    """The ids of what was taken in, and why the rest was not."""
    taken: list[str] = []
    refused: list[AssetQLError] = []
    for file in files:
        try:
            data = await _fetch(file, desk=desk, team=team)
            upload = await desk.agent.call(
                _keep, file, data, desk.agent.services, caller, thread_id
            )
            taken.append(upload.upload_id)
        except AssetQLError as error:
            refused.append(error)
    return taken, refused


def _keep(
    file: Mapping[str, Any], data: bytes, services: Services, caller: Principal, thread_id: str
) -> Upload:
    return add_upload(
        _name(file),
        data,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        image_limits=services.image_limits,
        list_limits=services.list_limits,
        thread_id=thread_id,
    )


async def _fetch(file: Mapping[str, Any], *, desk: Desk, team: Installation) -> bytes:
    """Raises: InvalidInput naming the file; Unavailable."""
    name = _name(file)
    url = str(file.get("url_private_download") or file.get("url_private") or "")
    if file.get("is_external") or not _is_slacks(url, desk.web.api_url):
        raise InvalidInput(f"{name!r} is not kept by Slack.", remedy="Attach the file itself.")
    services = desk.agent.services
    most = max(services.image_limits.max_bytes, services.list_limits.max_bytes)
    bearer = {"Authorization": f"Bearer {team.bot_token}"}
    try:
        # A redirect would carry the token, or the request, to where somebody else says.
        async with desk.web.session.get(
            url, headers=bearer, allow_redirects=False, timeout=_PATIENCE
        ) as answer:
            if answer.status != 200 or answer.content_type == "text/html":
                raise InvalidInput(
                    f"Slack does not hand out {name!r} (HTTP {answer.status}).",
                    remedy="Attach it here again; the app needs the scope files:read.",
                )
            return await _read(answer, name, most)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unavailable(f"{name!r} can't be fetched from Slack.", remedy="Try again.") from error


async def _read(answer: aiohttp.ClientResponse, name: str, most: int) -> bytes:
    data = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        data += chunk
        if len(data) > most:
            raise InvalidInput(
                f"{name!r} has more than {most:,} bytes.", remedy="Attach a smaller file."
            )
    return bytes(data)


def _is_slacks(url: str, api_url: str) -> bool:
    """Whether the token may be shown to who answers there."""
    to, api = urlsplit(url), urlsplit(api_url)
    own = (to.scheme, to.netloc) == (api.scheme, api.netloc)
    return own or (to.scheme == "https" and to.netloc in _HOSTS)


def _name(file: Mapping[str, Any]) -> str:
    return str(file.get("name") or file.get("title") or "file")
