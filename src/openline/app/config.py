"""The settings of one node: `node.toml` and the files beside it.

A node lives in one directory. `node.toml` names the party, its listeners and
the circuits to dial; keys, cards, Understandings, the store and the socket
lie beside it. Nothing is read from anywhere else, and a key that is not known
is refused, so that a slip of the pen is never a silent default. An error
names the file, the row and the key. `SETTINGS` is the whole list: `init`
writes it into the file and `docs/reference/settings.md` is made from it.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from openline.adapters.surveillance.feed import (
    DATAGRAM_KINDS,
    FEED_AFFILIATIONS,
    TRUST_DEFAULT,
    TRUST_MAX,
    Feed,
    FeedKind,
    Source,
    Transport,
    parse_place,
    parse_senders,
    parse_source,
)
from openline.app.folders.settings import Folder
from openline.app.outlets import settings as outlets
from openline.app.outlets.settings import Outlet
from openline.domain.errors import OurError
from openline.domain.limits import (
    CIRCUITS_MAX,
    FEEDS_MAX,
    FOLDERS_MAX,
    LABEL_CHARS_MAX,
    ORIGIN_CHARS_MAX,
    OUTLETS_MAX,
    PARTIES_MAX,
    RADIUS_M_MAX,
    SOURCES_MAX,
)
from openline.domain.party import is_party_name
from openline.domain.space.own_addresses import (
    NO_ADDRESSES,
    OwnAddresses,
    parse_own_addresses,
)
from openline.domain.space.sighting import Affiliation
from openline.domain.space.track_approach import PRESETS
from openline.domain.statements.source import (
    EXTRACTORS,
    KINDS,
    OWN_EXTRACTOR,
    QUIET_DAYS,
    QUIET_DAYS_MAX,
    STEP_MIN_MAX,
    SourceTerms,
)
from openline.engine.air_watch import USUAL_RULES, AirRules

FILE_NAME: Final = "node.toml"
RESERVE_NAME: Final = "reserve"
"""Beside the store: room that is kept back for the day when the disk is full."""
FILE_SIZE_BYTES_MAX: Final = 262_144
"""A hundred times the largest sensible file."""

_T = TypeVar("_T")

_CIRCUIT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
RECORD_H: Final = 24
"""Hours of the air picture that are recorded unless `node.toml` says otherwise."""

_FEED = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,31})")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_HOST = re.compile(r"[A-Za-z0-9.:_%-]{1,253}")
_ORIGIN = re.compile(
    r"(https?)://([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)(?::[1-9][0-9]{0,4})?"
)
_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_-]+)\s*\]")
_ASSIGNED = re.compile(r"\s*([A-Za-z0-9_.\"'-]{1,80})\s*=")
_SYNTAX_ROW = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class Listener:
    """An address at which counterparts may dial this node.

    Attributes:
        circuit: Name of the circuit; circuits are ordered by name.
        host: Address to bind.
        port: TCP port.
    """

    circuit: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Circuit:
    """An address of a counterpart that this node dials.

    Attributes:
        party: The counterpart.
        circuit: Name of the circuit; circuits are ordered by name.
        host: Address to dial.
        port: TCP port.
    """

    party: str
    circuit: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class OfficersPort:
    """Where officers sign in with a browser or a program.

    Attributes:
        host: Address to listen at.
        port: TCP port.
        origin: The page's scheme, host name and port, as browsers write it.
        certificate: PEM file with certificate and key; None for none.
        is_own: Whether the node makes that file where it is not there.
    """

    host: str
    port: int
    origin: str
    certificate: Path | None
    is_own: bool

    @property
    def relying_party(self) -> str:
        """The host name for which passkeys are made."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class StatementSettings:
    """How public pages are looked at.

    Attributes:
        contact: Whom the server of a page can ask, as it stands in every request.
        proxy: Address of an HTTP proxy; empty for none.
        allow: Networks that are not public and may be asked all the same.
        sources: What is followed, unique by name; officers may add others.
    """

    contact: str
    proxy: str = ""
    allow: tuple[str, ...] = ()
    sources: tuple[SourceTerms, ...] = ()


@dataclass(frozen=True, slots=True)
class HealthPort:
    """Where monitors ask how the node is.

    Attributes:
        host: Address to listen at.
        port: TCP port.
    """

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one node, checked.

    Attributes:
        directory: Where the node lives; absolute.
        party: Whose node it is.
        post: The post in whose name the command line acts by default.
        officer: The officer in whose name the command line acts by default.
        listeners: Addresses to listen at, unique by circuit; may be empty.
        counterparts: Circuits to dial besides those on the cards, unique by
            party and circuit; may be empty.
        store: The database.
        anchor: The file of committed heads outside the database.
        socket: The Unix socket of the officers' API.
        language: Language of what the command line writes and prints.
        base_map: What lies beneath pictures: `natural-earth`, `none`, or the path of a
            packed map.
        officers: The officers' port, if there is one.
        statements: How public pages are looked at; None for the usual settings.
        feeds: The party's own sources of sightings, unique by name; may be empty.
        outlets: Where the party's own tools are shown the line, unique by name.
        folders: In which orders appear that become drafts, unique by name and path.
        air: What is noticed about tracks.
        own_addresses: The 24-bit addresses of this party's own aircraft.
        record_h: How many hours of the air picture are recorded; 0 for none.
        health: The health port, if there is one.
        log_format: How rows of the log file are written: `text` or `json`.
    """

    directory: Path
    party: str
    post: str
    officer: str
    listeners: tuple[Listener, ...]
    counterparts: tuple[Circuit, ...]
    store: Path
    anchor: Path
    socket: Path
    language: str = "en"
    base_map: str = "natural-earth"
    officers: OfficersPort | None = None
    statements: StatementSettings | None = None
    feeds: tuple[Feed, ...] = ()
    outlets: tuple[Outlet, ...] = ()
    folders: tuple[Folder, ...] = ()
    air: AirRules = USUAL_RULES
    own_addresses: OwnAddresses = NO_ADDRESSES
    record_h: int = RECORD_H
    health: HealthPort | None = None
    log_format: str = "text"

    @property
    def statement_store(self) -> Path:
        """The file with what was seen on public pages."""
        return self.directory / "statements.sqlite"

    @property
    def keys(self) -> Path:
        """The directory of signing keys; root keys are in `root/` below it."""
        return self.directory / "keys"

    @property
    def root_keys(self) -> Path:
        """The directory of root keys, which belong off this machine."""
        return self.keys / "root"

    @property
    def cards(self) -> Path:
        """The directory of party cards, `<party>.card` each."""
        return self.directory / "cards"

    @property
    def lines(self) -> Path:
        """The directory of adopted Understandings, `<line>.understanding` each."""
        return self.directory / "lines"

    @property
    def air_records(self) -> Path:
        """The directory of recorded pictures of the air."""
        return self.directory / "air"

    @property
    def certificates(self) -> Path:
        """The directory into which certificates are written by default."""
        return self.directory / "certificates"

    @property
    def outlet_states(self) -> Path:
        """The directory of what each outlet has shown, `<name>.json` each."""
        return self.directory / "outlets"

    @property
    def folder_states(self) -> Path:
        """The directory of what was read of each watched folder, `<name>.json` each."""
        return self.directory / "folders"

    @property
    def log(self) -> Path:
        """The file into which the running node writes what it does."""
        return self.directory / "openline.log"

    @property
    def own_card(self) -> Path:
        """This party's own card."""
        return self.cards / f"{self.party}.card"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of `node.toml`.

    Attributes:
        table: The array of tables it belongs to; empty for the top of the file.
        key: Its name.
        kind: `text` or `number`.
        default: What holds when it is absent; None when it must be given.
        example: A value as it is written in the file.
        says: What it is for, in whole sentences.
    """

    table: str
    key: str
    kind: str
    default: str | None
    example: str
    says: str


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("", "party", "text", None, '"alpha.example"',
            "The name of the party whose node this is, as the Understanding writes it."),
    Setting("", "post", "text", None, '"watch"',
            "The post in whose name the command line acts; `--by POST/OFFICER` overrides it."),
    Setting("", "officer", "text", None, '"duty officer"',
            "The officer in whose name the command line acts; `--by POST/OFFICER` overrides it."),
    Setting("", "language", "text", '"en"', '"en"',
            "The language in which free text is written and structured text is printed: en, ru "
            "or ar."),
    Setting("", "base_map", "text", '"natural-earth"', '"our-coasts.bin"',
            "The map beneath pictures: `natural-earth`, which goes along; `none`; or a file that "
            "`scripts/pack_base_map.py` has packed. Borders are disputed: this map is yours to "
            "choose, and decides nothing."),
    Setting("", "store", "text", '"store.sqlite"', '"store.sqlite"',
            "The database with every log. A relative path begins at the node's directory."),
    Setting("", "anchor", "text", '"anchor"', '"anchor"',
            "A small file outside the database with the sizes and roots last committed, so that "
            "a rotten or restored database is seen. Put it on another disk if there is one."),
    Setting("", "socket", "text", '"openline.sock"', '"openline.sock"',
            "The Unix socket at which officers' programs reach the running node. Whoever may "
            "open it may speak for this party."),
    Setting("", "log_format", "text", '"text"', '"json"',
            "How the log file is written: `text`, or `json` with one object in each row. Neither "
            "holds words of messages."),
    Setting("listener", "circuit", "text", None, '"primary"',
            "The name of the circuit that comes in here. Circuits are used in order of name."),
    Setting("listener", "host", "text", '"0.0.0.0"', '"0.0.0.0"',
            "The address to listen at; `0.0.0.0` or `::` is every address of the machine."),
    Setting("listener", "port", "number", None, "7411",
            "The TCP port to listen at, from 1 to 65535."),
    Setting("counterpart", "party", "text", None, '"bravo.example"',
            "The counterpart to dial. The addresses on its card are dialled in any case; these "
            "come in addition."),
    Setting("counterpart", "circuit", "text", None, '"satellite"',
            "The name of the circuit. Circuits are used in order of name."),
    Setting("counterpart", "host", "text", None, '"192.0.2.7"',
            "The address or name to dial."),
    Setting("counterpart", "port", "number", None, "7411",
            "The TCP port to dial, from 1 to 65535."),
    Setting("officers", "listen", "text", None, '"127.0.0.1:8443"',
            "The address and TCP port of the officers' port. Without this table there is none, "
            "and only the socket serves officers' programs."),
    Setting("officers", "origin", "text", "made of `listen`", '"https://officers.alpha.example"',
            "The page as browsers write it: scheme, host name, port. Passkeys are made for its "
            "host name and serve nowhere else. By default `localhost` and the port, with `https` "
            "where there is a certificate."),
    Setting("officers", "certificate", "text", '"own"', '"officers.pem"',
            "A PEM file with a certificate and its key. `own` makes a self-signed one, of which "
            "browsers warn and for which they refuse passkeys; `none` serves without TLS, at a "
            "loopback address only."),
    Setting("statements", "contact", "text", "the party's name", '"mailto:press@alpha.example"',
            "Whom the server of a page can ask what asks it: an address of mail or of a page. It "
            "stands in every request."),
    Setting("statements", "proxy", "text", "none", '"http://192.0.2.8:3128"',
            "An HTTP proxy through which pages are asked for. Names are then resolved there: that "
            "it asks no machine of your own is for it to see to."),
    Setting("statements", "allow", "text", "none", '"10.1.2.0/24, 192.0.2.7"',
            "Networks and addresses, parted by commas, that are not public and may be asked all "
            "the same. No other private, loopback or link-local address ever is."),
    Setting("source", "name", "text", None, '"their-ministry"',
            "What the source is called: lower-case letters, digits, hyphens."),
    Setting("source", "address", "text", None, '"https://ministry.example/news/feed.xml"',
            "The address of a feed (RSS, Atom, JSON), of a sitemap, or of one page."),
    Setting("source", "kind", "text", '"list"', '"list"',
            "`list` for a feed or a sitemap, whose pages are followed; `page` for one page."),
    Setting("source", "selector", "text", "looked for", '"div.statement"',
            "A CSS selector of the element that holds the statement, where it is not found by "
            "itself."),
    Setting("source", "language", "text", "not known", '"ru"',
            "The language of its pages, as ISO 639 code."),
    Setting("source", "interval_min", "number", "as the back-off says", "15",
            "The least time between two looks at a page, in minutes."),
    Setting("source", "quiet_days", "number", "40", "40",
            "After how many days without a change a page is not looked at any more."),
    Setting("source", "line", "text", "the only line", '"syria-air"',
            "The line on whose journal it goes down what was seen and when."),
    Setting("source", "match", "text", "all pages", '"/statements/"',
            "Of a list: only pages whose address holds this are followed."),
    Setting("source", "extractor", "text", '"openline"', '"trafilatura"',
            "What reads its pages: `openline`, or `trafilatura`, which is installed by "
            "`pip install 'openline[trafilatura]'` and takes no selector."),
    Setting("air", "preset", "text", '"short-term"', '"short-term"',
            "How near two tracks may come, and how far ahead that is looked for: `daidalus` "
            "(0.66 NM, 450 ft, 35 s), `short-term` (3 NM, 700 ft, 2 min) or `medium-term` "
            "(5 NM, 1000 ft, 20 min)."),
    Setting("air", "pairs", "text", '"own"', '"every"',
            "Which two tracks are looked at: `own` (one of ours with any other) or `every`."),
    Setting("air", "ahead_s", "number", "120", "120",
            "How far ahead in seconds an entry into a notice, zone or site is looked for; from "
            "10 to 1800."),
    Setting("air", "notice_m", "number", "3704", "3704",
            "How near in metres to a notice counts as entering it soon; from 0 to 100000."),
    Setting("air", "site_m", "number", "3704", "3704", "The same of a site."),
    Setting("air", "zone_m", "number", "1852", "1852", "The same of a zone."),
    Setting("air", "vertical_m", "number", "150", "150",
            "How near in height counts as entering soon, in metres; from 0 to 10000."),
    Setting("air", "ours", "text", "none", '"4ca7b5, 500000-5000ff"',
            "The 24-bit addresses of this party's own aircraft, parted by commas, and ranges of "
            "them: what bears one is claimed to be ours, whichever feed sees it. An address can "
            "be sent by anybody, so it stays a claim."),
    Setting("air", "record_h", "number", "24", "24",
            "How many hours of the air picture are recorded, in `air/` beside this file, and "
            "replayed by `openline tracks replay`; 0 records nothing, at most 168."),
    Setting("feed", "name", "text", None, '"north-mast"',
            "What the feed is called: lower-case letters, digits, hyphens; at most 32."),
    Setting("feed", "kind", "text", None, '"asterix"',
            "Its format: `sbs` (BaseStation rows, port 30003 of dump1090 and readsb), `beast` "
            "(frames of Mode S, port 30005), `asterix` (categories 021, 034, 048 and 062), "
            "`geojson` (a Feature in each row) or `cot` (Cursor on Target in XML, as maps and "
            "servers of the TAK family send it)."),
    Setting("feed", "source", "text", None, '"udp:0.0.0.0:8600"',
            "Where it comes from: `tcp:HOST:PORT` is dialled, for ever; `udp:ADDRESS:PORT` is "
            "listened at, an address of this machine or a group of IPv4; `tls:HOST:PORT` is "
            "dialled over TLS; `file:PATH` is read from its beginning, and then what is "
            "appended. A relative path begins at the node's "
            "directory. What comes from there is believed as that source: name only your own."),
    Setting("feed", "senders", "text", "this machine", '"192.0.2.8, 192.0.2.9"',
            "For `udp:` the IP addresses whose datagrams are taken; all others are refused and "
            "counted. Senders of datagrams can be forged: keep them on a network of your own."),
    Setting("feed", "trusted", "text", "the system's authorities", '"tak-server.pem"',
            "With `tls:` a PEM file with the authority of the server, or with the server's own "
            "certificate, which is then pinned."),
    Setting("feed", "certificate", "text", "none", '"tak-client.pem"',
            "With `tls:` a PEM file with the certificate that the server asks for, and its key."),
    Setting("feed", "trust", "number", "5", "5",
            "From 1 to 9: where feeds disagree about one object, the larger is believed."),
    Setting("feed", "accuracy_m", "number", "not known", "200",
            "Radius in metres within which its positions hold with 95 %, for messages that do "
            "not say it themselves; from 1 to 100000."),
    Setting("feed", "affiliation", "text", "as its messages say", '"ours"',
            "Whose everything is that it tells of: `ours` (receivers of our own transponders), "
            "`theirs` (of the other party) or `unknown` (what its messages claim is not "
            "believed)."),
    Setting("feed", "receiver_at", "text", "not known", '"34.490, 36.909"',
            "Latitude and longitude of the receiver, in degrees. `beast` needs it to place what "
            "is on the ground before it was seen in the air."),
    Setting("outlet", "name", "text", None, '"operations-room"',
            "What the outlet is called; `openline outlets` shows how it does."),
    Setting("outlet", "address", "text", None, '"https://logbook.alpha.example/openline"',
            "Where to: `tls://` or `tcp://` and the address of a TAK server; `udp://` and that "
            "of one receiver or of a multicast group, such as `udp://239.2.3.1:6969`; or "
            "`https://` and the address to which events are posted (a webhook)."),
    Setting("outlet", "shows", "text", f'"{outlets.SHOWS_DEFAULT}"', '"notices zones conflicts"',
            "What it shows, of: notices, movements, sites, zones, conflicts, alarms, private; a "
            "webhook also messages, matters, watches and state, and by default all of them. What "
            "is private goes out only where it is named here."),
    Setting("outlet", "line", "text", "every line", '"syria-air"',
            "The only line that it shows."),
    Setting("outlet", "tracks", "text", "none", '"own"',
            "Of a map, which tracks of this node it is told: `own` (those claimed or assessed to "
            "be ours) or `all`. Whoever reads the map then knows what your feeds see."),
    Setting("outlet", "stale_s", "number", str(outlets.STALE_S_DEFAULT), "3600",
            "After so many seconds without a word from the node a map holds a mark for stale, "
            "from 30 to 86400. Each mark is said again at half of it."),
    Setting("outlet", "certificate", "text", "none", '"tak-client.pem"',
            "With `tls` or `https`, a PEM file with the certificate that the server asks for, and "
            "its key."),
    Setting("outlet", "trusted", "text", "the system's authorities", '"tak-server.pem"',
            "With `tls` or `https`, a PEM file with the authority of the server, or with the "
            "server's own certificate, which is then pinned."),
    Setting("outlet", "secret", "text", "none", '"hook.secret"',
            "Of a webhook, which must have it, a file that only the node's account may read: one "
            "row `whsec_` and 24 to 64 random bytes in base64, two while it is being changed."),
    Setting("folder", "name", "text", None, '"orders"',
            "What the folder is called; its drafts bear the name."),
    Setting("folder", "path", "text", None, '"/srv/orders"',
            "The folder. Files that appear in it are read, and put away into `done` or `refused` "
            "within it."),
    Setting("folder", "line", "text", "the only line of the node", '"syria-air"',
            "The line on which the drafts are."),
    Setting("folder", "category", "text", "none", '"flight"',
            "What a notice is about of which the file does not say it."),
    Setting("folder", "kind", "text", "none", '"air"',
            "What acts, where the file does not say it."),
    Setting("folder", "radius_m", "number", "none", "5000",
            "How far points and lines reach, where the file does not say it."),
    Setting("health", "listen", "text", '"127.0.0.1:9411"', '"127.0.0.1:9411"',
            "The address and TCP port of the health port: /livez, /readyz, /linez and /metrics, "
            "without signing in. By default only this machine reaches it; who does learns the "
            "names of lines and parties, and how they are."),
)  # fmt: skip

TABLES: Final = {
    "listener": "An address at which counterparts may dial this node; one table for each.",
    "counterpart": "An address of a counterpart that this node dials; one table for each.",
    "officers": "The port at which officers sign in; see `openline people`. There is one at most.",
    "statements": "How public pages are looked at; see `openline statements`. One table at most.",
    "source": "A source of public statements that is followed; one table for each.",
    "air": "What is noticed about tracks; see `openline tracks`. There is one at most.",
    "feed": "A source of sightings that this party runs or trusts; one table for each. What it "
    "tells stays on this node.",
    "outlet": "A map or tool of the party's own that is shown what the node knows, one-way; one "
    "table for each.",
    "folder": "A folder in which orders appear: each becomes drafts that an officer releases; one "
    "table for each.",
    "health": "The port at which monitors ask how the node is. There is one at most.",
}

SOLE_TABLES: Final = ("officers", "statements", "air", "health")
"""Tables of which there is one at most: written with single brackets."""


def load_config(directory: Path) -> Config:
    """The settings of the node that lives in a directory.

    Raises:
        OurError: There is no node there, or a setting is wrong; names the
            file, the row and the key.
    """
    path = directory.absolute() / FILE_NAME
    return parse_config(_read(path), path)


def parse_config(text: str, path: Path) -> Config:
    """The settings that the text of a `node.toml` gives to the node beside it.

    Raises:
        OurError: A setting is wrong; names the path, the row and the key.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_fault(path, str(error)) from None
    except (ValueError, RecursionError) as error:
        # TOML sets no bound on digits and nesting; Python does, and gives no row.
        raise _unreadable_fault(path, text, type(error)) from None
    return _Reader(path, text, values).config(path.parent)


def config_text(
    *, party: str, post: str, officer: str, language: str, listeners: tuple[Listener, ...]
) -> str:
    """The text of a new `node.toml`: every key, explained, the optional ones quiet."""
    given = {"party": party, "post": post, "officer": officer, "language": language}
    rows = [
        f"# The Openline node of {party}. Nothing else is read but the files beside this one.",
        "# `openline doctor` checks it; keys that are not known are refused.",
        "",
    ]
    for setting in SETTINGS:
        if not setting.table:
            rows += _explained(setting, given.get(setting.key))
    rows.pop()
    for table, says in TABLES.items():
        rows += ["", *_comment(says)]
        for setting in SETTINGS:
            if setting.table == table:
                rows += _comment(f"{setting.key}: {setting.says}")
        rows += _tables(table, listeners)
    return "\n".join(rows) + "\n"


def _tables(table: str, listeners: tuple[Listener, ...]) -> list[str]:
    if table == "listener" and listeners:
        return [
            row
            for listener in listeners
            for row in (
                "[[listener]]",
                f"circuit = {_quoted(listener.circuit)}",
                f"host = {_quoted(listener.host)}",
                f"port = {listener.port}",
            )
        ]
    rows = [f"# [{table}]" if table in SOLE_TABLES else f"# [[{table}]]"]
    rows += [f"# {item.key} = {item.example}" for item in SETTINGS if item.table == table]
    return rows


def _explained(setting: Setting, value: str | None) -> list[str]:
    if value is not None:
        return [*_comment(setting.says), f"{setting.key} = {_quoted(value)}", ""]
    return [
        *_comment(f"{setting.says} Default: {setting.default}."),
        f"# {setting.key} = {setting.example}",
        "",
    ]


def _comment(text: str) -> list[str]:
    rows = [""]
    for word in text.split():
        if len(rows[-1]) + len(word) > 90:
            rows.append("")
        rows[-1] += f" {word}"
    return [f"#{row}" for row in rows]


def _quoted(value: str) -> str:
    """A TOML basic string; control characters as escapes."""
    letters = []
    for letter in value:
        if letter in '"\\':
            letters.append("\\" + letter)
        elif ord(letter) < 0x20 or ord(letter) == 0x7F:
            letters.append(f"\\u{ord(letter):04X}")
        else:
            letters.append(letter)
    return '"' + "".join(letters) + '"'


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > FILE_SIZE_BYTES_MAX:
            raise OurError(f"{path} is larger than {FILE_SIZE_BYTES_MAX} bytes.")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise OurError(
            f"{path.parent} holds no node: {FILE_NAME} is not there.",
            "Name the node's directory with --dir or OPENLINE_DIR, or make one: openline init.",
        ) from None
    except UnicodeDecodeError:
        raise OurError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None
    except OSError as error:
        raise OurError(f"{path} cannot be read: {error.strerror}.") from None


def _syntax_fault(path: Path, message: str) -> OurError:
    row = _SYNTAX_ROW.search(message)
    where = f"{path}, row {row[1]}" if row else str(path)
    says = _SYNTAX_ROW.sub("", message).strip()
    return OurError(f"{where}: this is not TOML: {says}.", "Compare with what `init` writes.")


def _unreadable_fault(path: Path, text: str, kind: type[Exception]) -> OurError:
    """The fault of a value that is TOML and that no program here can take in."""
    says = "it is nested too deeply" if kind is RecursionError else "a number has too many digits"
    rows = text.splitlines(keepends=True)
    # The text is read from the front: what ends with the culprit fails as the whole does.
    row = bisect_left(range(len(rows)), True, key=lambda n: _fails("".join(rows[: n + 1]), kind))
    table, key = "", ""
    for words in rows[: row + 1]:
        if header := _HEADER.match(words):
            table, key = f"{header[2]}.", ""
        elif assigned := _ASSIGNED.match(words):
            key = assigned[1]
    name = f"{table}{key}: " if key else ""
    return OurError(f"{path}, row {row + 1}: {name}{says}.", "See docs/reference/settings.md.")


def _fails(text: str, kind: type[Exception]) -> bool:
    """Whether a text that may end too early fails in this very way."""
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return type(error) is kind
    return False


class _Reader:
    """Takes the settings out of the parsed file, naming rows in its errors."""

    def __init__(self, path: Path, text: str, values: dict[str, Any]) -> None:
        self._path = path
        self._text = text
        self._values = values

    def config(self, directory: Path) -> Config:
        self._check_keys("", 0, self._values)
        party = self._party("", 0, self._values)
        return Config(
            directory=directory,
            party=party,
            post=self._label("post"),
            officer=self._label("officer"),
            listeners=self._listeners(),
            counterparts=self._counterparts(party),
            store=self._file(directory, "store", "store.sqlite"),
            anchor=self._file(directory, "anchor", "anchor"),
            socket=self._file(directory, "socket", "openline.sock"),
            language=self._language(),
            base_map=self._base_map(directory),
            officers=self._officers(directory),
            statements=self._statements(party),
            feeds=self._feeds(directory),
            outlets=self._outlets(directory),
            folders=self._folders(directory),
            air=self._air(),
            own_addresses=self._own_addresses(),
            record_h=self._record_h(),
            health=self._health(),
            log_format=self._log_format(),
        )

    def _statements(self, party: str) -> StatementSettings | None:
        if "statements" not in self._values and "source" not in self._values:
            return None
        table = self._values.get("statements", {})
        if not isinstance(table, dict):
            raise self._fault("", 0, "statements", "write it as one table [statements]")
        self._check_keys("statements", 0, table)
        allow = self._optional("statements", 0, table, "allow")
        return StatementSettings(
            contact=self._optional("statements", 0, table, "contact") or party,
            proxy=self._optional("statements", 0, table, "proxy"),
            allow=tuple(part.strip() for part in allow.split(",") if part.strip()),
            sources=self._sources(),
        )

    def _sources(self) -> tuple[SourceTerms, ...]:
        found: list[SourceTerms] = []
        for number, table in enumerate(self._tables("source", SOURCES_MAX)):
            name = self._text_value("source", number, table, "name", "")
            if _CIRCUIT.fullmatch(name) is None:
                says = f"{name!r} is not a name (lower-case letters, digits, hyphens)"
                raise self._fault("source", number, "name", says)
            if any(name == other.name for other in found):
                raise self._fault("source", number, "name", f"{name!r} is named twice")
            kind = self._text_value("source", number, table, "kind", "list")
            if kind not in KINDS:
                raise self._fault("source", number, "kind", f"it must be one of {', '.join(KINDS)}")
            place = ("source", number, table)
            step = self._number(*place, "interval_min", 5, STEP_MIN_MAX)
            quiet = self._number(*place, "quiet_days", 1, QUIET_DAYS_MAX)
            extractor = self._text_value(*place, "extractor", OWN_EXTRACTOR)
            if extractor not in EXTRACTORS:
                says = f"it must be one of {', '.join(EXTRACTORS)}"
                raise self._fault("source", number, "extractor", says)
            terms = SourceTerms(
                name,
                self._text_value(*place, "address", ""),
                kind,
                selector=self._optional(*place, "selector"),
                language=self._optional(*place, "language"),
                interval_min=step or 0,
                quiet_days=quiet or QUIET_DAYS,
                line=self._optional(*place, "line"),
                match=self._optional(*place, "match"),
                extractor=extractor,
            )
            found.append(terms)
        return tuple(found)

    def _optional(self, table: str, number: int, values: Mapping[str, Any], key: str) -> str:
        """A text that may be absent; then empty."""
        return self._text_value(table, number, values, key, "") if key in values else ""

    def _outlets(self, directory: Path) -> tuple[Outlet, ...]:
        found: list[Outlet] = []
        for number, table in enumerate(self._tables("outlet", OUTLETS_MAX)):
            outlet = self._outlet(number, table, directory)
            if any(outlet.name == other.name for other in found):
                raise self._fault("outlet", number, "name", f"{outlet.name!r} is named twice")
            found.append(outlet)
        return tuple(found)

    def _outlet(self, number: int, table: Mapping[str, Any], directory: Path) -> Outlet:
        def text(key: str, default: str) -> str:
            return self._text_value("outlet", number, table, key, default)

        def file(key: str, *schemes: str) -> Path | None:
            if key in table and scheme not in schemes:
                says = f"only an address with {' or '.join(f'{one}://' for one in schemes)} has use"
                raise self._fault("outlet", number, key, f"{says} for it")
            return directory / text(key, "") if key in table else None

        address = text("address", "")
        scheme, host, port = self._read("outlet", number, "address", outlets.split_address, address)
        is_hook = scheme in outlets.HOOK_SCHEMES
        if is_hook and "secret" not in table:
            raise self._fault("outlet", number, "secret", "it is missing: what is posted is signed")
        known = outlets.HOOK_SUBJECTS if is_hook else outlets.SUBJECTS
        shows = text("shows", outlets.HOOK_SHOWS_DEFAULT if is_hook else outlets.SHOWS_DEFAULT)
        least, most = outlets.STALE_S_MIN, outlets.STALE_S_MAX
        stale_for_s = self._number("outlet", number, table, "stale_s", least, most)
        return Outlet(
            self._short_name("outlet", number, table, "name", "an outlet's name"),
            address,
            scheme,
            host,
            port,
            self._read("outlet", number, "shows", partial(outlets.read_shows, known), shows),
            self._text_value("outlet", number, table, "line", "") if "line" in table else "",
            outlets.STALE_S_DEFAULT if stale_for_s is None else stale_for_s,
            file("certificate", "tls", "https"),
            file("trusted", "tls", "https"),
            file("secret", *outlets.HOOK_SCHEMES),
            self._outlet_tracks(number, table, is_hook=is_hook),
        )

    def _outlet_tracks(self, number: int, table: Mapping[str, Any], *, is_hook: bool) -> str:
        if "tracks" not in table:
            return ""
        if is_hook:
            raise self._fault("outlet", number, "tracks", "only a map is told tracks")
        value = self._text_value("outlet", number, table, "tracks", "")
        if value not in outlets.TRACKS:
            known = ", ".join(outlets.TRACKS)
            raise self._fault("outlet", number, "tracks", f"{value!r} is none of: {known}")
        return value

    def _folders(self, directory: Path) -> tuple[Folder, ...]:
        found: list[Folder] = []
        for number, table in enumerate(self._tables("folder", FOLDERS_MAX)):
            folder = self._folder(number, table, directory)
            if any(folder.name == other.name for other in found):
                raise self._fault("folder", number, "name", f"{folder.name!r} is named twice")
            if any(folder.path == other.path for other in found):
                raise self._fault("folder", number, "path", f"{folder.path} is watched twice")
            found.append(folder)
        return tuple(found)

    def _folder(self, number: int, table: Mapping[str, Any], directory: Path) -> Folder:
        words = {
            key: self._text_value("folder", number, table, key, "")
            for key in ("line", "category", "kind")
            if key in table
        }
        return Folder(
            self._short_name("folder", number, table, "name", "a folder's name"),
            directory / self._text_value("folder", number, table, "path", ""),
            **words,
            radius_m=self._number("folder", number, table, "radius_m", 1, RADIUS_M_MAX),
        )

    def _read(self, table: str, number: int, key: str, read: Callable[[str], _T], value: str) -> _T:
        """A value as `read` reads it; its error with the row."""
        try:
            return read(value)
        except OurError as error:
            says = f"{error.what}; {error.remedy[:1].lower()}{error.remedy[1:].rstrip('.')}"
            raise self._fault(table, number, key, says) from None

    def _officers(self, directory: Path) -> OfficersPort | None:
        table = self._values.get("officers")
        if table is None:
            return None
        if not isinstance(table, dict):
            raise self._fault("", 0, "officers", "write it as one table [officers]")
        self._check_keys("officers", 0, table)
        host, port = self._listen("officers", table)
        named = self._text_value("officers", 0, table, "certificate", "own")
        is_own, has_none = named == "own", named == "none"
        if has_none and not _is_loopback(host):
            says = f"'none' leaves {host} open to whoever listens on the network"
            raise self._fault("officers", 0, "certificate", says)
        path = directory / "officers-own.pem" if is_own else directory / named
        scheme = "http" if has_none else "https"
        origin = self._origin(table, f"{scheme}://localhost:{port}", scheme)
        return OfficersPort(host, port, origin, None if has_none else path, is_own)

    def _health(self) -> HealthPort | None:
        table = self._values.get("health")
        if table is None:
            return None
        if not isinstance(table, dict):
            raise self._fault("", 0, "health", "write it as one table [health]")
        self._check_keys("health", 0, table)
        return HealthPort(*self._listen("health", {"listen": "127.0.0.1:9411", **table}))

    def _log_format(self) -> str:
        value = self._text_value("", 0, self._values, "log_format", "text")
        if value not in ("text", "json"):
            raise self._fault("", 0, "log_format", f"{value!r} is neither text nor json")
        return value

    def _listen(self, name: str, table: Mapping[str, Any]) -> tuple[str, int]:
        value = self._text_value(name, 0, table, "listen", "")
        host, _, port = value.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        is_port = port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65_535
        if not is_port or _HOST.fullmatch(host) is None:
            says = f"{value!r} is not an address and a port, such as 127.0.0.1:8443"
            raise self._fault(name, 0, "listen", says)
        return host, int(port)

    def _origin(self, table: Mapping[str, Any], default: str, scheme: str) -> str:
        value = self._text_value("officers", 0, table, "origin", default)
        match = _ORIGIN.fullmatch(value)
        if match is None or len(value) > ORIGIN_CHARS_MAX:
            says = f"{value!r} is not scheme, host name and port: https://officers.alpha.example"
            raise self._fault("officers", 0, "origin", says)
        is_safe = match[1] == "https" or match[2] == "localhost"
        if not is_safe or (scheme == "https" and match[1] == "http"):
            says = f"{value!r} is no page on which browsers use passkeys; write https"
            raise self._fault("officers", 0, "origin", says)
        return value

    def _base_map(self, directory: Path) -> str:
        value = self._text_value("", 0, self._values, "base_map", "natural-earth")
        return value if value in ("natural-earth", "none") else str(directory / value)

    def _listeners(self) -> tuple[Listener, ...]:
        found: list[Listener] = []
        for number, table in enumerate(self._tables("listener", CIRCUITS_MAX)):
            circuit = self._circuit("listener", number, table)
            if any(circuit == other.circuit for other in found):
                raise self._fault("listener", number, "circuit", f"{circuit!r} is named twice")
            found.append(Listener(circuit, *self._address("listener", number, table, "0.0.0.0")))
        return tuple(found)

    def _counterparts(self, own: str) -> tuple[Circuit, ...]:
        found: list[Circuit] = []
        for number, table in enumerate(self._tables("counterpart", PARTIES_MAX * CIRCUITS_MAX)):
            party = self._party("counterpart", number, table)
            if party == own:
                raise self._fault("counterpart", number, "party", "this is our own name")
            circuit = self._circuit("counterpart", number, table)
            if any((party, circuit) == (other.party, other.circuit) for other in found):
                raise self._fault("counterpart", number, "circuit", f"{circuit!r} is named twice")
            found.append(Circuit(party, circuit, *self._address("counterpart", number, table, "")))
        return tuple(found)

    def _air(self) -> AirRules:
        table = self._values.get("air", {})
        if not isinstance(table, dict):
            raise self._fault("", 0, "air", "write it as one table [air]")
        self._check_keys("air", 0, table)
        usual = USUAL_RULES
        preset = self._text_value("air", 0, table, "preset", usual.preset)
        if preset not in PRESETS:
            known = ", ".join(PRESETS)
            raise self._fault("air", 0, "preset", f"{preset!r} is none of: {known}")
        pairs = self._text_value("air", 0, table, "pairs", "own")
        if pairs not in ("own", "every"):
            raise self._fault("air", 0, "pairs", f"{pairs!r} is neither own nor every")
        lengths = {}
        for key, most in (("notice_m", 100_000), ("site_m", 100_000), ("zone_m", 100_000)):
            lengths[key] = self._number("air", 0, table, key, 0, most)
        lengths["vertical_m"] = self._number("air", 0, table, "vertical_m", 0, 10_000)
        ahead_s = self._number("air", 0, table, "ahead_s", 10, 1_800)
        given = {key: value for key, value in lengths.items() if value is not None}
        return AirRules(
            preset=preset,
            ahead_s=float(ahead_s or usual.ahead_s),
            is_every_pair=pairs == "every",
            **given,
        )

    def _own_addresses(self) -> OwnAddresses:
        # The table was looked at by `_air`.
        text = self._optional("air", 0, self._values.get("air", {}), "ours")
        try:
            return parse_own_addresses(text)
        except ValueError as error:
            raise self._fault("air", 0, "ours", str(error)) from None

    def _record_h(self) -> int:
        # The table was looked at by `_air`.
        hours = self._number("air", 0, self._values.get("air", {}), "record_h", 0, 168)
        return RECORD_H if hours is None else hours

    def _feeds(self, directory: Path) -> tuple[Feed, ...]:
        found: list[Feed] = []
        for number, table in enumerate(self._tables("feed", FEEDS_MAX)):
            name = self._text_value("feed", number, table, "name", "")
            if _FEED.fullmatch(name) is None:
                says = f"{name!r} is not a feed's name (lower-case letters, digits, hyphens)"
                raise self._fault("feed", number, "name", says)
            if any(name == other.name for other in found):
                raise self._fault("feed", number, "name", f"{name!r} is named twice")
            trust = self._number("feed", number, table, "trust", 1, TRUST_MAX)
            kind = self._feed_kind(number, table)
            found.append(
                Feed(
                    name,
                    kind,
                    self._feed_source(number, table, directory, kind),
                    trust or TRUST_DEFAULT,
                    self._number("feed", number, table, "accuracy_m", 1, 100_000),
                    self._receiver_at(number, table),
                    self._affiliation(number, table),
                )
            )
        return tuple(found)

    def _feed_kind(self, number: int, table: Mapping[str, Any]) -> FeedKind:
        value = self._text_value("feed", number, table, "kind", "")
        if value not in list(FeedKind):
            known = ", ".join(FeedKind)
            raise self._fault("feed", number, "kind", f"{value!r} is none of: {known}")
        return FeedKind(value)

    def _affiliation(self, number: int, table: Mapping[str, Any]) -> Affiliation | None:
        if "affiliation" not in table:
            return None
        value = self._text_value("feed", number, table, "affiliation", "")
        if value not in FEED_AFFILIATIONS:
            known = ", ".join(FEED_AFFILIATIONS)
            raise self._fault("feed", number, "affiliation", f"{value!r} is none of: {known}")
        return FEED_AFFILIATIONS[value]

    def _feed_source(
        self, number: int, table: Mapping[str, Any], directory: Path, kind: FeedKind
    ) -> Source:
        value = self._text_value("feed", number, table, "source", "")
        try:
            source = parse_source(value, directory)
        except ValueError as error:
            raise self._fault("feed", number, "source", str(error)) from None
        if source.transport is Transport.UDP and kind not in DATAGRAM_KINDS:
            known = ", ".join(DATAGRAM_KINDS)
            says = f"{kind.value} comes by `tcp:` or `file:`; by `udp:` come {known}"
            raise self._fault("feed", number, "source", says)
        trusted, certificate = (
            directory / self._text_value("feed", number, table, key, "") if key in table else None
            for key in ("trusted", "certificate")
        )
        source = replace(source, trusted=trusted, certificate=certificate)
        if "senders" not in table:
            return source
        if source.transport is not Transport.UDP:
            raise self._fault("feed", number, "senders", "it is for sources that begin with `udp:`")
        try:
            senders = parse_senders(self._text_value("feed", number, table, "senders", ""))
        except ValueError as error:
            raise self._fault("feed", number, "senders", str(error)) from None
        return Source(source.transport, source.host, source.port, senders=senders)

    def _receiver_at(self, number: int, table: Mapping[str, Any]) -> tuple[float, float] | None:
        if "receiver_at" not in table:
            return None
        try:
            return parse_place(self._text_value("feed", number, table, "receiver_at", ""))
        except ValueError as error:
            raise self._fault("feed", number, "receiver_at", str(error)) from None

    def _tables(self, name: str, count_max: int) -> list[dict[str, Any]]:
        tables = self._values.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(item, dict) for item in tables):
            raise self._fault("", 0, name, f"write it as one or more tables [[{name}]]")
        if len(tables) > count_max:
            raise self._fault("", 0, name, f"there are {len(tables)}, at most {count_max} may be")
        for number, table in enumerate(tables):
            self._check_keys(name, number, table)
        return tables

    def _check_keys(self, table: str, number: int, values: Mapping[str, Any]) -> None:
        known = [setting.key for setting in SETTINGS if setting.table == table]
        if not table:
            known += list(TABLES)
        for key in values:
            if key not in known:
                says = f"this key is not known; the known ones are {', '.join(known)}"
                raise self._fault(table, number, key, says)

    def _text_value(
        self, table: str, number: int, values: Mapping[str, Any], key: str, default: str
    ) -> str:
        value = values.get(key, default)
        if key not in values and not default:
            raise self._fault(table, number, key, "it is missing")
        if not isinstance(value, str):
            raise self._fault(table, number, key, "it must be text in quotation marks")
        if not value or len(value) > 4 * LABEL_CHARS_MAX or not value.isprintable():
            raise self._fault(table, number, key, "it is empty, too long or not printable")
        return value

    def _party(self, table: str, number: int, values: Mapping[str, Any]) -> str:
        party = self._text_value(table, number, values, "party", "")
        if not is_party_name(party):
            says = f"{party!r} is not a party name (lower-case letters, digits, hyphens, dots)"
            raise self._fault(table, number, "party", says)
        return party

    def _label(self, key: str) -> str:
        value = self._text_value("", 0, self._values, key, "")
        if len(value) > LABEL_CHARS_MAX:
            raise self._fault("", 0, key, f"it is longer than {LABEL_CHARS_MAX} letters")
        return value

    def _circuit(self, table: str, number: int, values: Mapping[str, Any]) -> str:
        return self._short_name(table, number, values, "circuit", "a circuit name")

    def _short_name(
        self, table: str, number: int, values: Mapping[str, Any], key: str, called: str
    ) -> str:
        name = self._text_value(table, number, values, key, "")
        if _CIRCUIT.fullmatch(name) is None:
            says = f"{name!r} is not {called} (lower-case letters, digits, hyphens)"
            raise self._fault(table, number, key, says)
        return name

    def _address(
        self, table: str, number: int, values: Mapping[str, Any], default: str
    ) -> tuple[str, int]:
        host = self._text_value(table, number, values, "host", default)
        if _HOST.fullmatch(host) is None:
            raise self._fault(table, number, "host", f"{host!r} is not an address")
        port = self._number(table, number, values, "port", 1, 65_535)
        if port is None:
            raise self._fault(table, number, "port", "it is missing")
        return host, port

    def _number(
        self, table: str, number: int, values: Mapping[str, Any], key: str, least: int, most: int
    ) -> int | None:
        value = values.get(key)
        if value is None:
            return None
        # `True` is an `int` in Python, but not a number in the file.
        if type(value) is not int or not least <= value <= most:
            says = f"it must be a whole number from {least} to {most}"
            raise self._fault(table, number, key, says)
        return value

    def _language(self) -> str:
        from openline.adapters.wording import LANGUAGES

        language = self._text_value("", 0, self._values, "language", "en")
        if _LANGUAGE.fullmatch(language) is None:
            raise self._fault(
                "", 0, "language", f"{language!r} is not a language: {', '.join(LANGUAGES)}"
            )
        return language

    def _file(self, directory: Path, key: str, default: str) -> Path:
        return directory / self._text_value("", 0, self._values, key, default)

    def _fault(self, table: str, number: int, key: str, says: str) -> OurError:
        row = _row_of(self._text, table, number, key)
        name = f"{table}.{key}" if table else key
        where = f"{self._path}, row {row}" if row else str(self._path)
        return OurError(f"{where}: {name}: {says}.", "See docs/reference/settings.md.")


def _is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _row_of(text: str, table: str, number: int, key: str) -> int:
    """The row of a key, or of the table it is missing from; 0 when not found.

    Looks at rows, not at TOML: good enough to point a person to the place.
    """
    assignment = re.compile(rf"\s*(?:\[\[?\s*)?[\"']?{re.escape(key)}[\"']?\s*(?:=|\.|\])")
    current, count, header_row = "", -1, 0
    for row, words in enumerate(text.splitlines(), start=1):
        is_key = assignment.match(words) is not None
        if not table and is_key and (current == "" or words.lstrip().startswith("[")):
            return row
        if header := _HEADER.match(words):
            current = header[2]
            if current == table:
                count += 1
                header_row = row if count == number else header_row
        elif current == table and count == number and is_key:
            return row
    return header_row
