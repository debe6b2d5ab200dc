"""The three example lists behave as examples/lists/README.md says, line by line."""

import pytest

from tests.e2e.conftest import LISTS, Cli

REFUSED = {
    3: ("name", "", "no name"),
    4: ("width", "wide", "whole number"),
    5: ("variations", "0", "no variation"),
    7: ("name", "Winter Banner", "line 6"),
    8: ("name", '"Unclosed quote,banner,1024,512,1', "never closed"),
    11: ("width", "100000", "at most 2,048"),
    12: ("variations", "100000", "more than 64"),
    13: ("column 7", "surplus, columns", "8 columns where the header has 6"),
    14: ("category", "Short, row with fewer columns", "2 of 6 columns"),
    15: ("description", "before\\x00after", "NUL"),
}


def test_the_example_of_the_main_job_is_taken_whole(cli: Cli) -> None:
    made = cli.json("batch", "create", LISTS / "rpg_items.csv")
    assert (made["rows"], made["accepted"], made["tasks"], made["refused"]) == (40, 40, 40, [])
    assert made["batch_id"].startswith("bat_")
    assert made["mapping"] == {
        name: name for name in ("name", "description", "category", "width", "height", "variations")
    }
    assert made["quote"] == {"images": 40, "unit_price": 0.02, "total": 0.8, "currency": "USD"}


def test_a_spreadsheets_list_is_read_with_its_own_headers(cli: Cli) -> None:
    made = cli.json("batch", "create", LISTS / "mobile_ui_icons_excel.csv")
    assert (made["rows"], made["accepted"], made["tasks"], made["refused"]) == (10, 10, 13, [])
    assert made["mapping"] == {
        "Title": "name",
        "Prompt": "description",
        "Type": "category",
        "Size": "size",
        "Count": "variations",
    }


def test_every_bad_line_is_refused_by_line_column_value_and_remedy(cli: Cli) -> None:
    ran = cli("batch", "create", LISTS / "messy_campaign.csv", "--json")
    said = ran.document
    assert ran.code == 1
    assert said["batch_id"] is None
    assert (said["rows"], said["accepted"], said["tasks"]) == (14, 4, 6)
    assert {refusal["line"] for refusal in said["refused"]} == set(REFUSED)
    for refusal in said["refused"]:
        column, value, reason = REFUSED[refusal["line"]]
        assert (refusal["column"], refusal["value"]) == (column, value)
        assert reason in refusal["reason"]
        assert refusal["remedy"]
    assert cli.json("batch", "list") == []


def test_the_good_lines_of_a_messy_list_are_just_text(cli: Cli) -> None:
    file = LISTS / "messy_campaign.csv"
    made = cli.json("batch", "create", file, "--valid-rows-only", "--start", "--yes")
    assert (made["accepted"], made["tasks"], len(made["refused"])) == (4, 6, 10)
    assert cli("worker", "--until-idle").code == 0
    assets = cli.json("search", "--batch", made["batch_id"])["assets"]
    names = sorted(asset["name"] for asset in assets)
    assert names == ["Formula", "Inject", "Spring Banner", *["Winter Banner"] * 3]
    formula = next(asset for asset in assets if asset["name"] == "Formula")
    assert formula["description"] == '=HYPERLINK("http://example.com","x")'


@pytest.mark.parametrize(
    ("encoding", "newline"), [("utf-8-sig", "\r\n"), ("utf-16", "\n"), ("cp1252", "\r\n")]
)
def test_a_list_is_read_in_the_encodings_of_spreadsheets(
    cli: Cli, encoding: str, newline: str
) -> None:
    text = newline.join(["name;description;count", "Épée;Lame d’acier;2", "Clé;vieille clé;1", ""])
    ran = cli("batch", "create", "-", "--dry-run", "--json", stdin=text.encode(encoding))
    assert (ran.code, ran.document["accepted"], ran.document["tasks"]) == (0, 2, 3)
