"""Every screen in every language: no fault, nothing too wide, no English left over."""

import functools
import itertools
import re
from typing import Final

import pytest

from openline.adapters.wording.marking import read_catalogues
from tests.browser.conftest import Opens
from tests.browser.desk import OFFICERS, REPOSITORY, Desk, add_person
from tests.browser.test_sending import live_notice
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system

SCREENS: Final = re.findall(
    r'name: "(\w+)"', (REPOSITORY / "console/src/screens/screens.ts").read_text(encoding="utf-8")
)
THEMES: Final = ("dark", "light", "night")
SPOKEN: Final = "button, h1, h2, h3, legend, th, label, summary, dt, nav a"
"""What a screen says by itself: controls and headings, not what people wrote."""


@functools.cache
def left_english(language: str) -> frozenset[str]:
    """The console's English sentences that this language has in other words."""
    return frozenset(
        str(row.id)
        for catalogue in read_catalogues(language, of_console=True)
        for row in catalogue
        if row.id and row.id != row.string
    )


def english_on(desk: Desk, language: str) -> set[str]:
    """The English sentences of the catalogues that can be seen on a screen."""
    seen = desk.page.evaluate(
        """(spoken) => [...document.querySelectorAll(spoken)]
             .filter((one) => one.checkVisibility({visibilityProperty: true}))
             .filter((one) => !one.closest('[lang=en]'))
             .map((one) => one.innerText.trim())""",
        SPOKEN,
    )
    assert len(seen) > 10, "the screen says something"
    return set(seen) & left_english(language)


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_every_screen_is_sound_in_a_language(
    language: str, alpha: Node, bravo: Node, opens: Opens
) -> None:
    """No screen is too wide, hard to use, or partly in English; each leaves a picture."""
    live_notice(bravo)
    add_person(alpha, f"Admin {language}", "ADMINISTRATOR", "WATCH_OFFICER")
    assert {"watch", "map", "people", "own"} <= set(SCREENS)
    assert language == "en" or len(left_english(language)) > 300
    size = {"language": language, "width": 1280, "height": 720}
    desk = opens(alpha, **size).sign_in(OFFICERS[alpha.party])
    admin = opens(alpha, **size).sign_in(f"Admin {language}")
    found: dict[str, object] = {}
    themes = itertools.cycle(THEMES)
    for name in SCREENS:
        one = admin if name in ("people", "audit") else desk
        one.page.evaluate("(theme) => document.documentElement.dataset.theme = theme", next(themes))
        one.go(name)
        one.page.wait_for_timeout(150)
        one.shoot(f"screen-{name}-{language}")
        if wrongs := one.wrongs():
            found[f"{name}: hard to use"] = wrongs
        width = one.page.evaluate("document.documentElement.scrollWidth")
        if width > 1280:
            found[f"{name}: too wide"] = width
        if language != "en" and (english := english_on(one, language)):
            found[f"{name}: English"] = english
    assert found == {}
