"""Links to objects: the store's own where it signs, else to /files, signed here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from assetql.domain.errors import NotFound
from assetql.pipeline.announce_upload import TIME_TO_SEND, Announcement
from assetql.ports import UploadForm
from assetql.services import Services
from integrations.api.dependencies import Pipeline
from integrations.api.resources.models import Link
from integrations.api.secret import signing_secret
from integrations.api.signing import Signer

_DOWNLOAD, _UPLOAD = "download", "upload"


@dataclass(frozen=True, slots=True)
class Download:
    """What a link lets download."""

    key: str
    filename: str


@dataclass(frozen=True, slots=True)
class Slot:
    """What a form lets put."""

    key: str
    media_type: str
    max_bytes: int


class LinkMaker:
    """Makes links and reads its own."""

    def __init__(self, services: Services, base: str) -> None:
        self._services = services
        self._base = base

    @cached_property
    def _signer(self) -> Signer:
        return Signer(signing_secret(self._services.settings), "file")

    def direct(self, key: str, filename: str) -> str | None:
        """The store's own link, signed now; None where it signs nothing."""
        valid = self._services.terms.link
        link = self._services.stores.objects.link(key, filename=filename, valid_for=valid)
        return link if urlsplit(link).scheme in {"http", "https"} else None

    def download(self, key: str, filename: str) -> Link:
        """A link that works for whoever has it until it expires."""
        valid = self._services.terms.link
        url = self.direct(key, filename) or self._own([_DOWNLOAD, key, filename], valid)
        return Link(url=url, expires_at=self._services.clock.now() + valid)

    def form(self, announced: Announcement) -> UploadForm:
        """Where to send an announced file."""
        slot = [_UPLOAD, announced.object_key, announced.media_type, announced.size_bytes]
        return announced.form or UploadForm(self._own(slot, TIME_TO_SEND), {})

    def read_download(self, token: str) -> Download:
        """Raises: NotFound."""
        match self._signer.read(token):
            case [int(until), str(kind), str(key), str(filename)] if kind == _DOWNLOAD:
                self._require_time(until)
                return Download(key, filename)
            case _:
                raise _no_file()

    def read_slot(self, token: str) -> Slot:
        """Raises: NotFound."""
        match self._signer.read(token):
            case [int(until), str(kind), str(key), str(media_type), int(most)] if kind == _UPLOAD:
                self._require_time(until)
                return Slot(key, media_type, most)
            case _:
                raise _no_file()

    def _own(self, what: Sequence[object], valid: timedelta) -> str:
        until = self._services.clock.now() + valid
        token = self._signer.sign([int(until.timestamp()), *what])
        return f"{self._base}/files/{token}"

    def _require_time(self, until: int) -> None:
        if self._services.clock.now() >= datetime.fromtimestamp(until, UTC):
            raise _no_file()


def _no_file() -> NotFound:
    return NotFound("file", "of this link", remedy="Links expire: ask for a new one.")


async def links_of(request: Request, services: Pipeline) -> LinkMaker:
    """Links that begin with the public address, else with the one that was asked."""
    base = services.settings.public_url or str(request.base_url).rstrip("/")
    return LinkMaker(services, base)


Links = Annotated[LinkMaker, Depends(links_of)]
