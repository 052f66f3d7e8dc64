"""Stories written in Markdown: an officer reads them, two nodes play them.

A story is a page. Its first row is its title, what follows up to the first heading is
told before it begins. Then sections; in them, numbered or dotted items are played in
their order and everything else is told. An item is

- an act: `ALPHA: openline …` in backticks, as an officer would type it. After it, each
  in any number: **gives** {name} (the serial is kept under a name), **says** `words`,
  **says not** `words`, **refused** `words`;
- **30 min pass**: both nodes' clocks move on at once; up to ten seconds are waited for;
- **the cable `primary` is cut**, **falls silent** or **is mended**: what lies between the nodes
  on that circuit ends every connection, or holds them and moves nothing, or is whole again; the
  nodes of a story that names cables have one circuit for each;
- anything else: words.

A section whose heading ends with ", 12 times" is played so often; `{round}` is its number from 1.

The section "Must hold" comes last and has at least one item that says or is refused.
Names in braces stand for what was kept, `{certificates}` for a directory for files,
`{stories}` for the one in which the pages are.
"""

import contextlib
import io
import os
import re
import shlex
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from openline.adapters.clock import SETTING
from openline.domain.errors import OurError
from openline.domain.line.form import DURATION, Fault
from openline.domain.line.terms import Post, ReferencePoint, Understanding
from openline.faces.cli.main import run
from openline.faces.demo.cable import Condition
from openline.faces.demo.founding import TICK_MS, compressed
from openline.faces.demo.stage import Plot, Stage
from openline.faces.demo.station import Station
from openline.faces.demo.story import NotAsTold, await_quietly

MUST_HOLD: Final = "Must hold"

_ACT: Final = re.compile(r"(ALPHA|BRAVO): `(openline [^`]+)`")
_RESULT: Final = re.compile(
    r"\*\*(gives|says|says not|refused|finds)\*\* (?:\{(\w+)\})?(?: ?`([^`]*)`)?"
)
_PASSES: Final = re.compile(r"\*\*([^*]+?) pass(?:es)?\*\*")
_CABLE: Final = re.compile(r"\*\*the cable `([a-z0-9-]+)` ([a-z ]+)\*\*", re.IGNORECASE)
_TIMES: Final = re.compile(r", (\d+) times$")
_ITEM: Final = re.compile(r"(?:\d+\.|-) ")
_NAME: Final = re.compile(r"\{(\w+)\}")

_CONDITIONS: Final = {
    "is cut": Condition.CUT,
    "falls silent": Condition.SILENT,
    "is mended": Condition.WHOLE,
}

_LOOKS: Final = (
    "alarms", "conflicts", "due", "log", "matter", "status", "statistics", "verify",
    "notice list", "notice show", "site list", "zone list", "watch list", "brief",
)  # fmt: skip
"""Verbs that change nothing: what they should say is waited for."""

_SETTLES_S: Final = 30.0
_WAITED_MS_MAX: Final = 10_000
_LINE: Final = "syria-air"
_ROUNDS_MAX: Final = 50
"""A story is waited for by people and by tests."""


@dataclass(frozen=True, slots=True)
class Result:
    """What an act must come to.

    Attributes:
        sort: gives, says, says not, refused or finds.
        words: The words; of `finds`, the pattern.
        name: Of `gives` and `finds`, the name to keep.
    """

    sort: str
    words: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a story.

    Attributes:
        words: As it is written.
        who: ALPHA or BRAVO where it is an act; else empty.
        command: What is typed.
        results: What must come of it.
        passes_ms: How long passes, where time does.
        cable: The circuit whose cable is cut or mended, if one is.
        condition: What its cable is from then on.
    """

    words: str
    who: str = ""
    command: str = ""
    results: tuple[Result, ...] = ()
    passes_ms: int = 0
    cable: str = ""
    condition: Condition = Condition.WHOLE


@dataclass(frozen=True, slots=True)
class Page:
    """A story as it is written.

    Attributes:
        name: What it is called on the command line.
        title: What it is called.
        about: What is told before it begins, in paragraphs.
        sections: The headings and what is under them, in order.
    """

    name: str
    title: str
    about: tuple[str, ...]
    sections: tuple[tuple[str, tuple[Item, ...]], ...]

    @property
    def cables(self) -> tuple[str, ...]:
        """The circuits whose cables it names, in the order of their names."""
        items = (item for _, items in self.sections for item in items)
        return tuple(sorted({item.cable for item in items if item.cable}))


def names() -> list[str]:
    """The stories that there are."""
    found = files("openline.faces.demo") / "stories"
    return sorted(one.name.removesuffix(".md") for one in found.iterdir() if one.name[-3:] == ".md")


def read(name: str) -> Page:
    """A story by its name."""
    text = (files("openline.faces.demo") / "stories" / f"{name}.md").read_text(encoding="utf-8")
    return parse(name, text)


def parse(name: str, text: str) -> Page:
    """The story of a page.

    Raises:
        OurError: It has no title, an item cannot be understood, or nothing must hold.
    """
    title, parting, rest = text.strip().partition("\n")
    if not title.startswith("# ") or not parting:
        raise OurError(f"The story {name} has no title.", "Begin it with # and a title.")
    before, *parts = re.split(r"^## ", rest, flags=re.MULTILINE)
    sections = tuple(_section(name, part) for part in parts)
    must = dict(sections).get(MUST_HOLD, ())
    if not any(one.sort != "gives" for item in must for one in item.results):
        raise OurError(f"Nothing must hold in the story {name}.", f"Add a section {MUST_HOLD!r}.")
    return Page(name, title[2:].strip(), tuple(_paragraphs(before)), sections)


def plot(name: str) -> Plot:
    """A story as the demo plays it."""
    page = read(name)
    player = _Player(page)
    return Plot(
        page.name, page.title, page.about, _LINE, _terms, player.play,
        is_page=True, circuits=page.cables,
    )  # fmt: skip


def _section(name: str, part: str) -> tuple[str, tuple[Item, ...]]:
    heading, _, body = part.partition("\n")
    heading = heading.strip()
    if rounds_of(heading) > _ROUNDS_MAX:
        raise OurError(f"{name}: {heading!r} is too often.", f"Write {_ROUNDS_MAX} times at most.")
    return heading, tuple(_items(name, body))


def rounds_of(heading: str) -> int:
    """How often a section is played, by its heading."""
    times = _TIMES.search(heading)
    return int(times[1]) if times else 1


def _items(name: str, body: str) -> Iterator[Item]:
    for paragraph in re.split(r"\n(?=\d+\. |- )|\n\s*\n", body.strip()):
        words = " ".join(paragraph.split())
        if words:
            yield _item(name, _ITEM.sub("", words, count=1) if _ITEM.match(words) else words)


def _item(name: str, words: str) -> Item:
    if act := _ACT.search(words):
        results = tuple(
            Result(sort, said, kept) for sort, kept, said in _RESULT.findall(words[act.end() :])
        )
        return Item(words, act[1], act[2], results)
    if passes := _PASSES.search(words):
        try:
            return Item(words, passes_ms=DURATION.from_json(passes[1], ""))
        except Fault:
            raise OurError(f"{name}: {passes[1]!r} is no time.", "Write 30 min or 48 h.") from None
    if cable := _CABLE.search(words):
        if cable[2] not in _CONDITIONS:
            told = ", ".join(_CONDITIONS)
            raise OurError(f"{name}: what is a cable that {cable[2]!r}?", f"Write one of {told}.")
        return Item(words, cable=cable[1], condition=_CONDITIONS[cable[2]])
    if "`openline" in words:
        raise OurError(f"{name}: who does this? {words!r}", "Write ALPHA: or BRAVO: before it.")
    return Item(words)


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if paragraph.strip():
            yield " ".join(paragraph.split())


_SHAYRAT: Final = ReferencePoint(
    "shayrat", (("en", "Shayrat airfield"), ("ru", "Шайрат")), 344_900_000, 369_090_000
)
_KHASHAM: Final = ReferencePoint(
    "khasham", (("en", "Khasham"), ("ru", "Хашам")), 352_830_000, 402_830_000
)


def _terms(draft: Understanding) -> Understanding:
    """Quick ticks, two places that both know, and a commander at either side."""
    parties = tuple(replace(party, posts=_with_commander(party.posts)) for party in draft.parties)
    return replace(
        draft,
        parties=parties,
        timers=compressed(draft.timers),
        reference_points=(_KHASHAM, _SHAYRAT),
    )


def _with_commander(posts: tuple[Post, ...]) -> tuple[Post, ...]:
    if any(post.tier == 2 for post in posts):
        return posts
    return tuple(sorted((*posts, Post("commander", 2)), key=lambda post: post.name))


class _Player:
    """Plays a page on two nodes."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._kept: dict[str, str] = {}

    def play(self, stage: Stage) -> None:
        """Play it.

        Raises:
            NotAsTold: Something is not as the page says.
        """
        certificates = stage.root / "certificates"
        certificates.mkdir(exist_ok=True)
        self._kept["certificates"] = str(certificates)
        self._kept["stories"] = str(files("openline.faces.demo") / "stories")
        for heading, items in self._page.sections:
            with stage.story.step("", heading):
                for number in range(rounds_of(heading)):
                    self._kept["round"] = str(number + 1)
                    for item in items:
                        self._play(stage, item)

    def _play(self, stage: Stage, item: Item) -> None:
        if item.passes_ms:
            stage.story.teller.say(item.words.replace("**", "") + ".")
            pass_time(stage, item.passes_ms)
        elif item.cable:
            stage.story.teller.say(item.words.replace("**", ""))
            stage.cables.be(item.condition, item.cable)
        elif item.who:
            self._act(stage, item)
        else:
            stage.story.teller.say(item.words)

    def _act(self, stage: Stage, item: Item) -> None:
        station = stage.alpha if item.who == "ALPHA" else stage.bravo
        arguments = shlex.split(self._filled(item.command))[1:]
        stage.story.teller.row(f"{station.name}:")
        stage.story.teller.command(arguments)
        told = _Told.by(station, arguments)
        results = [replace(one, words=self._filled(one.words)) for one in item.results]
        looks = " ".join(arguments[:2]).startswith(_LOOKS)
        if looks and not all(told.is_so(one) for one in results):
            # What the other node just said may not have come yet.
            with contextlib.suppress(NotAsTold):
                await_quietly(lambda: self._again(station, arguments, results), "it is so")
            told = _Told.by(station, arguments)
        for row in told.rows:
            stage.story.teller.row(row)
        if told.code and not any(one.sort in ("refused", "says") for one in results):
            raise NotAsTold(f"{station.name} does this.", told.last)
        for one in results:
            self._judge(stage, one, told)

    @staticmethod
    def _again(station: Station, arguments: list[str], results: list[Result]) -> bool:
        told = _Told.by(station, arguments)
        return all(told.is_so(one) for one in results)

    def _judge(self, stage: Stage, result: Result, told: "_Told") -> None:
        story = stage.story
        if result.sort == "gives":
            self._kept[result.name] = told.serial
            story.demand(bool(told.serial), f"It is {told.serial}, on disk.", told.last)
            return
        if result.sort == "finds":
            found = re.search(result.words, told.text)
            story.demand(found is not None, f"It names its {result.name}.", told.last)
            self._kept[result.name] = found[1] if found else ""
            return
        story.tally.refused += result.sort == "refused"
        story.demand(told.is_so(result), f"It {_SORTS[result.sort]} “{result.words}”.", told.last)

    def _filled(self, text: str) -> str:
        """The text with what was kept in the place of names."""

        def kept(match: re.Match[str]) -> str:
            return self._kept.get(match[1], match[0])

        return _NAME.sub(kept, text)


_SORTS: Final = {"says": "says", "says not": "does not say", "refused": "is refused with"}


@dataclass(frozen=True, slots=True)
class _Told:
    """What a verb printed, and how it ended."""

    code: int
    text: str

    @classmethod
    def by(cls, station: Station, arguments: list[str]) -> "_Told":
        """Do the verb on a node, as its officer."""
        where = [] if arguments[0] == "verify" else ["--dir", str(station.directory)]
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            code = run([*arguments, *where])
        return cls(code, out.getvalue() + errors.getvalue())

    @property
    def rows(self) -> list[str]:
        """What it printed, row by row."""
        return [row for row in self.text.splitlines() if row.strip()]

    @property
    def last(self) -> str:
        """The last of what it printed, for a fault."""
        return " ".join(" ".join(self.rows[-8:]).split())

    @property
    def serial(self) -> str:
        """The serial that it gave, or of a notice its id; empty if it gave none."""
        found = re.match(r"([\w.]+-\d{4,})(?:, \w+ ([\w-]+))?: ", self.text)
        return "" if found is None else found[2] or found[1]

    def is_so(self, result: Result) -> bool:
        """Whether it came to what it must."""
        words = " ".join(result.words.split())
        is_there = words in " ".join(self.text.split())
        match result.sort:
            case "says":
                return is_there
            case "says not":
                return not is_there
            case "refused":
                return bool(self.code) and is_there
            case _:
                return True


@contextlib.contextmanager
def rehearsing(root: Path) -> Iterator[None]:
    """Give everything in the block the clock of a rehearsal, in a file under `root`."""
    path = root / "clock"
    path.write_text("0", encoding="ascii")
    before = os.environ.get(SETTING)
    os.environ[SETTING] = str(path)
    try:
        yield
    finally:
        if before is None:
            del os.environ[SETTING]
        else:
            os.environ[SETTING] = before


def pass_time(stage: Stage, passes_ms: int) -> None:
    """Let time pass for both nodes, and wait until they have found each other again.

    A few seconds pass in truth, with every tick in them.

    Raises:
        NotAsTold: They do not.
    """
    if passes_ms <= _WAITED_MS_MAX:
        time.sleep(passes_ms / 1_000)
        return
    path = Path(os.environ[SETTING])
    ahead_ms = int(path.read_text(encoding="ascii")) + passes_ms
    beside = path.with_suffix(".new")
    beside.write_text(str(ahead_ms), encoding="ascii")
    # Whole at once: a node never reads half a number.
    beside.replace(path)
    if not stage.cables.is_any_whole:
        # Nobody hears anybody; each node shows by its own clock what follows.
        time.sleep(2 * TICK_MS / 1_000)
        return
    before = [_heard(station) for station in stage.both]

    def is_settled() -> bool:
        states = [station.state() for station in stage.both]
        is_up = all(state.get("observed") == "UP" for state in states)
        return (is_up or not stage.cables.are_whole) and all(
            _heard(station) > was for station, was in zip(stage.both, before, strict=True)
        )

    await_quietly(is_settled, "Both nodes have heard each other since.", wait_s=_SETTLES_S)


def _heard(station: Station) -> int:
    """When the station last heard a tick of its counterpart, by its own clock."""
    heard: list[Any] = [
        circuit["last_tick_at"] or 0
        for counterpart in station.state().get("counterparts", [])
        for circuit in counterpart["circuits"]
    ]
    return max(heard, default=0)
