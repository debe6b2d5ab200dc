"""The placeholder's vocabulary: colours, materials and words with another word's meaning."""

COLORS = {
    "red": "#e23b3b", "crimson": "#c2183c", "scarlet": "#e8312a", "maroon": "#8c1f2f",
    "orange": "#f2872b", "amber": "#f5a623", "yellow": "#f9cf2f", "lime": "#a4d42a",
    "green": "#43a843", "olive": "#7f8a2e", "mint": "#8fe0b5", "teal": "#1f9e94",
    "turquoise": "#2ec4b6", "cyan": "#35c6e8", "azure": "#3d9df2", "blue": "#3272e0",
    "navy": "#22386f", "indigo": "#4a3fbf", "violet": "#8448d6", "purple": "#8b3fc7",
    "lilac": "#c29be6", "magenta": "#d6389c", "pink": "#f27fae", "rose": "#ea5c86",
    "brown": "#8a5a35", "beige": "#e3cfa4", "tan": "#cda670", "cream": "#f7eccd",
    "white": "#f6f4ef", "black": "#2e2b36", "grey": "#8c9099", "gray": "#8c9099",
    "golden": "#f2b632", "gold": "#f2b632", "silver": "#c5ced9",
}  # fmt: skip

MATERIALS = {
    "iron": "#8d98a6", "steel": "#a9b8c8", "bronze": "#b9772f", "copper": "#c8703f",
    "brass": "#d9a441", "wood": "#a8703d", "wooden": "#a8703d", "oak": "#99683a",
    "leather": "#96603a", "stone": "#8e8f96", "ice": "#9fd8f2", "icy": "#9fd8f2",
    "frost": "#a9dcf5", "bone": "#eadfc6", "ivory": "#f3ead2", "obsidian": "#37324a",
    "crystal": "#8fd3ee", "ruby": "#dc2f4b", "sapphire": "#2b62d9", "emerald": "#23a566",
    "amethyst": "#9850d6", "topaz": "#f0a832", "jade": "#4bb483", "diamond": "#bfe9f5",
    "lava": "#f0561d", "parchment": "#ead9ae",
}  # fmt: skip

# Lightness added and chroma factor of a word before a colour.
TONES = {
    "dark": (-0.16, 0.95), "deep": (-0.12, 1.05), "pale": (0.19, 0.55), "light": (0.12, 0.85),
    "bright": (0.05, 1.2), "vivid": (0.03, 1.25), "pastel": (0.14, 0.55), "dull": (-0.03, 0.5),
}  # fmt: skip

# Other languages and other words for what the drawings and colours are called.
SYNONYMS = {
    "jaune": "yellow", "rouge": "red", "bleu": "blue", "bleue": "blue", "vert": "green",
    "verte": "green", "blanc": "white", "blanche": "white", "noir": "black", "noire": "black",
    "rot": "red", "rote": "red", "roter": "red", "blau": "blue", "blaue": "blue", "gelb": "yellow",
    "grün": "green", "schwarz": "black", "weiß": "white", "rojo": "red", "roja": "red",
    "azul": "blue", "verde": "green", "amarillo": "yellow", "blanco": "white", "negro": "black",
    "éclair": "lightning", "énergie": "energy", "energie": "energy", "épée": "sword",
    "schwert": "sword", "espada": "sword", "bouclier": "shield", "schild": "shield",
    "escudo": "shield", "potion": "potion", "trank": "potion", "poción": "potion",
    "clé": "key", "schlüssel": "key", "llave": "key", "coffre": "chest", "truhe": "chest",
    "cofre": "chest", "couronne": "crown", "krone": "crown", "corona": "crown",
    "étoile": "star", "stern": "star", "estrella": "star", "cœur": "heart", "coeur": "heart",
    "herz": "heart", "corazón": "heart", "pomme": "apple", "apfel": "apple", "manzana": "apple",
    "pièce": "coin", "münze": "coin", "moneda": "coin", "château": "castle", "burg": "castle",
    "castillo": "castle", "arbre": "tree", "baum": "tree", "árbol": "tree", "haus": "house",
    "maison": "house", "casa": "house", "feu": "fire", "feuer": "fire",
    "fuego": "fire", "eisen": "iron", "holz": "wood", "burning": "fire", "flaming": "fire",
    "fiery": "fire",
    "flame": "fire", "flames": "fire", "frozen": "frost", "icy": "frost", "shining": "glowing",
    "glow": "glowing", "radiant": "glowing", "magic": "glowing", "magical": "glowing",
    "sparkle": "sparkles", "sparkling": "sparkles", "glitter": "sparkles", "broken": "cracked",
    "crack": "cracked", "cracks": "cracked", "poisoned": "poison", "toxic": "poison",
    "bolt": "lightning", "thunder": "lightning", "electric": "lightning", "tiny": "small",
    "little": "small", "mini": "small", "minor": "small", "large": "big", "huge": "big",
    "giant": "big", "major": "big", "massive": "big", "slim": "thin", "narrow": "thin",
    "hexagon": "hexagonal", "hex": "hexagonal", "cubic": "square", "cube": "square",
    "circular": "round", "spherical": "round", "winged": "wing",
}  # fmt: skip

# Scripts without spaces: found anywhere in the text, and read as English words.
IDEOGRAMS = {
    "金币": "coin gold", "硬币": "coin", "剑": "sword", "盾": "shield", "药水": "potion",
    "宝箱": "chest", "心": "heart", "星": "star", "火": "fire", "水": "drop", "树": "tree",
    "房子": "house", "城堡": "castle", "钥匙": "key", "书": "book", "弓": "bow", "皇冠": "crown",
    "红色": "red", "蓝色": "blue", "绿色": "green", "黄色": "yellow", "紫色": "purple",
    "コイン": "coin", "剣": "sword", "ポーション": "potion", "鍵": "key",
}  # fmt: skip

# What ends the noun that a name is about: "Ring of Fire" is a ring.
PREPOSITIONS = {"of", "with", "on", "in", "for", "from", "at", "by", "over", "under", "and", "to"}

# Words that name a canvas, not a thing on it.
CANVASES = {"banner", "background", "scene", "splash", "header", "landscape", "backdrop", "cover"}
