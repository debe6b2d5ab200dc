"""What the terminal is given: data is shown, and never obeyed."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.markup import escape
from rich.text import Text

from integrations.cli import output
from integrations.cli.output import DataConsole, print_table

ORDERS = [
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\here",
    "\x9b31m",
    "\x9d0;title\x9c",
    "\u202egnp.exe",
    "\u2066hidden\u2069",
    "\x7f\x08\x08",
]


def printed(*what: str | Text) -> str:
    console = DataConsole(file=io.StringIO(), force_terminal=False, width=200)
    for line in what:
        console.print(line)
    written = console.file
    assert isinstance(written, io.StringIO)
    return written.getvalue()


@pytest.mark.parametrize("order", ORDERS)
def test_a_terminal_is_not_given_orders_by_data(order: str) -> None:
    text = printed(Text(f"a{order}z"), escape(f"a{order}z"))
    assert all(line.isprintable() for line in text.splitlines())
    assert text.count("a") >= 2


@given(st.text())
def test_nothing_printed_is_an_escape_sequence(name: str) -> None:
    assert not {"\x1b", "\x9b", "\x9d", "\u202e"} & set(printed(Text(name)))


def test_the_consoles_own_styles_and_controls_stay() -> None:
    console = DataConsole(file=io.StringIO(), force_terminal=True, color_system="standard")
    console.print("[red]x[/]", end="\r")
    written = console.file
    assert isinstance(written, io.StringIO)
    assert written.getvalue() == "\x1b[31mx\x1b[0m\r"


@pytest.mark.parametrize("name", ["[/]", "[red]x[/]", "[on red]", "\x1b[31m[/red]"])
def test_markup_in_a_title_or_a_cell_is_shown(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_table(name, ("a column that is wide enough",), [(name,)])
    shown = capsys.readouterr().out
    assert shown.count(name.replace("\x1b", "")) == 2
    assert isinstance(output.console, DataConsole)


def test_words_between_colons_stay_words(capsys: pytest.CaptureFixture[str]) -> None:
    output.console.print(escape("root:x:0 :fire: set"))
    assert capsys.readouterr().out == "root:x:0 :fire: set\n"
