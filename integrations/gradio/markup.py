"""Small pieces of HTML. All text that goes in is escaped here: names, tags and files are data."""

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def text(value: object) -> str:
    """As text, also within an attribute's quotes."""
    return escape(str(value), quote=True)


def tag(name: str, *inner: str, **attributes: object) -> str:
    """An element around markup. `class_` is class, `data_id` is data-id; None leaves one out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(inner)}</{name}>"


def image(address: str, alt: object, **attributes: object) -> str:
    """A picture of this origin."""
    return tag("img", src=address, alt=alt, loading="lazy", **attributes).removesuffix("</img>")


def media(kind: str, *ids: str) -> str:
    """The address, relative to the page, of what `integrations.gradio.media` serves."""
    return "/".join(("media", kind, *(quote(each, safe="") for each in ids)))


def swatches(colors: Iterable[object]) -> str:
    """Colours as a row of chips; what is no hex colour is left out."""
    chips = [
        tag("span", style=f"background:{color}", title=color, class_="aq-swatch")
        for color in map(str, colors)
        if _COLOR.fullmatch(color)
    ]
    return tag("span", *chips, class_="aq-swatches", role="img", aria_label="palette")


def chips(names: Iterable[object]) -> str:
    """Tags as chips."""
    return tag("span", *(tag("span", text(n), class_="aq-chip") for n in names), class_="aq-chips")


def facts(pairs: Iterable[tuple[str, object]]) -> str:
    """Names and values, side by side."""
    rows = [tag("dt", text(name)) + tag("dd", text(value)) for name, value in pairs]
    return tag("dl", *rows, class_="aq-facts")


def empty(title: str, *lines: str) -> str:
    """What stands where nothing is yet, and what to do about it."""
    said = [tag("p", text(line)) for line in lines]
    return tag("div", tag("strong", text(title)), *said, class_="aq-empty")
