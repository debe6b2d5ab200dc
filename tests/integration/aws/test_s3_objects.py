"""What S3 does beyond the contract: links that are signed, large objects, faults."""

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import Message
from urllib.parse import unquote

import httpx
import pytest

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.objects import S3Objects, UploadForm
from assetql.adapters.aws.resources import Names
from assetql.domain.errors import InvalidInput, NotFound, StoreUnavailable
from tests.contract.values import MINUTE
from tests.support.fault_proxy.faults import LOST_REPLY, RESET, UNAVAILABLE, Forward
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.script import Rule
from tests.support.fault_proxy.traffic import Reply, Request

PNG = "image/png"
SECOND = timedelta(seconds=1)
MEBIBYTE = 2**20


@pytest.fixture
def objects(aws: tuple[Clients, Names]) -> S3Objects:
    clients, names = aws
    return S3Objects(clients.s3, names.bucket)


def _post(form: UploadForm, data: bytes, **changes: str) -> int:
    fields = {**form.fields, **changes}
    return httpx.post(form.url, data=fields, files={"file": ("flask.png", data)}).status_code


def test_a_link_opens_one_object_only(objects: S3Objects) -> None:
    objects.put("raw/studio/a.png", b"ours", media_type=PNG)
    objects.put("raw/rival/a.png", b"theirs", media_type=PNG)
    link = objects.link("raw/studio/a.png", filename="a.png", valid_for=MINUTE)
    answer = httpx.get(link)
    assert (answer.content, answer.headers["content-type"]) == (b"ours", PNG)
    assert httpx.get(link.replace("studio", "rival")).status_code == 403
    assert httpx.put(link, content=b"new").status_code == 403
    assert objects.get("raw/studio/a.png") == b"ours"


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("flask.png", "flask.png"),
        ('посуда "1" & 50 %.csv', 'посуда "1" & 50 %.csv'),
        ("a\r\nSet-Cookie: x.png", "a__Set-Cookie: x.png"),
        ("../../etc/passwd", ".._.._etc_passwd"),
    ],
)
def test_a_link_saves_under_any_file_name(objects: S3Objects, name: str, saved: str) -> None:
    objects.put("exports/a.zip", b"data", media_type="application/zip")
    header = httpx.get(objects.link("exports/a.zip", filename=name, valid_for=MINUTE)).headers
    disposition = Message()
    disposition["content-disposition"] = header["content-disposition"]
    assert disposition.get_content_disposition() == "attachment"
    assert unquote(header["content-disposition"].partition("filename*=UTF-8''")[2]) == saved
    assert "set-cookie" not in header


def test_an_upload_form_takes_what_it_says(objects: S3Objects) -> None:
    key = "uploads/studio/upl_1"
    form = objects.upload_form(key, media_type=PNG, max_bytes=10, valid_for=MINUTE)
    refused = {
        "another key": _post(form, b"data", key="uploads/rival/upl_1"),
        "another type": _post(form, b"data", **{"Content-Type": "text/html"}),
        "too big": _post(form, b"x" * 11),
        "empty": _post(form, b""),
    }
    assert {why: status for why, status in refused.items() if status not in {400, 403}} == {}
    assert list(objects.keys("")) == []
    assert _post(form, b"x" * 10) == 204
    assert objects.get(key) == b"x" * 10
    assert (
        httpx.get(objects.link(key, filename="a", valid_for=MINUTE)).headers["content-type"] == PNG
    )


def test_links_end(objects: S3Objects) -> None:
    objects.put("raw/a.png", b"data", media_type=PNG)
    link = objects.link("raw/a.png", filename="a.png", valid_for=SECOND)
    form = objects.upload_form("raw/b.png", media_type=PNG, max_bytes=10, valid_for=SECOND)
    time.sleep(1.1)
    assert httpx.get(link).status_code == 403
    assert _post(form, b"data") == 403
    assert not objects.exists("raw/b.png")


def test_no_link_is_signed_for_a_bad_key(objects: S3Objects) -> None:
    for key in ("uploads/../raw/a.png", "uploads/${filename}", "uploads/"):
        with pytest.raises(InvalidInput):
            objects.upload_form(key, media_type=PNG, max_bytes=1, valid_for=MINUTE)


def test_a_large_object_goes_up_in_parts(objects: S3Objects, proxy: FaultProxy) -> None:
    with objects.writer("exports/a.zip", media_type="application/zip") as file:
        for number in range(12):
            file.write(bytes([number]) * MEBIBYTE)
        file.seek(0)
        file.write(b"head")
    with objects.open("exports/a.zip") as file:
        assert file.read(5) == b"head\0"
        file.seek(-1, 2)
        assert file.read() == bytes([11])
        assert file.tell() == 12 * MEBIBYTE
    assert "UploadPart" in {seen.operation for seen in proxy.log()}


def test_parts_that_fail_leave_no_object(
    objects: S3Objects, aws: tuple[Clients, Names], proxy: FaultProxy
) -> None:
    proxy.plan(Rule(fault=UNAVAILABLE, service="s3", operation="UploadPart", times=None))
    clients, bucket = aws[0], aws[1].bucket
    once = {"total_max_attempts": 1}
    with (
        pytest.raises(StoreUnavailable),
        S3Objects(clients.client("s3", retries=once), bucket).writer(
            "exports/a.zip", media_type="application/zip"
        ) as file,
    ):
        file.write(bytes(9 * MEBIBYTE))
    assert list(objects.keys("")) == []
    assert "Uploads" not in clients.s3.list_multipart_uploads(Bucket=bucket)


def test_a_reply_that_was_lost_is_asked_for_again(objects: S3Objects, proxy: FaultProxy) -> None:
    proxy.plan(
        Rule(fault=LOST_REPLY, service="s3", operation="PutObject"),
        Rule(fault=RESET, service="s3", operation="GetObject"),
        Rule(fault=UNAVAILABLE, service="s3", operation="DeleteObject"),
    )
    objects.put("raw/a.png", b"data", media_type=PNG)
    assert objects.get("raw/a.png") == b"data"
    objects.delete("raw/a.png")
    assert not objects.exists("raw/a.png")
    assert proxy.hits() == 3


@dataclass(frozen=True, slots=True)
class SmallPages:
    """S3 may list fewer keys at once than it was asked for."""

    name: str = "small pages"

    async def __call__(self, request: Request, forward: Forward) -> Reply:
        return await forward(replace(request, target=f"{request.target}&max-keys=2"))


def test_more_keys_than_a_page_holds_are_listed(objects: S3Objects, proxy: FaultProxy) -> None:
    keys = [f"raw/{number}" for number in range(5)]
    for key in keys:
        objects.put(key, b"", media_type=PNG)
    proxy.plan(Rule(fault=SmallPages(), service="s3", operation="ListObjectsV2", times=None))
    assert list(objects.keys("raw/")) == keys
    assert proxy.hits() == 3


def test_a_bucket_that_is_not_there_says_so(aws: tuple[Clients, Names]) -> None:
    nowhere = S3Objects(aws[0].s3, "no-such-bucket")
    with pytest.raises(
        StoreUnavailable, match=r"no-such-bucket does not exist.*ASSETQL_AWS_BUCKET"
    ):
        nowhere.put("raw/a.png", b"", media_type=PNG)
    with pytest.raises(StoreUnavailable, match="no-such-bucket"):
        nowhere.get("raw/a.png")
    with pytest.raises(StoreUnavailable, match="no-such-bucket"):
        list(nowhere.keys(""))


def test_a_missing_object_is_not_a_missing_store(objects: S3Objects) -> None:
    with pytest.raises(NotFound):
        objects.get("raw/none.png")
