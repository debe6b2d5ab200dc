"""Models and endpoints of the emulator's stand-ins, one of its own for each test that asks."""

import json
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote
from urllib.request import Request, urlopen
from uuid import uuid4

from tests.support.emulator import emulator_address


@dataclass(frozen=True)
class StandIn:
    """A model, or an endpoint: its name, how it is to answer, and what it was asked."""

    kind: Literal["model", "endpoints"]
    name: str

    def follow(self, *answers: dict[str, Any], **script: Any) -> None:
        """The script from now on; its requests are kept."""
        document = json.dumps({"answers": answers, **script}).encode()
        with urlopen(Request(self._address("script"), data=document, method="PUT")):
            pass

    def bodies(self) -> list[str]:
        """What it was asked since it follows a script."""
        with urlopen(self._address("requests")) as answer:
            return json.loads(answer.read())

    def requests(self) -> list[dict[str, Any]]:
        """The same, read."""
        return [json.loads(body) for body in self.bodies()]

    def _address(self, action: str) -> str:
        return f"{emulator_address()}/{self.kind}/{quote(self.name, safe='')}/{action}"


def a_model() -> StandIn:
    """A model that answers as the offline planner, tagger and optimiser do."""
    return StandIn("model", f"anthropic.claude-stand-in-{uuid4().hex}")


def an_endpoint() -> StandIn:
    """An endpoint that makes placeholder images."""
    return StandIn("endpoints", f"stand-in-{uuid4().hex}")
