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
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from openline.domain.errors import OurError
from openline.domain.limits import CIRCUITS_MAX, LABEL_CHARS_MAX, ORIGIN_CHARS_MAX, PARTIES_MAX
from openline.domain.party import is_party_name

FILE_NAME: Final = "node.toml"
FILE_SIZE_BYTES_MAX: Final = 262_144
"""A hundred times the largest sensible file."""

_CIRCUIT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
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
    def certificates(self) -> Path:
        """The directory into which certificates are written by default."""
        return self.directory / "certificates"

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
)  # fmt: skip

TABLES: Final = {
    "listener": "An address at which counterparts may dial this node; one table for each.",
    "counterpart": "An address of a counterpart that this node dials; one table for each.",
    "officers": "The port at which officers sign in; see `openline people`. There is one at most.",
}

SOLE_TABLES: Final = ("officers",)
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
        )

    def _officers(self, directory: Path) -> OfficersPort | None:
        table = self._values.get("officers")
        if table is None:
            return None
        if not isinstance(table, dict):
            raise self._fault("", 0, "officers", "write it as one table [officers]")
        self._check_keys("officers", 0, table)
        host, port = self._listen(table)
        named = self._text_value("officers", 0, table, "certificate", "own")
        is_own, has_none = named == "own", named == "none"
        if has_none and not _is_loopback(host):
            says = f"'none' leaves {host} open to whoever listens on the network"
            raise self._fault("officers", 0, "certificate", says)
        path = directory / "officers-own.pem" if is_own else directory / named
        scheme = "http" if has_none else "https"
        origin = self._origin(table, f"{scheme}://localhost:{port}", scheme)
        return OfficersPort(host, port, origin, None if has_none else path, is_own)

    def _listen(self, table: Mapping[str, Any]) -> tuple[str, int]:
        value = self._text_value("officers", 0, table, "listen", "")
        host, _, port = value.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        is_port = port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65_535
        if not is_port or _HOST.fullmatch(host) is None:
            says = f"{value!r} is not an address and a port, such as 127.0.0.1:8443"
            raise self._fault("officers", 0, "listen", says)
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
        circuit = self._text_value(table, number, values, "circuit", "")
        if _CIRCUIT.fullmatch(circuit) is None:
            says = f"{circuit!r} is not a circuit name (lower-case letters, digits, hyphens)"
            raise self._fault(table, number, "circuit", says)
        return circuit

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
