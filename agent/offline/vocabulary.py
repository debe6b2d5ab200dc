"""Nouns that the planner knows: engines, kinds of assets, what describes a picture."""

import re
from collections.abc import Mapping

# Preset → what people call its target.
ENGINES: Mapping[str, tuple[str, ...]] = {
    "unity": (r"unity(?:\s*3d)?", r"unity\s*package"),
    "godot": (r"godot(?:\s*[34])?",),
    "unreal": (r"unreal(?:\s*engine)?(?:\s*[45])?", r"ue\s*[45]?"),
    "ios": (
        "ios", "iphones?", "ipads?", "ipados", "xcode", "xcassets", r"asset\s+catalog(?:ue)?s?",
        "apple", "swift(?:ui)?", r"mobile",
    ),
    "android": ("android", "drawables?", r"play\s+store", r"android\s+studio", r"mobile",
    "densit(?:y|ies)"),
    "web": ("web", "websites?", "webp", "avif", "srcset", "browsers?", "html", r"web\s*pages?",
    "homepage"),
    "atlas": (
        r"(?:sprite|texture)?[\s-]*atlas(?:es)?", "spritesheet", r"sheets?\s+of\s+sprites",
        r"sprite\s*map",
        r"texture\s*packer", r"packed\s+(?:texture|sheet)s?",
    ),
    "raw": (r"raw", r"pngs?", r"originals?", r"plain\s+(?:images|files|pngs)"),
}  # fmt: skip
PRESETS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"(?<![\w-])(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)
    for name, patterns in ENGINES.items()
}
ENGINE = re.compile("|".join(p.pattern for p in PRESETS.values()), re.IGNORECASE)
# A file to download, for nobody's engine in particular.
PLAIN_FILES = re.compile(r"\b(?:zip|download|files|archive|folder)\b", re.IGNORECASE)

STYLE_WORDS = (
    r"styles?", r"look(?:\s+and\s+feel)?(?!\s+(?:for|up|like|good|great|at))",
    r"art\s+(?:style|direction)",
    "aesthetics?", r"visual\s+(?:style|language|identity)", r"house\s+style", "vibe", "stylistic",
)  # fmt: skip

# Kinds of assets as search knows them; a kind in ITSELF_A_NAME is a word of names as well.
CATEGORIES: Mapping[str, str] = {
    "weapon": r"weapons?|weaponry|armaments?",
    "armor": r"armou?rs?|armou?r\s+pieces?",
    "potion": r"potions?|elixirs?",
    "food": r"foods?|meals?|edibles?",
    "gem": r"gems?|gemstones?|jewels",
    "jewelry": r"jewell?e?ry",
    "currency": r"currenc(?:y|ies)",
    "container": r"containers?",
    "scroll": r"scrolls?",
    "tool": r"tools?",
    "quest": r"quest\s+items?|quests?",
    "building": r"buildings?",
    "character": r"characters?",
    "creature": r"creatures?|monsters?",
    "vehicle": r"vehicles?",
    "furniture": r"furniture",
    "button": r"buttons?",
    "resource": r"resources?",
    "reward": r"rewards?",
    "banner": r"banners?",
}
CATEGORY = {
    name: re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE)
    for name, pattern in CATEGORIES.items()
}
ITSELF_A_NAME = frozenset({"potion", "scroll", "gem", "button", "banner"})
# Category of what a thing is, by its last word.
THINGS: Mapping[str, tuple[str, ...]] = {
    "weapon": ("sword", "dagger", "axe", "hammer", "bow", "staff", "spear", "wand", "mace",
    "crossbow"),
    "armor": ("shield", "helmet", "helm", "boot", "armor", "gauntlet", "cap", "mail", "cape"),
    "potion": ("potion", "elixir", "antidote"),
    "food": ("bread", "apple", "meat", "cheese", "fruit", "cake", "mushroom", "fish"),
    "gem": ("gem", "ruby", "sapphire", "emerald", "diamond", "crystal"),
    "jewelry": ("ring", "amulet", "crown", "necklace"),
    "container": ("chest", "barrel", "crate", "box", "bag"),
    "tool": ("pickaxe", "torch", "lantern", "key", "rod", "shovel"),
    "building": ("castle", "windmill", "bridge", "house", "tower", "hut", "temple", "lighthouse"),
    "creature": ("dragon", "slime", "wolf", "goblin", "monster", "cat", "dog", "bird"),
    "character": ("knight", "wizard", "archer", "king", "queen", "hero", "villager", "mage"),
}  # fmt: skip
CATEGORY_OF = {thing: kind for kind, things in THINGS.items() for thing in things}

# A piece of a request that says how things look, and names no thing.
LOOKS = re.compile(
    r"""(?<![\w-])(?:pixel(?:\s|-)?art|pixel(?:ated|s)?|8[\s-]?bit|16[\s-]?bit|32[\s-]?bit|voxel|low[\s-]?poly
    |flat(?:\s+design)?|cartoon(?:y|ish)?|hand[\s-]?(?:drawn|painted)|watercolou?rs?|isometric|top[\s-]?down|side[\s-]?view
    |front[\s-]?view|3d|2d|realistic|photo-?realistic|stylized|stylised|cute|chibi|anime|manga|retro|vector|minimal(?:ist|istic)?
    |outlined?|outlines|line\s*art|cel[\s-]?shaded|shading|transparent|background|(?:vibrant|bright|dark|pastel|muted|warm|cold|vivid|bold)
    \s+(?:colou?rs?|palette|tones?)|palette|glossy|matte|glow(?:ing|y)?|detailed|simple|painterly|gouache|noir|monochrome|black\s+and\s+white
    |high[\s-]?res(?:olution)?|square|aesthetic|fantasy\s+style|medieval\s+style|no\s+(?:text|shadow|outline|background)s?)(?![\w-])""",
    re.IGNORECASE | re.VERBOSE,
)
# Words for "a thing to make" that name none.
GENERIC = re.compile(
    r"""^(?:(?:the|a|an|some|my|our|all|every|each|any|of|new|whole|full|entire|different|following|game|few|\d+|single|complete)\s+)*
    (?:it|them|this|that|these|those|everything|all|batch(?:es)?|things?|stuff|assets?|items?|images?|icons?|sprites?|pieces?|objects?
    |pictures?|set|list|csv|file|rows?|ones?|results?|files?|sheet|spreadsheet|job|run|draft|lot|graphics?|art|collection|each|go|order|entries
    |generation|generating|process|production|now|work|content|contents|me|us|you|one|please|way|attached|attachment|yet|ready|line|lines|spritesheet|made|done|created|generated|drawn|look|style|feel|size|resolution|dimensions?|format|quality)?
    (?:\s+(?:it|them|now|here|made|done|created|generated|drawn|rendered|produced|above|below|please|in\s+it|there|yet|of\s+(?:it|them|these|those)|too|attached|again))*$""",
    re.IGNORECASE | re.VERBOSE,
)
