"""A conflict between two running nodes is drawn, while they run and after it has ended."""

import json
from pathlib import Path

from tests.end_to_end.nodes import Node, found, running, told_by_process, wait_until, wait_up

LANGUAGES = ("en", "ru", "ar")


def issue(node: Node, *words: str) -> str:
    """Give notice at Shayrat airfield through the command line; the id."""
    told = told_by_process(
        "notice", "issue", "--dir", node.directory, "--circle", "34.490,36.909", "--json",
        "--upper", "FL100", "--from", "2100-01-01T00:00Z", "--until", "2100-01-01T02:00Z",
        "--place", "at Shayrat airfield", "--activity", "What we do.", "--wait", "20", *words,
    )  # fmt: skip
    assert told.code == 0, told.aside
    return str(json.loads(told.out)["issued"][0]["notice_id"])


def test_a_conflict_of_running_nodes_is_drawn(tmp_path: Path) -> None:
    """Both nodes draw one conflict alike, in each language; ended, it is drawn from the record."""
    alpha, bravo = found(tmp_path / "nodes")
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    with running(alpha, bravo):
        wait_up(alpha, bravo)
        nothing = told_by_process("conflicts", "--dir", alpha.directory, "--picture", "x.png")
        assert nothing.code == 1
        assert "There is no conflict to draw." in nothing.aside

        strike = issue(alpha, "--radius", "9km", "--category", "strike", "--kind", "missile")
        issue(bravo, "--radius", "4km", "--category", "presence", "--kind", "presence")
        for node in (alpha, bravo):
            wait_until(node.conflicts, f"{node.party} finds the conflict")

        for node in (alpha, bravo):
            path = pictures / f"{node.name}.png"
            told = told_by_process("conflicts", "--dir", node.directory, "--picture", path)
            assert (told.code, told.aside) == (0, "")
            assert f"{path} shows alpha.example~{strike}~bravo.example~" in told.out
        ours = (pictures / "alpha.png").read_bytes()
        assert ours.startswith(b"\x89PNG")
        assert ours == (pictures / "bravo.png").read_bytes()

        [conflict] = alpha.conflicts()
        for language in LANGUAGES:
            path = pictures / f"{language}.svg"
            told = told_by_process(
                "conflicts", conflict["id"], "--dir", bravo.directory, "--picture", path,
                "--language", language, "--json",
            )  # fmt: skip
            assert told.code == 0, told.aside
            answer = json.loads(told.out)
            assert answer["picture"] == str(path)
            assert answer["conflict"]["id"] == conflict["id"]
            assert path.read_bytes().startswith(b"<?xml")

        told = told_by_process("notice", "cancel", strike, "--dir", alpha.directory)
        assert told.code == 0, told.aside
        wait_until(lambda: not bravo.conflicts(), "the conflict ends")
        path = pictures / "ended.png"
        told = told_by_process(
            "conflicts", conflict["id"], "--ended", "--dir", bravo.directory, "--picture", path
        )
        assert (told.code, told.aside) == (0, "")
        assert path.read_bytes() == ours
