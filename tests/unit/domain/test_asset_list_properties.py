"""What any list must keep: valid rows come back, and a bad line takes no other with it."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from assetql.domain.asset_list.limits import Refusal
from assetql.domain.asset_list.reader import AssetListReader
from assetql.domain.batch import Row

# Letters that Windows-1252 has and that never look like UTF-8 there.
LETTERS = "abXY09éüñß .,;|\t\"'=+-@"
WORDS = st.text(LETTERS, min_size=1, max_size=12).map(lambda text: " ".join(text.split()))
NAMES = WORDS.filter(bool)
PROMPTS = st.lists(WORDS, max_size=3).map("\n".join).map(str.strip)
SIDES = st.integers(16, 2048)
ITEMS = st.lists(
    st.tuples(NAMES, PROMPTS, WORDS, SIDES, SIDES, st.integers(1, 64)), min_size=1, max_size=8
)
HEADER = ("Title", "Prompt", "Type", "Width", "Height", "Qty")
BAD = st.sampled_from(
    ['"open', '"open,a,b,64,64,1', 'n,"open', '"a"b,c', "only", "n,p,t,64,64,1,more", "x,p,t,q,1,1",
     "n,\0,t,64,64,1", ",p,t,64,64,1", "n,p,t,64,64,0"]
)  # fmt: skip


def written(
    items: list[tuple[object, ...]], delimiter: str, end: str, *, quote_all: bool
) -> list[str]:
    """A record each. Line breaks inside cells are those of the file."""
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    lines: list[str] = []
    for item in (HEADER, *items):
        cells = [str(cell).replace("\n", end) for cell in item]
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerow(cells)
        lines.append(out.getvalue())
    return lines


def facts(row: Row | Refusal) -> tuple[object, ...]:
    assert isinstance(row, Row), row
    return row.name, row.description, row.category, row.width, row.height, row.variations


def unique(items: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Without duplicates, and with the description that an empty one stands for."""
    named = [(name, text or name, *rest) for name, text, *rest in items]
    return list({item[:5]: item for item in named}.values())


@settings(max_examples=150)
@given(
    items=ITEMS,
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quote_all=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
)
def test_what_a_csv_writer_wrote_comes_back(
    items: list[tuple[object, ...]], delimiter: str, end: str, quote_all: bool, encoding: str
):
    expected = unique(items)
    data = "".join(written(expected, delimiter, end, quote_all=quote_all)).encode(encoding)
    reader = AssetListReader(io.BytesIO(data))
    assert [facts(row) for row in reader] == expected
    assert reader.delimiter == delimiter


@settings(max_examples=200)
@given(
    items=ITEMS,
    bad=BAD,
    place=st.integers(0, 8),
    quote_all=st.booleans(),
)
def test_one_bad_line_takes_no_other_with_it(
    items: list[tuple[object, ...]], bad: str, place: int, quote_all: bool
):
    expected = unique(items)
    lines = written(expected, ",", "\n", quote_all=quote_all)
    at = 1 + place % len(lines)
    lines.insert(at, bad + "\n")
    found = list(AssetListReader(io.BytesIO("".join(lines).encode())))
    refused = [item for item in found if isinstance(item, Refusal)]
    assert [facts(item) for item in found if isinstance(item, Row)] == expected
    assert [item.line for item in refused] == [1 + "".join(lines[:at]).count("\n")]


@settings(max_examples=150)
@given(st.binary(max_size=400))
def test_no_bytes_at_all_break_the_reader(tail: bytes):
    found = list(AssetListReader(io.BytesIO(b"name,size\nA,64\n" + tail)))
    assert found[0] == Row(name="A", description="A", category="", width=64, height=64, line=2)
    lines = [item.line for item in found]
    assert lines == sorted(set(lines))
