import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assetql.domain.safe_names import NAME_BYTES, NameRule, disk_key, name_by, unique_names

RESERVED = re.compile(
    r"(CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³]) *(\..*)?", re.IGNORECASE
)
JAVA = {"class", "int", "new", "null", "true", "package", "switch"}
NASTY = st.sampled_from(
    ["../../etc/passwd", "..", "/abs", "C:\\x", "con", "NUL.txt", "a/b", "x. ", "é", "e\u0301", "É"]
)
TEXTS = st.text(max_size=40) | NASTY | st.text("aA.éÉ/ -2", max_size=5)
PATTERNS = {
    NameRule.IDENTIFIER: r"[A-Za-z0-9_]+",
    NameRule.SNAKE: r"[a-z0-9_]+",
    NameRule.RESOURCE: r"[a-z][a-z0-9_]*",
}


@settings(max_examples=150)
@given(st.lists(TEXTS, max_size=12), st.sampled_from(NameRule))
@example(["a", "a", "a-2", "A-2"], NameRule.UNICODE)
@example(["ss", "ß", "\ufb01", "fi"], NameRule.UNICODE)
@example(["\u2025/", "\uff0e\uff0e", "\uff0f", "\u202ex"], NameRule.UNICODE)
def test_no_name_escapes_and_all_are_unique_on_any_disk(texts: list[str], rule: NameRule):
    names = unique_names(((f"ast_{i}", text) for i, text in enumerate(texts)), rule)
    for name in names:
        assert name == unicodedata.normalize("NFC", name)
        assert len(name.encode()) <= NAME_BYTES + 1  # a mark before a device's name
        assert PurePosixPath(name).parts == PureWindowsPath(name).parts == (name,)
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', unicodedata.normalize("NFKC", name))
        assert name == name.strip(" .")
        assert not RESERVED.fullmatch(name)
        assert rule is NameRule.UNICODE or re.fullmatch(PATTERNS[rule], name)
        assert rule is not NameRule.RESOURCE or name not in JAVA
    for fold in (str.upper, str.lower, str.casefold):
        for form in ("NFC", "NFD", "NFKD"):
            assert len({fold(unicodedata.normalize(form, name)) for name in names}) == len(names)
    assert len({disk_key(name) for name in names}) == len(names)


@settings(max_examples=60)
@given(st.permutations(list(enumerate(["Potion", "potion", "Sword", "POTION", "potion-2"]))))
def test_a_name_does_not_depend_on_the_order(items: list[tuple[int, str]]):
    keyed = [(f"ast_{key}", text) for key, text in items]
    names = dict(zip([key for key, _ in keyed], unique_names(keyed, NameRule.UNICODE), strict=True))
    expected = ["Potion", "potion-2", "Sword", "POTION-3", "potion-2-2"]
    assert [names[f"ast_{i}"] for i in range(5)] == expected


def test_names_added_under_larger_keys_rename_nothing():
    first = unique_names([("a1", "Potion"), ("a2", "Potion")], NameRule.SNAKE)
    more = unique_names([("a1", "Potion"), ("a2", "Potion"), ("a3", "Potion")], NameRule.SNAKE)
    assert more[:2] == first == ("potion", "potion_2")


@pytest.mark.parametrize(
    ("rule", "text", "name"),
    [
        (NameRule.UNICODE, "Zauberstab für Anfänger", "Zauberstab für Anfänger"),
        (NameRule.UNICODE, "赤い薬", "赤い薬"),
        (NameRule.UNICODE, "  a\tb\u202e  ", "a b"),
        (NameRule.UNICODE, "nul.png", "_nul.png"),
        (NameRule.UNICODE, "..", "asset"),
        (NameRule.SNAKE, "Red-Potion (Large)", "red_potion_large"),
        (NameRule.SNAKE, "赤い薬", "asset"),
        (NameRule.SNAKE, "Straße", "strasse"),
        (NameRule.IDENTIFIER, "Ünïcode Name", "Unicode_Name"),
        (NameRule.RESOURCE, "class", "img_class"),
        (NameRule.RESOURCE, "3 Gems", "img_3_gems"),
        (NameRule.RESOURCE, "AUX", "img_aux"),
    ],
)
def test_a_text_becomes_the_name_that_its_rule_allows(rule: NameRule, text: str, name: str):
    assert name_by(rule, text) == name


def test_ten_thousand_of_one_name_stay_unique_without_quadratic_work():
    names = unique_names(((f"{i:05d}", "Coin") for i in range(10_000)), NameRule.RESOURCE)
    assert len(set(names)) == 10_000
    assert names[:3] == ("coin", "coin_2", "coin_3")
