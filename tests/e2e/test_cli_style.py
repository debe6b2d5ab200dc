"""assetql style: learnt from references, and a gate that tells its own from others."""

from tests.e2e.conftest import STYLES, Cli, Studio, references


def test_scores_come_in_the_order_given_with_the_gates_verdict(cli: Cli) -> None:
    learnt = cli.json("style", "set", "Pixels", *references("pixelarticons", 5))
    assert learnt["references"] == 5
    assert learnt["gate"]["calibrated"] is True
    own = sorted((STYLES / "pixelarticons").glob("*.png"))[-2:]
    images = [own[1], references("noto", 1)[0], own[0]]
    scores = cli.json("style", "score", "Pixels", *images)
    assert [score["image"] for score in scores] == [str(path) for path in images]
    assert [score["accepted"] for score in scores] == [True, False, True]
    for score in scores:
        assert set(score) == {"image", "score", "threshold", "accepted"}
        assert score["accepted"] is (score["score"] >= score["threshold"])


def test_one_reference_is_enough_and_says_that_it_is_not_calibrated(cli: Cli) -> None:
    learnt = cli.json("style", "set", "Solo", *references("noto", 1))
    assert learnt["gate"]["calibrated"] is False
    assert learnt["gate"]["warnings"]
    shown = cli("style", "set", "Solo again", *references("noto", 1))
    assert "not calibrated" in shown.out


def test_the_same_name_again_is_a_new_version_of_the_same_style(studio: Studio) -> None:
    known = studio.cli.json("style", "list")
    again = studio.cli.json("style", "set", "meadow", *references("noto", 4))
    assert again["style_id"] == known[0]["style_id"]
    assert again["version"] == known[0]["version"] + 1
    assert len(studio.cli.json("style", "list")) == 1


def test_people_see_scores_with_three_digits_and_a_yes_or_no(studio: Studio) -> None:
    image = references("noto", 1)[0]
    (score,) = studio.cli.json("style", "score", "Meadow", image)
    shown = studio.cli("style", "score", "Meadow", image).out
    assert f"{score['score']:.3f}" in shown
    assert f"{score['threshold']:.3f}" in shown
    assert ("yes" if score["accepted"] else "no") in shown
    assert "Meadow" in studio.cli("style", "list").out
