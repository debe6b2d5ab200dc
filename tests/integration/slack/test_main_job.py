"""The main job in a thread: files and a sentence, an approval, images, a package."""

from pathlib import Path

from tests.support.slack.people import button_of, buttons_of, until
from tests.support.slack.served import Served

EXAMPLES = Path(__file__).parents[3] / "examples" / "chat" / "uploads"
LIST = b"name,description,width,height\n" + b"".join(
    b"Potion %d,a red potion,128,128\n" % number for number in range(8)
)
ASK = (
    "Use this image as the style 'Meadow', make everything in the list with it, tag the "
    "results and give me a Unity package."
)


def test_from_files_and_a_sentence_to_a_package(served: Served) -> None:
    slack, ana = served.slack, served.person()
    files = [
        slack.host("list.csv", LIST),
        slack.host("ref1.png", (EXAMPLES / "ref1.png").read_bytes()),
    ]
    thread = ana.says(ASK, files=files, subtype="file_share")
    answer, question = until(lambda: slack.thread("D1", thread)[1:] and slack.thread("D1", thread))
    assert {token for _, token in slack.downloads} == {"Bearer xoxb-one"}
    assert "Meadow" in answer.everything
    assert "8 images" in question.everything

    ana.presses(question, "approve:0")
    until(lambda: "Approved by <@U1>" in question.everything)
    assert buttons_of(question) == []

    served.make_images()
    notice = until(lambda: [m for m in slack.thread("D1", thread) if "8 READY" in m.everything])[0]
    until(lambda: not notice.streaming)
    assert notice.everything.count("unity") > 0

    images = until(lambda: [m for m in slack.thread("D1", thread) if "vary:0" in buttons_of(m)])[0]
    thumbnails = [f for f in slack.world.files.values() if f["shared"] == ("T1", "D1", thread)]
    assert [f["title"] for f in thumbnails] == [f"{n}. Potion {n - 1}" for n in range(1, 7)]
    assert all(f["data"].startswith(b"\x89PNG") for f in thumbnails)
    assert len(buttons_of(images)) == 24

    (package,) = [each for each in buttons_of(notice) if each.startswith("package:")]
    assert button_of(notice, package)["text"]["text"].endswith("unity.zip")
    ana.presses(notice, package)
    until(lambda: [f for f in slack.world.files.values() if f["shared"] and f["data"][:2] == b"PK"])


def test_what_can_be_done_to_an_image(served: Served) -> None:
    slack, ana = served.slack, served.person()
    thread = ana.says("I need 2 health potions, 128x128")
    (question,) = until(
        lambda: [m for m in slack.thread("D1", thread) if "approve:0" in buttons_of(m)]
    )
    ana.presses(question, "approve:0")
    until(lambda: "Approved" in question.everything)
    served.make_images()
    images = until(lambda: [m for m in slack.thread("D1", thread) if "vary:0" in buttons_of(m)])[0]

    ana.presses(images, "vary:0")
    until(lambda: [m for m in slack.thread("D1", thread) if "variations: 4 images" in m.everything])
    ana.presses(images, "reroll:1")
    until(lambda: [m for m in slack.thread("D1", thread) if "variations: 1 image" in m.everything])

    ana.presses(images, "tag:0")
    (form,) = until(lambda: slack.world.views)
    typed = {"add": {"tags": {"value": "glowing, Round"}}, "remove": {"tags": {"value": None}}}
    ana.submits(form, typed)
    (told,) = until(lambda: slack.whispers("U1"))
    assert "glowing, round" in told.text
    assert told.thread_ts == thread

    ana.presses(images, "export:0")
    form = until(lambda: slack.world.views[1:])[0]
    chosen = {"presets": {"presets": {"selected_options": [{"value": "raw"}]}}}
    ana.submits(form, chosen)
    packed = until(lambda: slack.whispers("U1")[1:])[0]
    assert buttons_of(packed) == ["package:0"]


def test_files_that_cannot_be_taken_are_named(served: Served) -> None:
    slack, ana = served.slack, served.person()
    slack.redirects["moved.png"] = "http://127.0.0.1:1/steal"
    files = [
        {**slack.host("a.png", b"x"), "url_private_download": "https://evil.example/a.png"},
        {**slack.host("b.png", b"x"), "url_private_download": "http://files.slack.com/b.png"},
        slack.host("moved.png", b""),
        slack.host("page.png", b"<html>", "text/html"),
        slack.host("huge.csv", b"n" * (20 * 2**20 + 1)),
        slack.host("noise.png", b"no image"),
    ]
    ana.says("", files=files, subtype="file_share")
    (told,) = until(lambda: slack.whispers("U1"))
    names = ("a.png", "b.png", "moved.png", "page.png", "huge.csv", "noise.png")
    assert [name for name in names if name not in told.text] == []
    assert len(slack.downloads) == 4
    assert slack.world.statuses == []
