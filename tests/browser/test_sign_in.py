"""Signing in at the console: by password and code, in each language, and out again."""

import pyotp
import pytest

from tests.browser.conftest import Opens
from tests.browser.desk import add_person
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system

PASSWORD = "four words nobody joined"


def with_password(node: Node, name: str, opens: Opens) -> pyotp.TOTP:
    """Somebody new who has a password and a second factor; a clock of codes."""
    add_person(node, name, "WATCH_OFFICER")
    desk = opens(node).sign_in(name)
    csrf = desk.page.request.get(f"{desk.origin}/session").json()["csrf"]
    headers = {"x-openline-csrf": csrf}

    def post(path: str, body: dict[str, str]) -> dict[str, str]:
        answer = desk.page.request.post(f"{desk.origin}{path}", data=body, headers=headers)
        assert answer.ok, answer.text()
        told: dict[str, str] = answer.json()
        return told

    codes = pyotp.TOTP(post("/session/second-factor", {})["secret"])
    post("/session/password", {"password": PASSWORD, "code": codes.now()})
    desk.menu("Sign out")
    desk.sees("Sign in to take the watch.")
    return codes


def test_a_password_and_a_code_sign_in(alpha: Node, opens: Opens) -> None:
    """A wrong code is told in words and clears the secret fields; the right one opens the desk."""
    codes = with_password(alpha, "Lt. Sign", opens)
    desk = opens(alpha)
    desk.page.goto(alpha.config.officers.origin if alpha.config.officers else "")
    desk.page.get_by_label("Rank and name").fill("Lt. Sign")
    desk.page.get_by_label("Password").fill("wrong words entirely")
    desk.page.get_by_label("Code of the authenticator").fill("000000")
    desk.page.get_by_role("button", name="Sign in", exact=True).click()
    desk.page.locator("[role=alert]", has_text="is wrong").wait_for()
    assert desk.page.get_by_label("Password").input_value() == ""
    desk.page.get_by_label("Password").fill(PASSWORD)
    desk.page.get_by_label("Code of the authenticator").fill(codes.now())
    desk.page.get_by_role("button", name="Sign in", exact=True).click()
    desk.page.wait_for_selector("main#main")


@pytest.mark.parametrize(
    ("language", "direction", "words"),
    [
        ("en", "ltr", "Sign in to take the watch."),
        ("ru", "ltr", "Войдите, чтобы нести вахту."),
        ("ar", "rtl", "سجّل الدخول لتسلّم المناوبة."),
    ],
)
def test_the_page_speaks_each_language_in_its_direction(
    language: str, direction: str, words: str, alpha: Node, opens: Opens
) -> None:
    """The sign-in screen has the words, the direction and the language of the officer."""
    desk = opens(alpha, language=language)
    desk.page.goto(alpha.config.officers.origin if alpha.config.officers else "")
    desk.sees(words)
    assert desk.page.evaluate("document.documentElement.dir") == direction
    assert desk.page.evaluate("document.documentElement.lang") == language
    assert desk.wrongs() == []


def test_a_used_link_signs_nobody_in(alpha: Node, opens: Opens) -> None:
    """The second use of a link is refused in words that say what to do."""
    made = alpha.client().post("/people", "Maj. Carter", "link", body={})
    first, second = opens(alpha), opens(alpha)
    first.page.goto(str(made["url"]))
    first.page.wait_for_selector("main#main")
    second.page.goto(str(made["url"]))
    second.page.locator("[role=alert]", has_text="The link was used already").wait_for()
