"""Nouns beyond the built-in drawings: glyphs of Font Awesome Free, repainted by the same brush."""

import re
from functools import cache
from importlib.resources import files

from assetql.domain.imaging import Attribution
from inference.backends.placeholder.color import Color
from inference.backends.placeholder.template import Drawing, Part

_VIEW = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_PATH = re.compile(r'<path d="([^"]+)"')
# Glyphs whose names are common words of a prompt rather than things to draw.
_NOT_THINGS = {
    "at", "plus", "minus", "equals", "slash", "section", "font", "bold", "italic", "underline",
    "check", "xmark", "info", "question", "exclamation", "percent", "hashtag", "asterisk", "sort",
    "filter", "link", "share", "copy", "paste", "reply", "print", "repeat", "shuffle", "expand",
    "compress", "minimize", "maximize", "indent", "outdent", "square", "circle", "display",
    "person", "child", "children", "crop", "road", "ban", "user", "users", "infinity", "shapes",
    "fill", "stop", "forward", "language", "images", "image", "icons", "notdef", "list", "table",
}  # fmt: skip
# Nouns that players ask for, and the glyph that comes nearest.
_NEAREST = {
    "wolf": "dog", "puppy": "dog", "kitten": "cat", "tiger": "cat", "bird": "crow", "raven": "crow",
    "eagle": "dove", "pony": "horse", "unicorn": "horse", "bat": "crow", "insect": "bug",
    "knight": "chess-knight", "king": "chess-king", "queen": "chess-queen", "rook": "chess-rook",
    "wizard hat": "hat-wizard", "wizard": "hat-wizard", "witch hat": "hat-wizard",
    "wand": "wand-magic-sparkles", "helmet": "helmet-un", "ninja": "user-ninja",
    "astronaut": "user-astronaut", "car": "car-side", "boat": "sailboat", "airplane": "plane",
    "mountain": "mountain-sun", "hill": "mountain", "tent": "campground",
    "camp": "campground", "monster": "ghost", "dinosaur": "dragon", "lizard": "dragon",
    "chicken": "drumstick-bite", "cake": "cake-candles", "beer": "beer-mug-empty",
    "wine": "wine-glass", "soup": "bowl-food", "rice": "bowl-rice",
    "time": "hourglass-half", "dice": "dice-five", "die": "dice-d20",
    "rain": "cloud-rain", "snow": "snowflake", "storm": "cloud-bolt",
    "close": "xmark", "upgrade": "circle-up", "level": "circle-up", "spaceship": "shuttle-space",
    "space ship": "shuttle-space", "pet": "paw", "fur": "paw", "clothes": "shirt",
    "palm": "umbrella-beach", "beach": "umbrella-beach", "temple": "place-of-worship",
    "shrine": "torii-gate", "tower": "tower-observation", "prison": "dungeon", "gate": "archway",
    "portal": "dungeon", "door": "door-closed", "phone": "mobile-screen", "mail": "envelope",
    "letter": "envelope", "message": "envelope", "search": "magnifying-glass", "menu": "bars",
    "sound": "volume-high", "volume": "volume-high", "mute": "volume-xmark",
    "home": "house", "quit": "right-from-bracket", "exit": "door-open", "save": "floppy-disk",
    "delete": "trash-can", "trash": "trash-can", "chat": "comment-dots", "friends": "user-group",
    "profile": "circle-user", "controller": "gamepad", "timer": "stopwatch", "target": "bullseye",
    "wheat": "wheat-awn", "pig": "piggy-bank", "pot": "mortar-pestle", "glove": "mitten",
    "gauntlet": "hand-fist", "armor": "vest", "robe": "shirt", "cloak": "user-ninja",
    "rifle": "gun", "pistol": "gun", "cannon": "bomb", "herb": "seedling",
    "sprout": "seedling", "claw": "paw", "footprint": "paw", "soul": "ghost", "spirit": "ghost",
    "planet": "globe", "earth": "earth-europe", "pumpkin": "ghost",
    "seashell": "shrimp", "crab": "shrimp", "banana": "lemon", "fruit": "apple-whole",
    "vegetable": "carrot", "sandwich": "hotdog", "sack": "sack-dollar", "bag": "sack-dollar",
    "money": "sack-dollar", "cash": "money-bill-wave", "barrel": "drum",
}  # fmt: skip


@cache
def _names() -> dict[str, str]:
    """Glyph file name by the words that find it; nothing is read but the folder."""
    folder = files("fontawesomefree") / "static/fontawesomefree/svgs/solid"
    stems = sorted(f.name.removesuffix(".svg") for f in folder.iterdir())
    things = [s for s in stems if len(s) > 2 and s not in _NOT_THINGS]
    turned = {" ".join(reversed(s.split("-"))): s for s in things if s.count("-") == 1}
    return {**turned, **{s.replace("-", " "): s for s in things}, **_NEAREST}


def glyph_for(phrase: str) -> str | None:
    """The glyph that `phrase` (one or two lower-case words) names, or None."""
    return _names().get(phrase)


@cache
def drawing_of(glyph: str) -> Drawing:
    """One glyph as a drawing of a single part."""
    path = files("fontawesomefree") / f"static/fontawesomefree/svgs/solid/{glyph}.svg"
    text = path.read_text(encoding="utf-8")
    view, outline = _VIEW.search(text), _PATH.search(text)
    if view is None or outline is None:
        raise ValueError(f"{path} is no Font Awesome glyph: viewBox or path missing")
    part = Part(
        slot="body",
        aliases=(),
        markup=f'<path d="{outline[1]}"',
        color=Color(0.66, 0.11, _hue(glyph)),
        transform="",
        points=((0.0, 0.0), (float(view[1]), float(view[2]))),
    )
    return Drawing(
        key=f"glyph-{glyph}", names=(glyph,), parts=(part,), main="body", glyphs=(glyph,)
    )


def attribution_of(glyph: str) -> Attribution:
    """Whose work the glyph is: CC BY 4.0 asks for it."""
    return Attribution(
        title=f"Font Awesome Free: {glyph}",
        author="Fonticons, Inc.",
        license="CC-BY-4.0",
        url=f"https://fontawesome.com/icons/{glyph}?s=solid",
    )


def _hue(glyph: str) -> float:
    """A colour of its own per glyph, so that a sheet of them isn't grey."""
    return float(sum(ord(c) * (i + 7) for i, c in enumerate(glyph)) * 47 % 360)
