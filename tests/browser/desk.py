"""A desk: an officer's browser at the console of a real node.

Each desk is a browser of its own, with its own session. It keeps what the page must never
do, faults of its scripts and requests to anybody but its node, and `end` fails for it.
"""

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, ViewportSize

from tests.end_to_end.nodes import Node, wait_until

REPOSITORY: Final = Path(__file__).parents[2]
SHOTS: Final = REPOSITORY / "build" / "screenshots"
"""Where pictures of failing and of shown screens are kept; not in the repository."""

AXE: Final = REPOSITORY / "console" / "node_modules" / "axe-core" / "axe.min.js"
BROWSERS: Final = ("chromium", "chromium-browser")
OPTIONS: Final = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
)

OFFICERS: Final = {"alpha.example": "Maj. Carter", "bravo.example": "Maj. Orlov"}

TABS_MAX: Final = 120
FOCUSED: Final = """(() => {
  const one = document.activeElement;
  return (one.ariaLabel || one.labels?.[0]?.innerText || one.innerText || '').trim();
})()"""
"""The name of the control that has the focus, as a screen reader would begin to say it."""


def chromium() -> str:
    """The path of the system's Chromium; the test is skipped, in CI failed, without it."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    says = "There is no Chromium here: make system installs it."
    if os.environ.get("CI") == "true":
        pytest.fail(says)
    pytest.skip(says)


def open_port(node: Node, port: int) -> None:
    """Give a node that does not run an officers' port on loopback."""
    with (node.directory / "node.toml").open("a") as settings:
        settings.write(f'\n[officers]\nlisten = "127.0.0.1:{port}"\ncertificate = "none"\n')


def reach_by_loopback(node: Node) -> None:
    """Let the sound of calls go by this machine alone, from page to page; before it runs."""
    with (node.directory / "node.toml").open("a") as settings:
        settings.write('\n[telephone]\nway = "direct"\naddresses = "loopback"\n')


def add_person(node: Node, name: str, *roles: str, posts: tuple[str, ...] = ("watch",)) -> None:
    """Let somebody sign in at the node's console."""
    body = {"name": name, "roles": list(roles), "posts": list(posts)}
    node.client().post("/people", body=body)


@dataclass
class Desk:
    """One officer's browser.

    Attributes:
        node: Whose console it shows.
        context: The browser, with cookies of its own.
        page: The console.
        faults: What the page's scripts and policy complained of.
        strangers: Addresses asked for that are not the node's.
    """

    node: Node
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    origin: str = ""

    @classmethod
    def open(
        cls,
        browser: Browser,
        node: Node,
        *,
        language: str = "en",
        theme: str = "dark",
        width: int = 1440,
        height: int = 900,
        has_touch: bool = False,
    ) -> "Desk":
        """A browser in which nobody is signed in yet."""
        size = ViewportSize(width=width, height=height)
        context = browser.new_context(viewport=size, has_touch=has_touch)
        look = json.dumps({"theme": theme})
        context.add_init_script(
            f"if (!localStorage.getItem('openline.language')) {{"
            f"localStorage.setItem('openline.language', {json.dumps(language)});"
            f"localStorage.setItem('openline.look', {json.dumps(look)});}}"
        )
        desk = cls(node, context, context.new_page())
        desk.page.on("pageerror", lambda error: desk.faults.append(str(error)))
        desk.page.on("console", lambda said: desk._hear(said.type, said.text))
        desk.page.on("request", desk._look_at)
        return desk

    def _hear(self, sort: str, text: str) -> None:
        # What a stopped node does not answer is no fault of the page.
        if sort == "error" and "Failed to load resource" not in text and "ERR_" not in text:
            self.faults.append(text)

    def _look_at(self, request: Request) -> None:
        if not self.origin or request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            return
        self.strangers.append(request.url)

    def sign_in(self, name: str = "") -> "Desk":
        """Sign somebody in with a link, and wait for the picture."""
        name = name or OFFICERS[self.node.party]
        made = self.node.client().post("/people", name, "link", body={})
        return self.enter(str(made["url"]))

    def enter(self, link: str) -> "Desk":
        """Sign in with a link that was made, and wait for the picture."""
        self.origin = link.partition("/sign-in")[0]
        self.page.goto(link)
        self.page.wait_for_selector("main#main > *", timeout=20_000)
        self.until("!document.querySelector('main .none.waits')")
        return self

    def until(self, expression: str, timeout_s: float = 20) -> None:
        """Wait until an expression is true on the page; the page's policy bars a wait within."""
        wait_until(lambda: self.page.evaluate(expression), expression, timeout_s)

    def go(self, screen: str) -> None:
        """Show a screen by its address."""
        self.page.goto(f"{self.origin}/#/{screen}")
        self.page.wait_for_timeout(300)

    def sees(self, words: str, timeout_s: float = 15) -> None:
        """Wait until words can be seen on the page."""
        self.page.get_by_text(words).first.wait_for(state="visible", timeout=timeout_s * 1_000)

    def menu(self, name: str) -> None:
        """Choose something of the menu of the bar."""
        self.page.get_by_role("button", name="Menu").click()
        self.page.locator("#menu").get_by_role("button", name=name, exact=True).click()

    def press(self, key: str) -> None:
        """Press a key where the focus is."""
        self.page.keyboard.press(key)

    def tab_to(self, name: str, *, key: str = "Tab") -> None:
        """Move the focus to the next control of a name, as who has no mouse does."""
        for _ in range(TABS_MAX):
            self.press(key)
            if str(self.page.evaluate(FOCUSED)).startswith(name):
                return
        raise AssertionError(f"{key} does not lead to {name}")

    def does(self, name: str) -> None:
        """Go to the control of a name by the keyboard, and do what it does."""
        self.tab_to(name)
        self.press("Enter")

    def choose(self, act: str) -> None:
        """Do one act by the palette, by some letters of it."""
        self.press("Control+k")
        letters = self.page.get_by_role("combobox", name="Some letters of it")
        letters.wait_for()
        self.until("document.activeElement.getAttribute('role') === 'combobox'")
        self.type(act)
        self.page.get_by_role("option", name=act).first.wait_for()
        self.press("Enter")
        letters.wait_for(state="detached")

    def fill(self, **words: str) -> None:
        """Write into one field after the other, in their order; `_` in a name is a space."""
        for name, text in words.items():
            self.tab_to(name.replace("_", " "))
            self.type(text)

    def type(self, words: str) -> None:
        """Type words where the focus is."""
        self.page.keyboard.type(words)

    def shoot(self, name: str) -> Path:
        """Keep a picture of the page."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def wrongs(self) -> list[str]:
        """What axe-core finds serious or worse, in a row each."""
        # The policy of the page lets no script be added to it; the driver's own may.
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: dict[str, Any] = self.page.evaluate("() => axe.run(document)")
        return [
            f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]} "
            f"{one['nodes'][0].get('failureSummary', '')[:300]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]

    def end(self) -> None:
        """Close the browser; fails if the page did what it must not."""
        self.context.close()
        assert self.faults == [], "the page's scripts have faults"
        assert self.strangers == [], "the page asked somebody else than its node"


def seen_by(node: Node, party: str, index: int) -> list[str]:
    """Officers that a node shows to have read a message."""
    return [mark["officer"] for mark in node.message(party, index)["marks"]["read"]]


__all__ = [
    "Desk",
    "add_person",
    "chromium",
    "open_port",
    "reach_by_loopback",
    "seen_by",
    "wait_until",
]
