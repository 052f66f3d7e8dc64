"""The watch officer's screen: state, alarms, the queue, and what is said by a key."""

import re

import pytest

from tests.browser.conftest import Opens
from tests.browser.desk import OFFICERS, add_person, seen_by
from tests.end_to_end.nodes import Node, wait_until

pytestmark = pytest.mark.system

FLASH_WORDS = "Aircraft of yours heads for our people at the river"


def flash(node: Node, words: str = FLASH_WORDS) -> dict[str, object]:
    """A FLASH text from the other side."""
    return node.deliver(words, precedence="FLASH")


def acknowledge_all(node: Node) -> None:
    """Nothing rings any more."""
    for alarm in node.alarms():
        if not alarm["acknowledged"]:
            node.client().post(
                "/lines", node.line, "alarms", "acknowledge", body={"alarm": alarm["id"]}
            )


def test_a_link_signs_in_once_and_shows_the_line(alpha: Node, opens: Opens) -> None:
    """The link is gone from the address, the line's word is that of the node, clocks run."""
    desk = opens(alpha).sign_in()
    displayed = alpha.state()["displayed"]
    assert desk.page.locator(".line .word").inner_text().endswith(displayed["said"])
    assert desk.page.url == f"{desk.origin}/"
    first = desk.page.locator(".zulu").inner_text()
    assert re.fullmatch(r"\d\d:\d\d:\d\dZ", first)
    desk.until(f"document.querySelector('.zulu').innerText !== '{first}'")


def test_nobody_sees_anything_before_they_sign_in(alpha: Node, opens: Opens) -> None:
    """Without a session the page shows the way to sign in, and the API refuses."""
    desk = opens(alpha)
    desk.origin = alpha.config.officers.origin if alpha.config.officers else ""
    desk.page.goto(f"{desk.origin}/#/watch")
    desk.sees("Sign in to take the watch.")
    answer = desk.page.request.get(f"{desk.origin}/status")
    assert answer.status == 401


def test_a_flash_rings_until_somebody_acknowledges(alpha: Node, bravo: Node, opens: Opens) -> None:
    """Banner and title ring; A acknowledges by name; a second console sees that it is taken."""
    acknowledge_all(alpha)
    add_person(alpha, "Capt. Second", "WATCH_OFFICER")
    desk, second = opens(alpha).sign_in(), opens(alpha).sign_in("Capt. Second")
    said = flash(bravo)
    for one in (desk, second):
        one.sees(str(said["serial"]))
        one.until("document.title.includes('FLASH')")
    desk.press("a")
    desk.page.wait_for_selector(".banner", state="detached")
    second.page.wait_for_selector(".banner", state="detached")
    assert not [one for one in alpha.alarms() if not one["acknowledged"]]


def test_a_message_is_read_by_a_key_and_the_other_side_sees_the_name(
    alpha: Node, bravo: Node, opens: Opens
) -> None:
    """R says READ in the officer's own name; pressed twice it says so once."""
    desk = opens(alpha).sign_in()
    said = bravo.deliver("The bridge at the ford is closed until noon.")
    desk.page.locator(".entry", has_text=str(said["serial"])).first.click()
    desk.page.locator(".hand .lead", has_text="The bridge at the ford is closed").wait_for()
    desk.page.locator(".hand button", has_text="Read").first.wait_for()
    before = len(alpha.messages())
    desk.press("r")
    desk.press("r")
    wait_until(
        lambda: seen_by(bravo, bravo.party, int(said["index"])) == [OFFICERS[alpha.party]],
        "bravo sees who read it",
    )
    assert len(alpha.messages()) == before + 1


def test_a_silent_node_makes_the_screen_stale(alpha: Node, bravo: Node, opens: Opens) -> None:
    """While the node is frozen the page says STALE; when it answers again, it does not."""
    import signal

    desk = opens(bravo).sign_in()
    bravo.send_signal(signal.SIGSTOP)
    try:
        desk.page.wait_for_selector(".stale", timeout=20_000)
    finally:
        bravo.send_signal(signal.SIGCONT)
    desk.page.wait_for_selector(".stale", state="detached", timeout=20_000)


HOSTILE = [
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>",
    "\u202eSEEN AS SOMETHING ELSE\u202c and \u2066more\u2069 of it",
    "zero\u200bwidth\u200djoined \ufeffmark, раураl in Cyrillic letters",
    "W" * 5_000,
    "<svg/onload=alert(1)> javascript:alert(1) {{7*7}} ${7*7}",
]


@pytest.mark.parametrize("words", HOSTILE, ids=["markup", "bidi", "zero", "long", "svg"])
def test_what_a_counterpart_writes_is_only_words(
    words: str, alpha: Node, bravo: Node, opens: Opens
) -> None:
    """Nothing in a counterpart's text runs, loads, or makes the page wider than the screen."""
    desk = opens(alpha).sign_in()
    said = bravo.deliver(words)
    desk.page.locator(".entry", has_text=str(said["serial"])).first.click()
    desk.page.wait_for_selector(".hand .words")
    desk.page.wait_for_timeout(300)
    assert "owned" not in desk.page.title()
    assert desk.page.locator(".hand img, .hand script, .hand svg").count() == 0
    width = desk.page.evaluate("document.documentElement.scrollWidth")
    assert width <= desk.page.viewport_size["width"]  # type: ignore[index]
    shown = desk.page.locator(".hand .words").first.inner_text()
    assert "\u202e" not in shown, "a direction override is shown as what it is"


def test_the_policy_lets_nothing_else_load_or_run(alpha: Node, opens: Opens) -> None:
    """The page's policy names only the node itself; a script that is put in does not run."""
    desk = opens(alpha).sign_in()
    answer = desk.page.request.get(f"{desk.origin}/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    # Put in by the page itself, as a hole in it would: the policy stops it.
    assert desk.page.evaluate(
        """() => new Promise((told) => {
             document.addEventListener('securitypolicyviolation', () => told(true));
             const script = document.createElement('script');
             try { script.textContent = 'window.owned = true'; document.body.append(script); }
             catch { told(true); }
             setTimeout(() => told(false), 2000);
           })"""
    )
    assert desk.page.evaluate("window.owned") is None
    desk.faults.clear()
