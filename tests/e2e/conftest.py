"""The command line as people and scripts call it, each test with a home of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from integrations.cli.app import app

ROOT = Path(__file__).parents[2]
LISTS = ROOT / "examples" / "lists"
STYLES = ROOT / "examples" / "styles"
SETTINGS = {"ASSETQL_OFF_STYLE_RATE": "0", "ASSETQL_POLL_SECONDS": "0.05", "COLUMNS": "120"}


@dataclass(frozen=True)
class Ran:
    """What a command said, and its exit status."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        """The error that a failed command reports as JSON and on standard error."""
        assert self.code == 1, self
        error = self.document["error"]
        assert error["message"] in self.err
        assert error["remedy"] in self.err
        assert "Traceback" not in self.err
        return error


class Cli:
    """Calls `assetql`, in this process or in one of its own, on one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.settings = {**SETTINGS, "ASSETQL_HOME": str(home)}

    def __call__(self, *words: object, stdin: str | bytes | None = None, **settings: str) -> Ran:
        """In this process; `settings` are environment variables."""
        arguments = [str(word) for word in words]
        done = CliRunner(env={**self.settings, **settings}).invoke(app, arguments, input=stdin)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ran(done.exit_code, done.stdout, done.stderr)

    def json(self, *words: object, **settings: str) -> Any:
        """The document of a command that has to work."""
        ran = self(*words, "--json", **settings)
        assert ran.code == 0, ran
        return ran.document

    @contextmanager
    def spawn(self, *words: object, **settings: str) -> Generator[subprocess.Popen[str]]:
        """In a process of its own, with pipes; it doesn't outlive the block."""
        with subprocess.Popen(
            [sys.executable, "-m", "integrations.cli", *map(str, words)],
            env={**os.environ, **self.settings, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def process(self, *words: object, stdin: str = "", **settings: str) -> Ran:
        """In a process of its own, to its end."""
        with self.spawn(*words, **settings) as process:
            out, err = process.communicate(stdin, timeout=120)
            return Ran(process.returncode, out, err)


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_is_heard() -> None:  # pyright: ignore[reportUnusedFunction] — pytest calls it
    """Who runs the tests in the background has Ctrl-C ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """A command line over an empty home."""
    return Cli(tmp_path / "home")


@pytest.fixture(scope="session")
def small_list(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four rows, five images."""
    file = tmp_path_factory.mktemp("lists") / "small.csv"
    rows = ["Red Potion,round red flask,potion,2", "Blue Potion,round blue flask,potion,1"]
    rows += ["Oak Shield,wooden shield,armor,1", "Iron Key,old iron key,key,1"]
    lines = ["name,description,category,variations", *rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@dataclass(frozen=True)
class Studio:
    """A home with a style and an ended batch of five images."""

    cli: Cli
    batch: str
    assets: tuple[str, ...]


@pytest.fixture(scope="session")
def _finished(tmp_path_factory: pytest.TempPathFactory, small_list: Path) -> tuple[Path, str]:
    cli = Cli(tmp_path_factory.mktemp("finished") / "home")
    cli.json("style", "set", "Meadow", *references("noto", 3))
    made = cli.json("batch", "create", small_list, "--style", "Meadow", "--start", "--yes")
    assert cli("worker", "--until-idle").code == 0
    return cli.home, made["batch_id"]


@pytest.fixture
def studio(tmp_path: Path, _finished: tuple[Path, str]) -> Studio:
    """Each test has its own copy."""
    home, batch = _finished
    cli = Cli(Path(shutil.copytree(home, tmp_path / "studio")))
    found = cli.json("search", "--batch", batch)["assets"]
    return Studio(cli, batch, tuple(sorted(asset["asset_id"] for asset in found)))


def references(style: str, count: int) -> list[Path]:
    """The first images of a shipped style."""
    return sorted((STYLES / style).glob("*.png"))[:count]


@pytest.fixture
def unchanged() -> Generator[Callable[[Cli], None]]:
    """Call it with a command line: its home has to be the same when the test ends."""
    watched: list[tuple[Cli, object]] = []
    yield lambda cli: watched.append((cli, contents(cli.home)))
    for cli, before in watched:
        assert contents(cli.home) == before


def contents(home: Path) -> object:
    """Everything that is kept in a home: the rows of its database, and its files."""
    import sqlite3
    from contextlib import closing

    if not home.exists():
        return None
    with closing(sqlite3.connect(home / "assetql.sqlite3")) as database:
        rows = sorted(database.iterdump())
    files = {path: path.read_bytes() for path in (home / "objects").rglob("*") if path.is_file()}
    return rows, files
