"""Requests that are made to cost more than they say: refused soon, by a short problem."""

import gzip
import http.client
import json
import struct
import zlib
from urllib.parse import urlsplit

import httpx
import pytest

from assetql.services import Services
from tests.support.api import answer

_LONGEST = 64 * 1024  # bytes of an answer that refuses
_FORM = {"content-type": "multipart/form-data; boundary=B"}
_FILE = b'Content-Disposition: form-data; name="file"; filename="a.csv"'
MEMBERS = b",".join(b'"k%d":1' % n for n in range(400_000))

DOCUMENTS = {
    "ten thousand levels": b"[" * 10_000 + b"]" * 10_000,
    "levels without an end": b'{"a":' * 1_000_000,
    "a number of many digits": b'{"rows":' + b"9" * 100_000 + b"}",
    "numbers that are none": b'{"rows":NaN,"name":-Infinity,"style":1e999}',
    "members": b"{" + MEMBERS + b"}",
    "members below": b'{"rows":[{' + MEMBERS + b"}]}",
    "elements": b'{"rows":[' + b"1," * 100_000 + b"1]}",
    "a few too many members": b"{" + MEMBERS[: MEMBERS.index(b',"k15000"')] + b"}",
    "a name of a million letters": json.dumps({"x" * 1_000_000: 1}).encode(),
    "text of 9 MiB": json.dumps({"name": "x" * 9 * 2**20}).encode(),
    "gzip": gzip.compress(b"[" * 1_000_000),
}


@pytest.mark.parametrize("what", DOCUMENTS)
@pytest.mark.parametrize("path", ["/v1/batches", "/runs/wait"])
def test_a_document_is_refused(our_client: httpx.Client, path: str, what: str) -> None:
    headers = {"content-type": "application/json"}
    if what == "gzip":
        headers["content-encoding"] = "gzip"
    refused(our_client.post(path, content=DOCUMENTS[what], headers=headers))


def form(*parts: tuple[bytes, bytes]) -> bytes:
    sent = b"".join(b"--B\r\n" + head + b"\r\n\r\n" + body + b"\r\n" for head, body in parts)
    return sent + b"--B--\r\n"


FORMS = {
    "parts": form(*((_FILE.replace(b"file", b"f"), b"x") for _ in range(5_000))),
    "fields": form(*((b'Content-Disposition: form-data; name="f"', b"x") for _ in range(5_000))),
    "a field of 8 MiB": form((b'Content-Disposition: form-data; name="f"', bytes(2**23))),
    "a header of 1 MiB": form((_FILE + b"\r\nX-A: " + b"a" * 2**20, b"name\nA\n")),
    "headers": form((_FILE + b"\r\nX-A: a" * 10_000, b"name\nA\n")),
    "a name of 1 MiB": form((_FILE.replace(b"file", b"f" * 2**20), b"name\nA\n")),
    "boundaries": b"--B" * 100_000,
}


@pytest.mark.parametrize("what", FORMS)
def test_a_form_is_refused(our_client: httpx.Client, what: str) -> None:
    refused(our_client.post("/v1/direct-uploads", content=FORMS[what], headers=_FORM))


LISTS = {
    "a cell": b"name,description\nA," + b"x" * 2**20,
    "columns": b"name" + b"," * 1_000 + b"\nA\n",
    "columns of a row": b"name,description\nA" + b"," * 2**20,
    "a quote without an end": b'name,description\n"A,' + b"x\n" * 2**16,
    "quotes": b"name,description\n" + b'"' * 2**20,
    "blank rows": b"name,description\n" + b"\n" * 2**16,
    "brackets": b"name," + b"(" * 2**20 + b"\nA,b,c\n",
}


@pytest.mark.parametrize("what", LISTS)
def test_a_list_makes_no_batch(our_client: httpx.Client, what: str) -> None:
    read = our_client.post("/v1/imports", json={"upload_id": sent(our_client, LISTS[what])})
    assert len(read.content) < _LONGEST
    if read.status_code == 200:
        assert read.json()["batch"] is None
        assert read.json()["refused"]
    else:
        refused(read)


def chunk(name: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)


def png(width: int, height: int, pixels: int, *more: bytes) -> bytes:
    """A PNG that says it has these sides, with so many bytes of pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(pixels), 9))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + data + chunk(b"IEND", b"")


def profile(size: int) -> bytes:
    """A colour profile that unpacks to so many bytes."""
    return chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(size), 9))


def note_of(size: int) -> bytes:
    return chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(size), 9))


def test_an_image_that_says_it_is_huge_is_not_kept(our_client: httpx.Client) -> None:
    for sides in ((50_000, 50_000), (2**31 - 1, 1), (16_384, 16_384), (0, 1)):
        file = ("a.png", png(*sides, pixels=1_000))
        refused(our_client.post("/v1/direct-uploads", files={"file": file}))


@pytest.mark.parametrize(
    "image",
    [png(16, 16, 1_088, profile(2**26)), png(16, 16, 1_088, *[note_of(2**20 - 9)] * 99)],
    ids=["a profile", "notes"],
)
def test_no_style_is_learnt_of_a_bomb(our_client: httpx.Client, image: bytes) -> None:
    upload = sent(our_client, image, "a.png")
    refused(our_client.post("/v1/styles", json={"name": "Bomb", "uploads": [upload]}))


def test_pixels_beyond_the_image_are_not_unpacked(our_client: httpx.Client) -> None:
    upload = sent(our_client, png(16, 16, 2**26), "a.png")
    style = answer(our_client.post("/v1/styles", json={"name": "S", "uploads": [upload]}), 201)
    assert style["palette"] == ["#000000"]


def test_a_stranger_is_refused_before_the_body_is_read(address: str, services: Services) -> None:
    for path in ("/v1/direct-uploads", "/v1/batches", "/v1/keys", "/threads", "/invocations"):
        where = urlsplit(address)
        asking = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
        asking.putrequest("POST", path)
        asking.putheader("Content-Type", "application/json")
        asking.putheader("Content-Length", str(services.settings.max_body_bytes))
        asking.endheaders()  # nothing of the body follows
        assert asking.getresponse().status == 401
        asking.close()


def sent(client: httpx.Client, data: bytes, name: str = "a.csv") -> str:
    kept = answer(client.post("/v1/direct-uploads", files={"file": (name, data)}), 201)
    return str(kept["upload_id"])


def refused(response: httpx.Response) -> None:
    assert response.status_code in {400, 413, 422}, response.text[:1_000]
    assert response.headers["content-type"] == "application/problem+json"
    assert len(response.content) < _LONGEST
    assert response.json()["detail"]
