"""The settings of one node: `node.toml` and the files beside it.

A node lives in one directory. `node.toml` names the party, its listeners and
the circuits to dial; keys, cards, Understandings, the store and the socket
lie beside it. Nothing is read from anywhere else. What it may say is in
`app.settings`: the keys, and how each table is read.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openline.adapters.postgresql.address import DatabaseAddress, is_address, parse_address
from openline.adapters.surveillance.feed import Feed
from openline.app.folders.settings import Folder
from openline.app.outlets.settings import Outlet
from openline.app.settings import air, circuits, ports, tools
from openline.app.settings.air import RECORD_H
from openline.app.settings.circuits import Circuit, Listener
from openline.app.settings.ports import HealthPort, OfficersPort
from openline.app.settings.statements import StatementSettings, statements
from openline.app.settings.table import Table, parse_file
from openline.app.settings.telephone import USUAL_TELEPHONE, Telephone, telephone
from openline.domain.errors import OurError
from openline.domain.space.own_addresses import NO_ADDRESSES, OwnAddresses
from openline.engine.air_watch import USUAL_RULES, AirRules

FILE_NAME: Final = "node.toml"
STORE_FILE: Final = "store.sqlite"
"""The store, where no other place is named; and where it would be, with a database."""
RESERVE_NAME: Final = "reserve"
"""Beside the store: room that is kept back for the day when the disk is full."""
LEASE_MS_MIN: Final = 1_000
LEASE_MS_MAX: Final = 60_000
FILE_SIZE_BYTES_MAX: Final = 262_144
"""A hundred times the largest sensible file."""

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")


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
        store: The file of the store; with `database`, where it would be.
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
        telephone: How the sound of calls may go.
        log_format: How rows of the log file are written: `text` or `json`.
        database: The database that holds the store; None where a file does.
        lease_ms: For how long a station keeps the lease of the database without a word; None
            for the usual time.
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
    telephone: Telephone = USUAL_TELEPHONE
    log_format: str = "text"
    database: DatabaseAddress | None = None
    lease_ms: int | None = None

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
    file = parse_file(text, path)
    top, directory = file.top(), file.directory
    party = top.party()
    stored = top.text("store", STORE_FILE)
    is_database = is_address(stored)
    # In the order in which faults are told.
    return Config(
        directory=directory,
        party=party,
        post=top.label("post"),
        officer=top.label("officer"),
        listeners=circuits.listeners(file),
        counterparts=circuits.counterparts(file, party),
        store=directory / (STORE_FILE if is_database else stored),
        anchor=directory / top.text("anchor", "anchor"),
        socket=directory / top.text("socket", "openline.sock"),
        language=_language(top),
        base_map=_base_map(top),
        officers=ports.officers(file),
        statements=statements(file, party),
        feeds=air.feeds(file),
        outlets=tools.outlets(file),
        folders=tools.folders(file),
        air=air.air(file),
        own_addresses=air.own_addresses(file),
        record_h=air.record_h(file),
        health=ports.health(file),
        telephone=telephone(file),
        log_format=top.choice(
            "log_format", ("text", "json"), "text", says="{value!r} is neither text nor json"
        ),
        database=_database(top, stored) if is_database else None,
        lease_ms=top.whole("store_lease_ms", LEASE_MS_MIN, LEASE_MS_MAX),
    )


def _database(top: Table, stored: str) -> DatabaseAddress:
    try:
        return parse_address(stored, top.path("store_password_file"))
    except ValueError as error:
        raise top.fault("store", str(error)) from None


def _language(top: Table) -> str:
    from openline.adapters.wording import LANGUAGES

    language = top.text("language", "en")
    if _LANGUAGE.fullmatch(language) is None:
        raise top.fault("language", f"{language!r} is not a language: {', '.join(LANGUAGES)}")
    return language


def _base_map(top: Table) -> str:
    value = top.text("base_map", "natural-earth")
    return value if value in ("natural-earth", "none") else str(top.file.directory / value)


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
