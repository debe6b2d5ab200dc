"""Asset lists: what is accepted, and how each refused line is named."""

import io
from pathlib import Path

import pytest

from assetql.domain.asset_list.limits import ListLimits, Refusal, RowDefaults
from assetql.domain.asset_list.reader import AssetListReader
from assetql.domain.batch import Row
from assetql.domain.errors import InvalidInput

LISTS = Path(__file__).parents[3] / "examples" / "lists"
HEADER = "name,description,category,width,height,variations\n"


def reading(text: str | bytes, limits: ListLimits | None = None) -> AssetListReader:
    data = text if isinstance(text, bytes) else text.encode()
    return AssetListReader(io.BytesIO(data), limits=limits)


def read(text: str | bytes, limits: ListLimits | None = None) -> list[Row | Refusal]:
    return list(reading(text, limits))


def rows(found: list[Row | Refusal]) -> list[Row]:
    return [item for item in found if isinstance(item, Row)]


def refusals(found: list[Row | Refusal]) -> list[Refusal]:
    return [item for item in found if isinstance(item, Refusal)]


def only_refusal(text: str | bytes, limits: ListLimits | None = None) -> Refusal:
    (refusal,) = refusals(read(text, limits))
    return refusal


def test_the_main_list_gives_forty_rows():
    reader = reading((LISTS / "rpg_items.csv").read_bytes())
    found = list(reader)
    assert len(rows(found)) == len(found) == 40
    assert all(source == field for source, field in reader.mapping.items())
    assert found[0] == Row(
        name="Minor Health Potion",
        description="small round flask, red liquid, cork stopper",
        category="potion",
        width=256,
        height=256,
        line=2,
    )


def test_a_spreadsheets_list_is_wholly_valid():
    reader = reading((LISTS / "mobile_ui_icons_excel.csv").read_bytes())
    found = rows(list(reader))
    assert (reader.encoding, reader.delimiter) == ("utf-8-sig", ";")
    assert reader.mapping == {
        "Title": "name",
        "Prompt": "description",
        "Type": "category",
        "Size": "size",
        "Count": "variations",
    }
    assert [row.line for row in found] == [2, 3, 4, 6, 7, 8, 9, 10, 11, 12]
    assert found[2].description == "gear with\neight teeth"
    assert (found[6].name, found[6].description) == ("金币", "一枚金币")
    assert [(row.width, row.height) for row in found[-3:]] == [(96, 96), (192, 192), (192, 192)]
    assert [row.variations for row in found] == [2, 2, 1, 1, 1, 1, 1, 2, 1, 1]


def test_the_messy_list_line_by_line():
    found = read((LISTS / "messy_campaign.csv").read_bytes())
    assert [row.line for row in rows(found)] == [2, 6, 9, 10]
    assert rows(found)[2].description == '=HYPERLINK("http://example.com","x")'
    named = {r.line: (r.column, r.value) for r in refusals(found)}
    assert named == {
        3: ("name", ""),
        4: ("width", "wide"),
        5: ("variations", "0"),
        7: ("name", "Winter Banner"),
        8: ("name", '"Unclosed quote,banner,1024,512,1'),
        11: ("width", "100000"),
        12: ("variations", "100000"),
        13: ("column 7", "surplus, columns"),
        14: ("category", "Short, row with fewer columns"),
        15: ("description", r"before\x00after"),
    }
    assert "line 6" in next(r.reason for r in refusals(found) if r.line == 7)
    assert all(r.reason and r.remedy for r in refusals(found))


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        ("Asset Name,DETAILS,Kind", {"name": 0, "description": 1, "category": 2}),
        ("item;Qty;Size (px)", {"name": 0, "variations": 1, "size": 2}),
        ("Icon_Name\tnotes\tAmount", {"name": 0, "variations": 2}),
        ("title|name|prompt", {"name": 1, "description": 2}),
        ("name,size,width,height", {"name": 0, "width": 2, "height": 3}),
        ("name,size,width", {"name": 0, "size": 1}),
    ],
)
def test_header_names_as_people_write_them(header: str, mapping: dict[str, int]):
    reader = reading(header + "\n")
    fields = list(reader.mapping.values())
    assert {f: n for n, f in enumerate(fields) if f} == mapping


def test_repeated_and_empty_header_cells_keep_their_own_names():
    reader = reading("name,note,note,,size\nA,,,,64\n")
    assert reader.mapping == {
        "name": "name",
        "note": None,
        "note (column 3)": None,
        "column 4": None,
        "size": "size",
    }
    assert rows(list(reader))[0].width == 64


def test_a_list_without_names_says_what_it_found():
    with pytest.raises(InvalidInput, match=r"Line 1 .* 'Prompt', 'Colour'") as caught:
        reading("Prompt,Colour\nred,blue\n")
    assert "title" in caught.value.remedy


@pytest.mark.parametrize("text", ["name\n", "name", "name,description\n\n,,\n , \n"])
def test_a_list_without_rows_is_refused(text: str):
    with pytest.raises(InvalidInput, match="has no rows"):
        read(text)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (b"PK\x03\x04rest", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\xff\xfe\x00\x00n\x00\x00\x00", "UTF-32"),
        (b'"name,description\nA,B\n', "quotes"),
    ],
)
def test_what_is_no_list_is_refused_at_once(data: bytes, what: str):
    with pytest.raises(InvalidInput, match=what) as caught:
        reading(data)
    assert caught.value.remedy


def test_defaults_fill_what_the_list_leaves_open():
    defaults = RowDefaults(width=64, height=32, variations=3, category="misc")
    reader = AssetListReader(io.BytesIO(b"name,category,count\nSword,,\n"), defaults=defaults)
    assert list(reader) == [
        Row(name="Sword", description="Sword", category="misc", width=64, height=32, variations=3,
            line=2)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("size", "sides"),
    [
        ("128x64", (128, 64)),
        ("128 × 64", (128, 64)),
        ("128X64 px", (128, 64)),
        ("128*64", (128, 64)),
        ("256", (256, 256)),
        ("256px", (256, 256)),
        ("256.0", (256, 256)),
    ],
)
def test_sizes_as_people_write_them(size: str, sides: tuple[int, int]):
    (row,) = rows(read(f"name;size\nA;{size}\n"))
    assert (row.width, row.height) == sides


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ("A,d,c,8,64,1", "width"),
        ("A,d,c,64,-5,1", "height"),
        ("A,d,c,64,4096,1", "height"),
        ("A,d,c,64,1e3,1", "height"),
        ("A,d,c,64,64,65", "variations"),
        ("A,d,c,64,64,-1", "variations"),
        ("A,d,c,64,64,two", "variations"),
        ("A,d,c,64,64,1.5", "variations"),
        ("A,d,c,64,99999999999999999999,1", "height"),
    ],
)
def test_numbers_out_of_bounds_are_named(cell: str, column: str):
    refusal = only_refusal(HEADER + cell + "\n")
    assert (refusal.line, refusal.column) == (2, column)
    assert refusal.value in cell


def test_the_size_column_is_named_as_the_file_does():
    refusal = only_refusal("Title;Dimensions\nA;large\n")
    assert (refusal.column, refusal.value) == ("Dimensions", "large")
    limits = ListLimits(max_pixels=10_000)
    assert "10,000" in only_refusal("name,size\nA,200x100\n", limits).reason


def test_a_quoted_line_break_is_read_and_counted():
    found = read(HEADER + 'A,"one\r\n\r\ntwo, ""three""",c,64,64,1\nB,b,c,64,64,0\n')
    assert rows(found)[0].description == 'one\n\ntwo, "three"'
    assert refusals(found)[0].line == 5


@pytest.mark.parametrize(
    "bad",
    [
        '"Unclosed,d,c,64,64,1',
        'Unclosed,"d,c,64,64,1',
        'Unclosed,d,c,64,64,"1',
        '"Two" words,d,c,64,64,1',
        'a",",b',
        '"',
    ],
)
@pytest.mark.parametrize(
    "others",
    [
        ["A,plain,c,64,64,1", "B,plain,c,64,64,1"],
        ['A,"quoted, text",c,64,64,1', 'B,"he said ""x""",c,64,64,1'],
        ['"A","q","c","64","64","1"', '"B","q","c","64","64","1"'],
        ['5" blade,plain,c,64,64,1', 'B,"",c,64,64,1', 'C,", odd",c,64,64,1'],
        ['A,"line\nbreak",c,64,64,1', "B,plain,c,64,64,1"],
    ],
)
def test_an_unclosed_quote_costs_its_own_line_only(bad: str, others: list[str]):
    for place in range(len(others) + 1):
        lines = [*others[:place], bad, *others[place:]]
        found = read(HEADER + "\n".join(lines) + "\n")
        assert len(rows(found)) == len(others)
        assert refusals(found)[0].line == 2 + sum(o.count("\n") + 1 for o in others[:place])
        assert len(refusals(found)) == 1


def test_rows_behind_an_unclosed_quote_that_a_later_quote_seems_to_close():
    lines = ['"Unclosed,d,c,64,64,1', "A,d,c,64,64,1", 'B 5",d,c,64,64,1']
    for between in (lines, [lines[0], lines[2]]):
        found = read(HEADER + "\n".join(between))
        assert [r.line for r in refusals(found)] == [2]
        assert [row.name for row in rows(found)][-1] == 'B 5"'
        assert len(rows(found)) == len(between) - 1


def test_an_unclosed_quote_far_from_any_other_quote():
    lines = [f"N{n},d,c,64,64,1" for n in range(3_000)]
    lines[1_500] = '"Unclosed,d,c,64,64,1'
    found = read(HEADER + "\n".join(lines))
    assert [r.line for r in refusals(found)] == [1_502]
    assert len(rows(found)) == 2_999


def test_control_characters_go_and_damage_is_refused():
    found = read("name,description\nS\u202ew\x07ord,be\u200bll\nA,\x85x\n")
    assert [(r.name, r.description) for r in rows(found)] == [("Sword", "bell"), ("A", "x")]
    assert "no text" in only_refusal(b"name,x\n\xc3\xa9\xc3\xa9,\nB\xff,\n").reason
    assert "no text" in only_refusal("name,x\nB\ufffd,\n").reason


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"", "utf-16-le")],
)
def test_utf_16(bom: bytes, encoding: str):
    reader = reading(bom + "name;description\r\n金币;é\r\nA;".encode(encoding))
    assert [(row.name, row.description) for row in rows(list(reader))] == [
        ("金币", "é"),
        ("A", "A"),
    ]
    assert reader.encoding == encoding
    cut = reading(bom + "name\nAB".encode(encoding)[:-1])
    assert "no text" in refusals(list(cut))[0].reason


def test_the_first_byte_beyond_ascii_decides_however_late_it_comes():
    plain = b"name\r\n" + b"".join(b"N%d\r\n" % n for n in range(20_000))
    limits = ListLimits(max_rows=30_000)
    for tail, encoding in ((b"\xc9nergie", "windows-1252"), ("Énergie".encode(), "utf-8")):
        reader = reading(plain + tail, limits)
        last = rows(list(reader))[-1]
        assert (reader.encoding, last.name, last.line) == (encoding, "Énergie", 20_002)


def test_excels_own_first_line_declares_the_delimiter():
    reader = reading("sep=;\nname;size\nA, B;64\n")
    assert rows(list(reader))[0].line == 3
    assert (reader.delimiter, reader.mapping) == (";", {"name": "name", "size": "size"})


def test_spare_empty_cells_and_blank_lines_are_no_rows():
    found = read("name,size\nA,64,,\n\n , \nB,64\n")
    assert [(row.name, row.line) for row in rows(found)] == [("A", 2), ("B", 5)]
    assert len(found) == 2


def test_cells_and_names_have_a_longest():
    limits = ListLimits(max_cell=50, max_name=10)
    text = (
        f'name,prompt,note\n{"n" * 11},p,x\nA,{"p" * 51},x\nB,"{"q" * 30}\n{"r" * 30}",x\nC,p,x\n'
    )
    found = read(text, limits)
    assert [row.name for row in rows(found)] == ["C"]
    assert [(r.line, r.column) for r in refusals(found)][:3] == [
        (2, "name"),
        (3, "prompt"),
        (4, "prompt"),
    ]
    assert all(len(r.value) <= 60 for r in refusals(found))


def test_a_line_without_end_is_refused_in_bounded_pieces():
    text = b"name,a,b,c\nA,1,2,3\n" + b"x," * 500_000 + b"\nB,1,2,3\n"
    found = read(text)
    assert [row.line for row in rows(found)] == [2, 4]
    assert "longer than" in refusals(found)[0].reason


def test_too_many_rows_and_bytes():
    limits = ListLimits(max_rows=2)
    assert len(read("name\nA\nB\n", limits)) == 2
    with pytest.raises(InvalidInput, match=r"more than 2 rows \(line 4\)"):
        read("name\nA\nB\nC\n", limits)
    with pytest.raises(InvalidInput, match="larger than 1 MiB"):
        read(b"name\n" + (b"x" * 999 + b"\n") * 1_100, ListLimits(max_bytes=2**20))


def test_blank_rows_are_as_many_as_a_spreadsheet_has():
    limits = ListLimits(max_blank=3)
    assert len(read("name,size\nA,64\n\n,\n \nB,64\n", limits)) == 2
    with pytest.raises(InvalidInput, match="more than 3 blank rows") as refused:
        read("name,size\nA,64\n" + ",\n" * 4, limits)
    assert refused.value.remedy


def test_a_duplicate_differs_in_nothing_but_its_count():
    text = "name,size,count\nA,64,1\nA,32,1\nA,64,5\n"
    refusal = only_refusal(text)
    assert (refusal.line, refusal.value) == (4, "A")
    assert "line 2" in refusal.reason
