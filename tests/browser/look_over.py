"""The look-over: a picture of every screen, form and dialog, in each language and theme.

usage: python -m tests.browser.look_over [--language ru ...] [--theme light ...]
                                         [--size desk|tablet|wall] [--only WORDS] [--axe]

Two real nodes are brought to a busy hour of a watch; then officers of Alpha open one view
after the other in a real Chromium. Pictures go to build/look-over, six to a sheet, and what
a program can see by itself is printed: a page too wide, a control off the screen, words cut
off, English left over, a field whose fault is not told beside it. The rest is for the eye.
"""

import argparse
import contextlib
import functools
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Error, Page, sync_playwright

from openline.adapters.wording.marking import read_catalogues
from tests.browser.desk import OPTIONS, REPOSITORY, Desk, add_person, chromium, open_port
from tests.browser.test_every_screen import SCREENS, SPOKEN, THEMES, left_english
from tests.browser.test_sending import live_notice
from tests.browser.test_tracks import FEED, Mast
from tests.end_to_end.nodes import (
    Node,
    found,
    openline,
    running,
    told_by,
    wait_up,
)
from tests.faces.cli.test_statements import STEPS, open_office, press
from tests.ports import free_ports

OUT: Final = REPOSITORY / "build" / "look-over"
SIZES: Final = {"desk": (1280, 720), "tablet": (820, 1180), "wall": (3840, 2160)}
LANGUAGES: Final = ("en", "ru", "ar")
SHEET: Final = 6
OFFICER, ADMIN, COMMANDER, NOBODY = "Maj. Carter", "Adm. Hale", "Col. Stone", ""
LOOKING_MS: Final = 350
PATIENCE_MS: Final = 8_000

WRONGS: Final = """() => {
  const found = [];
  const wide = document.documentElement;
  if (wide.scrollWidth > innerWidth + 1) found.push(`page is ${wide.scrollWidth} wide`);
  const name = (one) => `<${one.localName}> ${(one.ariaLabel || one.innerText || one.id || '')
    .trim().slice(0, 50)}`;
  const scrolls = (one) => {
    for (let at = one.parentElement; at; at = at.parentElement)
      if (/auto|scroll/.test(getComputedStyle(at).overflowX + getComputedStyle(at).overflowY))
        return at;
    return null;
  };
  const top = document.querySelector('dialog[open]') ?? document;
  const seen = 'button, input, select, textarea, a, h1, h2, h3, dialog';
  const worded = 'button, th, td, label, dt, dd, p, span, summary, legend';
  for (const one of top.querySelectorAll(seen)) {
    if (!one.checkVisibility({visibilityProperty: true})) continue;
    if (one.closest('.hidden-but-read, .beyond, .skip')) continue;
    const box = one.getBoundingClientRect();
    const frame = scrolls(one)?.getBoundingClientRect();
    const left = Math.max(0, frame?.left ?? 0), right = Math.min(innerWidth, frame?.right ?? 1e9);
    if (box.width && (box.left < left - 2 || box.right > right + 2))
      found.push(`${name(one)} reaches from ${Math.round(box.left)} to ${Math.round(box.right)}`
        + ` of ${Math.round(left)}-${Math.round(right)}`);
    if (one.localName === 'dialog' && (box.top < 0 || box.bottom > innerHeight))
      found.push(`${name(one)} is higher than the screen`);
  }
  for (const one of top.querySelectorAll(worded)) {
    if (!one.checkVisibility({visibilityProperty: true})) continue;
    if (one.closest('.hidden-but-read')) continue;
    const style = getComputedStyle(one);
    const cut = style.overflowX !== 'visible' && style.overflowX !== 'auto'
      && style.overflowX !== 'scroll';
    if (one.clientWidth && one.scrollWidth > one.clientWidth + 2 && style.display !== 'inline')
      found.push(`${name(one)} ${cut ? 'is cut off' : 'runs out of its box'}`);
  }
  for (const one of top.querySelectorAll('[aria-invalid=true]'))
    if (one.checkVisibility() && !one.getAttribute('aria-describedby')
        && !one.closest('[aria-describedby]'))
      found.push(`${name(one)} is invalid and nothing beside it says why`);
  return [...new Set(found)];
}"""


# --- the scene -----------------------------------------------------------------------------------


def said(node: Node, *words: object) -> str:
    """Do a verb at a node that says something; the serial that it was given."""
    told = told_by(*words, "--dir", node.directory)
    assert told.code == 0, f"{words}: {told.aside}"
    serial = re.search(r"\b[A-Z]+-(?:[A-Z]-)?\d{4,}\b", told.out)
    return serial.group() if serial else told.out.strip()


@contextlib.contextmanager
def scene(directory: Path) -> Iterator[tuple[Node, Node]]:
    """Two nodes in the middle of a busy watch, with public statements that were changed."""
    alpha, bravo = found(directory)
    for node, port in zip((alpha, bravo), free_ports(2), strict=True):
        open_port(node, port)
    mast = Mast(alpha.directory / "seen.sbs")
    mast.path.touch()
    with open_office() as office, (alpha.directory / "node.toml").open("a") as settings:
        settings.write(FEED)
        settings.write(
            '\n[statements]\nallow = "127.0.0.0/8"\ncontact = "mailto:x@alpha.example"\n'
        )
        settings.flush()
        with running(alpha, bravo):
            wait_up(alpha, bravo)
            add_person(alpha, OFFICER, "WATCH_OFFICER", "LINGUIST")
            add_person(alpha, ADMIN, "ADMINISTRATOR", "WATCH_OFFICER")
            add_person(alpha, COMMANDER, "COMMANDER", "WATCH_OFFICER", posts=("commander",))
            mast.start()
            for tell in (_notices, _talk, _contacts, _incident, _places, _drafts):
                tell(alpha, bravo)
            _statements(alpha, office)
            yield alpha, bravo
            mast.is_over.set()


def _notices(alpha: Node, bravo: Node) -> None:
    live_notice(bravo)
    words = ("--radius", "9km", "--upper", "FL100", "--from", "now", "--until", "+3h")
    said(alpha, "notice", "issue", "--circle", "34.52,36.95", *words, "--category", "flight",
         "--kind", "air", "--activity", "A pair passes.", "--describe-place")  # fmt: skip
    said(alpha, "movement", "issue", "--sort", "patrol", "--kind", "ground", "--waypoint",
         "35.40,39.90 +5h", "--waypoint", "35.30,40.28 +6h", "--half-width", "500m",
         "--describe-place")  # fmt: skip


def _talk(alpha: Node, bravo: Node) -> None:
    said(bravo, "query", "ask", "--question", "are-these-yours", "--objects", "two boats",
         "--place", "2 km south of Khasham", "--precedence", "immediate")  # fmt: skip
    said(bravo, "warning", "give", "hold", "Our people cross the bridge until noon.", "--place",
         "2 km south of Khasham")  # fmt: skip
    said(alpha, "query", "ask", "Who commands the post at the bridge?")
    bravo.post("TEXT", {"language": "ru", "text": "Два наших беспилотника идут домой."})
    said(alpha, "check", "send")
    said(alpha, "watch", "open", "--by", "watch/Maj. Carter")
    told_by("watch", "handover", "--by", "watch/Maj. Carter", "--dir", alpha.directory)


def _contacts(alpha: Node, bravo: Node) -> None:
    contact = said(bravo, "contact", "request", "Flights over Shayrat", "--tier", "2", "--at",
                   "+1h", "--readout", "joint", "--by", "commander/Gen. Belov")  # fmt: skip
    said(alpha, "contact", "reply", contact, "accept", "--by", "commander/Col. Stone")
    asked = said(alpha, "contact", "request", "The incident of this morning", "--tier", "2",
                 "--at", "+2h", "--by", "commander/Col. Stone")  # fmt: skip
    said(bravo, "contact", "reply", asked, "decline", "Not now.", "--by", "commander/Gen. Belov")
    call = said(alpha, "call", "record", "--from", "-30min", "--until", "-10min", "--person",
                "bravo.example: Maj. Orlov", "--authenticated", "call-back", "--point",
                "Flights are announced an hour ahead.")  # fmt: skip
    said(bravo, "call", "agree", call)
    text = "en=The commanders spoke about flights."
    by = ("--by", "commander/Col. Stone")
    readout = said(alpha, "readout", "propose", call, "--text", text, *by)
    said(bravo, "readout", "agree", readout, "--by", "commander/Gen. Belov")
    said(alpha, "readout", "publish", readout, *by)


def _incident(alpha: Node, bravo: Node) -> None:
    said(bravo, "incident", "report", "Two bombs fell among our observers.", "--sort", "strike",
         "--at", "-10min", "--place", "2 km west of Shayrat", "--harm", "Two wounded.")  # fmt: skip
    said(bravo, "violation", "allege", "--article", "Annex B, 3", "--at", "-1h",
         "A patrol entered without a call.")  # fmt: skip
    openline("incident", "hold", "--from", "-1h", "--until", "now", "--reason", "A press inquiry.",
             "--dir", alpha.directory)  # fmt: skip


def _places(alpha: Node, bravo: Node) -> None:
    said(alpha, "site", "add", "--id", "CLINIC-NEW", "--name", "Field hospital", "--at",
         "34.9,37.6", "--radius", "300m", "--protected", "--function", "hospital")  # fmt: skip
    said(bravo, "zone", "declare", "--circle", "35.30,40.30", "--radius", "20km", "--rule",
         "prior-contact", "--name", "East bank", "--procedure", "Call the watch.",
         "--describe-place")  # fmt: skip
    openline("private", "keep", "--name", "Depot", "--site", "--circle", "34.490,36.909",
             "--radius", "500m", "--upper", "100 m AGL", "--dir", alpha.directory)  # fmt: skip


def _drafts(alpha: Node, bravo: Node) -> None:
    openline("declare", "suspend", "air_safety", "--reason", "A strike on our air base.",
             "--draft", "--by", "watch/Maj. Carter", "--dir", alpha.directory)  # fmt: skip


def _statements(alpha: Node, office: Any) -> None:
    office.show("/7", press.page(STEPS[0]))
    openline("statements", "add", "their-page", office.base + "/7", "--kind", "page", "--lang",
             "ar", "--dir", alpha.directory)  # fmt: skip
    [one] = alpha.client().get("/statements", source="their-page")["statements"]
    for step in STEPS:
        office.show("/7", press.page(step))
        alpha.client().post("/statements", one["id"], "check", body=None)


# --- what is looked at ---------------------------------------------------------------------------


@functools.cache
def words_of(language: str) -> dict[str, str]:
    """The console's sentences of a language by their English ones."""
    rows = (row for one in read_catalogues(language, of_console=True) for row in one)
    return {str(row.id): str(row.string) for row in rows}


@dataclass(frozen=True)
class Looking:
    """Somebody at a page, in a language.

    Attributes:
        page: The page.
        language: Its language.
    """

    page: Page
    language: str

    def says(self, english: str) -> str:
        """A sentence of the console in this language."""
        return words_of(self.language).get(english, english)

    def press(self, english: str, within: str = "body", at: int = 0) -> None:
        """Press the button with these words."""
        words = re.compile("^\\W*" + re.escape(self.says(english)))
        self.page.locator(within).get_by_role("button", name=words).nth(at).click(
            timeout=PATIENCE_MS
        )

    def submit(self, within: str) -> None:
        """Try to go on with a form as it is."""
        self.page.locator(f"{within} button[type=submit]").first.click(timeout=PATIENCE_MS)

    def key(self, name: str) -> None:
        """Press a key with the focus nowhere."""
        self.page.evaluate("document.activeElement?.blur()")
        self.page.keyboard.press(name)


Step = Callable[[Looking], object]


@dataclass(frozen=True)
class View:
    """What is looked at.

    Attributes:
        name: Of its picture.
        address: The screen, or the path of a page to print.
        steps: What is done there before the picture.
        who: Who is signed in; nobody for the page of signing in.
    """

    name: str
    address: str
    steps: tuple[Step, ...] = ()
    who: str = OFFICER


def presses(english: str, within: str = "body", at: int = 0) -> Step:
    """Presses the button with these words."""
    return lambda to: to.press(english, within, at)


def clicks(selector: str, at: int = 0) -> Step:
    """Clicks what a selector finds."""
    return lambda to: to.page.locator(selector).nth(at).click(timeout=PATIENCE_MS)


def fills(selector: str, words: str, at: int = 0) -> Step:
    """Writes into the field that a selector finds."""
    return lambda to: to.page.locator(selector).nth(at).fill(words, timeout=PATIENCE_MS)


def picks(selector: str, value: str) -> Step:
    """Chooses one of a list."""
    return lambda to: to.page.locator(selector).first.select_option(value, timeout=PATIENCE_MS)


def submits(within: str) -> Step:
    """Tries to go on with a form as it is."""
    return lambda to: to.submit(within)


def strikes(name: str) -> Step:
    """Strikes a key with the focus nowhere."""
    return lambda to: to.key(name)


LISTED: Final = "details:has(> .list) > summary"
"""The lists over the map: what is in view, and tracks."""


def waits(to: Looking) -> None:
    """Waits for what the node makes meanwhile."""
    to.page.wait_for_timeout(1_500)


GROUPS: Final = ("notices", "questions", "incidents", "violations", "contacts", "calls",
                 "readouts", "movements", "sites", "zones", "conflicts", "private", "drafts",
                 "texts")  # fmt: skip
PAGES: Final = ("contacts", "evidence", "words", "code-book")
PROVEN: Final = ("message", "receipt", "lead-time", "no-answer", "use", "non-use", "state",
                 "declared", "log-proof")  # fmt: skip


def views(node: Node) -> Iterator[View]:
    """Everything there is to look at, in the order of the top bar."""
    for screen in SCREENS:
        yield View(
            f"screen-{screen}", screen, who=ADMIN if screen in ("people", "audit") else OFFICER
        )
    for page in PAGES:
        yield View(f"matters-{page}", f"matters/{page}")
    for group in GROUPS:
        ended = clicks("[role=search] [type=checkbox]")
        choose = (picks("[role=search] select", group), ended, clicks("section.list ol button"))
        yield View(f"hand-{group}", "matters", choose)
    yield View("hand-track", "map", (clicks(LISTED, 1), clicks("details[open] > .list li button")))
    for form in node.client().get("/forms", line=node.line)["forms"]:
        yield View(f"form-{form['kind']}", f"say/{form['kind']}")
        yield View(f"form-{form['kind']}-wrong", f"say/{form['kind']}", (strikes("Control+Enter"),))
    yield from _drawing()
    yield from _dialogs()
    yield from _proofs(node)
    yield from _papers(node)


def _drawing() -> Iterator[View]:
    numbers = presses("In numbers", "main")
    yield View("drawing-shapes", "say/NOTICE", (numbers,))
    for at, shape in enumerate(("circle", "polygon", "corridor", "orbit")):
        add = (
            numbers,
            clicks("#field-volumes button", -1),
            clicks("#field-volumes [type=radio]", at),
        )
        yield View(f"drawing-{shape}", "say/NOTICE", add)
    yield View("map-in-view", "map", (clicks(LISTED, 0),))
    yield View("map-tracks", "map", (clicks(LISTED, 1),))
    yield View("map-measure", "map", (presses("Measure", "main"),))


def _dialogs() -> Iterator[View]:
    yield View("menu", "watch", (clicks("[aria-controls=menu]"),))
    yield View("palette", "watch", (strikes("Control+k"),))
    yield View("map-of-keys", "watch", (strikes("?"),))
    yield View("alarms", "watch", (strikes("l"),))
    for at in range(4):
        yield View(f"queue-{at}", "watch", (clicks(".entry", at),))
    yield View("watch-open", "handover", (presses("Open a watch", "main"),), who=COMMANDER)
    wrong = (presses("Open a watch", "main"), fills("dialog input[size='22']", "yesterday"))
    yield View("watch-open-wrong", "handover", (*wrong, submits("dialog")), who=COMMANDER)
    yield View("watch-take", "handover", (presses("Take over", "main"),), who=ADMIN)
    yield View("watch-end", "handover", (presses("End the watch", "main"),))
    hold = presses("Hold a window", "main")
    yield View("hold", "matters/evidence", (hold,))
    yield View("hold-wrong", "matters/evidence", (hold, fills("dialog input[size='22']", "?"),
                                                  submits("dialog")))  # fmt: skip
    yield View("hold-lies", "matters/evidence", (presses("What lies in it", "main"),))
    let_go = presses("End the hold", "main")
    yield View("hold-release", "matters/evidence", (let_go, submits("dialog")))
    text = (picks("[role=search] select", "texts"), clicks("section.list ol button"))
    yield View("receipt", "matters", (*text, presses("Receipt")))
    draft = (picks("[role=search] select", "drafts"), clicks("section.list ol button"))
    yield View("second-person", "matters", (*draft, presses("Release")), who=COMMANDER)
    yield View("second-reject", "matters", (*draft, presses("Reject")), who=COMMANDER)
    tier = (picks("[role=search] select", "contacts"), clicks("section.list ol button"))
    yield View("next-tier", "matters", (*tier, presses("Propose the next tier")))
    private = (picks("[role=search] select", "private"), clicks("section.list ol button"))
    yield View("private-drop", "matters", (*private, presses("Keep it no longer")))
    track = (clicks(LISTED, 1), clicks("details[open] > .list li button"))
    yield View("track-share", "map", (*track, presses("Share this track …")))
    yield View("people-wrong", "people", (submits("main"),), who=ADMIN)
    yield View("people-link", "people", (presses("Make a link", "main", 1),), who=ADMIN)
    yield View("people-reset", "people", (presses("Reset", "main", 1),), who=ADMIN)
    yield View("password", "own", (clicks("button.begin"), submits("section:has(img)")))
    yield View("passkey-wrong", "own", (presses("Register a passkey", "main"),))
    yield View("log-serial-wrong", "log", (fills("[role=search] form input", "NOBODY-0001"),
                                           submits("[role=search]")))  # fmt: skip
    yield View("line-wrong", "line", (submits("main"),))
    yield View("lock", "own", (presses("Lock this desk", "main"), waits))
    yield View("sign-in", "", who=NOBODY)
    yield View("sign-in-wrong", "", (submits("main"),), who=NOBODY)


def _proofs(node: Node) -> Iterator[View]:
    serial = next(
        one for one in node.messages() if one["kind"] == "NOTICE" and one["party"] != node.party
    )
    for kind in PROVEN:
        address = f"proof/{kind}/{serial['party']}/{serial['index']}"
        yield View(f"proof-{kind}", address, (submits("main"), waits))
    yield View("proof-wrong", "proof", (fills("main form input[dir=ltr]", "???"), submits("main")))


def _papers(node: Node) -> Iterator[View]:
    lines = f"/print/lines/{node.line}"
    notice = next(one for one in node.client().get("/lines", node.line, "notices")["notices"])
    message = next(one for one in node.messages() if one["kind"] == "NOTICE")
    of = f"{message['party']}/{message['index']}"
    proven = f"kind=message&party={message['party']}&index={message['index']}"
    window = "from=2026-01-01T00:00:00Z&until=2030-01-01T00:00:00Z"
    matters = node.client().get("/lines", node.line, "matters")["matters"]
    ids = {one["id"]: one for one in matters}
    incident = next((one for one in ids if "-I-" in one), "")
    readout = next(
        (one["id"] for one in matters if "READOUT" in str(one.get("sort", "")).upper()), ""
    )
    [statement] = node.client().get("/statements", source="their-page")["statements"]
    public = f"/print/statements/{statement['id']}"
    for name, path in {
        "log": f"{lines}/log",
        "message": f"{lines}/messages/{of}",
        "notice": f"{lines}/notices/{notice['party']}/{notice['notice_id']}",
        "incident": f"{lines}/incidents/{incident}",
        "readout": f"{lines}/readouts/{readout}",
        "brief": f"{lines}/brief",
        "statement": f"{lines}/statement?{window}",
        "acts": f"{lines}/acts",
        "certificate": f"{lines}/certificates?{proven}",
        "statements": "/print/statements",
        "versions": public,
        "side-by-side": f"{public}/differences?old=2&new=3",
    }.items():
        yield View(f"paper-{name}", path, who=ADMIN if name == "acts" else OFFICER)


# --- looking -------------------------------------------------------------------------------------


@dataclass
class Round:
    """One language at one size: its desks, its pictures and what was wrong.

    Attributes:
        browser: The Chromium.
        node: Whose console it is.
        language: The language.
        themes: The themes; each view is shown in one after the other.
        size: The name of the size.
    """

    browser: Browser
    node: Node
    language: str
    themes: Sequence[str]
    size: str

    def __post_init__(self) -> None:
        """No desk is open yet."""
        self.desks: dict[str, Desk] = {}
        for theme in self.themes:
            self.place(theme).mkdir(parents=True, exist_ok=True)

    def place(self, theme: str) -> Path:
        """Where the pictures of a theme are."""
        return OUT / f"{self.language}-{theme}-{self.size}"

    def desk(self, who: str) -> Desk:
        """The desk of somebody, signed in."""
        if who not in self.desks:
            width, height = SIZES[self.size]
            desk = Desk.open(
                self.browser,
                self.node,
                language=self.language,
                theme=self.themes[0],
                width=width,
                height=height,
                has_touch=self.size == "tablet",
            )
            if who:
                desk.sign_in(who)
                desk.page.mouse.click(3, 3)
            else:
                body: dict[str, object] = {}
                link = str(self.node.client().post("/people", OFFICER, "link", body=body)["url"])
                desk.origin = link.partition("/sign-in")[0]
            self.desks[who] = desk
        return self.desks[who]

    def look(self, view: View, *, with_axe: bool) -> list[str]:
        """Open one view and keep its picture; what is wrong with it."""
        desk = self.desk(view.who)
        page = desk.page
        wrongs = []
        if view.address.startswith("/print"):
            mark = "&" if "?" in view.address else "?"
            page.goto(f"{desk.origin}{view.address}{mark}language={self.language}")
        else:
            self._leave(page, desk.origin)
            page.goto(f"{desk.origin}/#/{view.address}")
            page.wait_for_selector("main#main" if view.who else "main")
            with contextlib.suppress(AssertionError):
                desk.until("!document.querySelector('main .none.waits')", 10)
        page.wait_for_timeout(LOOKING_MS)
        for number, step in enumerate(view.steps):
            try:
                step(Looking(page, self.language))
            except Error as error:
                wrongs.append(f"NOT REACHED, step {number}: {str(error).splitlines()[0][:200]}")
                break
            page.wait_for_timeout(LOOKING_MS)
        wrongs += page.evaluate(WRONGS)
        wrongs += sorted(f"English: {one}" for one in self._english(page))
        if self.language == "ar" and page.evaluate("document.documentElement.dir") != "rtl":
            wrongs.append("does not run from the right")
        for theme in self.themes:
            page.evaluate("(theme) => document.documentElement.dataset.theme = theme", theme)
            page.screenshot(path=self.place(theme) / f"{view.name}.png")
            if with_axe:
                wrongs += [f"{theme}: {one}" for one in desk.wrongs()]
        if view.name == "lock":
            self.desks.pop(view.who).context.close()
        return wrongs

    def _leave(self, page: Page, origin: str) -> None:
        """Close what is open, and go to where none of it is; loading anew is rationed."""
        if page.url.startswith(f"{origin}/#"):
            for _ in range(2):
                page.keyboard.press("Escape")
            page.goto(f"{origin}/#/procedures")
            page.wait_for_timeout(60)

    def _english(self, page: Page) -> set[str]:
        if self.language == "en":
            return set()
        seen = page.evaluate(
            """(spoken) => [...document.querySelectorAll(spoken)]
                 .filter((one) => one.checkVisibility({visibilityProperty: true}))
                 .filter((one) => !one.closest('[lang=en]'))
                 .map((one) => one.innerText.trim())""",
            SPOKEN,
        )
        return (set(seen) - {""}) & left_english(self.language)

    def end(self) -> None:
        """Close the browsers; print what the page complained of."""
        for desk in self.desks.values():
            desk.context.close()
            for fault in (*desk.faults, *desk.strangers):
                print(f"  fault of the page: {fault}")


def sheets(browser: Browser, place: Path) -> None:
    """Put the pictures of a round on sheets, six to each, with their names."""
    pictures = sorted(one for one in place.glob("*.png") if not one.name.startswith("sheet-"))
    for old in place.glob("sheet-*.png"):
        old.unlink()
    page = browser.new_page(viewport={"width": 1600, "height": 400})
    for number in range(0, len(pictures), SHEET):
        cells = "".join(
            f"<figure><img src='{one.as_uri()}'><figcaption>{one.stem}</figcaption></figure>"
            for one in pictures[number : number + SHEET]
        )
        page_of = place / "sheet.html"
        page_of.write_text(
            "<style>body{margin:0;display:grid;grid-template-columns:1fr 1fr;gap:6px;"
            "background:#888;font:14px sans-serif}figure{margin:0}img{width:100%}</style>" + cells,
            encoding="utf-8",
        )
        page.goto(page_of.as_uri())
        page.screenshot(path=place / f"sheet-{number // SHEET:02}.png", full_page=True)
        page_of.unlink()
    page.close()


def main() -> int:
    """Look at what was asked for; 1 if a program can see that something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.look_over", description=__doc__)
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--theme", action="append", choices=THEMES)
    parser.add_argument("--size", choices=SIZES, default="desk")
    parser.add_argument("--only", default="", metavar="WORDS", help="views with this in their name")
    parser.add_argument("--axe", action="store_true", help="ask axe-core, too")
    given = parser.parse_args()
    count = 0
    with (
        tempfile.TemporaryDirectory(prefix="openline-look-") as made,
        scene(Path(made)) as (alpha, _),
        sync_playwright() as driver,
    ):
        chrome = driver.chromium.launch(executable_path=chromium(), args=list(OPTIONS))
        asked = [one for one in views(alpha) if re.search(given.only, one.name)]
        for language in given.language or LANGUAGES:
            began = time.monotonic()
            here = Round(chrome, alpha, language, given.theme or THEMES, given.size)
            for view in asked:
                for wrong in here.look(view, with_axe=given.axe):
                    count += 1
                    print(f"{language} {view.name}: {wrong}", flush=True)
            here.end()
            for theme in here.themes:
                sheets(chrome, here.place(theme))
            print(f"{language}: {len(asked)} views, {time.monotonic() - began:.0f} s", flush=True)
        chrome.close()
    return 1 if count else 0


if __name__ == "__main__":
    raise SystemExit(main())
