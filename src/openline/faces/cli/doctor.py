"""The verb `doctor`: what is wrong with a node, and what to do about it.

It looks and changes nothing. The store is opened for reading, and only while
no node runs; of a running node its own word is taken.
"""

import importlib.metadata
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from openline.adapters import clock
from openline.app.health import DISK_FREE_BYTES_MIN
from openline.domain.errors import OpenlineError, OurError
from openline.faces.cli.faults import Exit, rows_of
from openline.faces.cli.finding import Finding, State
from openline.faces.cli.machine import clock_is_kept, durability, versions
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Language, Node
from openline.faces.cli.output import emit
from openline.faces.cli.relays import telephone_findings

if TYPE_CHECKING:
    from openline.app.config import Config
    from openline.domain.line.terms import PartyTerms

DISK_FREE_BYTES_LOW: Final = 2 * 1024 * 1024 * 1024
CLOCK_EARLIEST_MS: Final = 1_767_225_600_000
"""2026-01-01: a clock before this was never set."""
CLOCK_LATEST_MS: Final = 4_102_444_800_000
"""2100-01-01."""
DAMAGE_SHOWN_MAX: Final = 20
_REPAIR: Final = (
    "Stop the node and have it put right: openline repair. It keeps what is sound, and has the "
    "rest from the counterparts."
)
_DATABASE_DAMAGED: Final = (
    "Put back the database's own back-up and start the node: what that lacks comes from the "
    "counterparts before it signs."
)

app = make_app("doctor", "")


@sole_verb(app)
def doctor(
    *,
    scrub: bool = False,
    renew_checksums: bool = False,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> int:
    """Check the installation and the node, and say what to do.

    It looks at the program and its packages, the settings, the keys and their
    permissions, the cards and Understandings, the relays of the telephone, the
    clock, the disk, the ports, and the store: while the node is stopped every
    entry is read and hashed, and its signature, the heads and the receipts are
    verified anew; of a running node its own word is taken, or, with --scrub, a
    copy of its store is read in the same way while it goes on. Nothing is
    changed, unless --renew-checksums asks for it.

    Exit code 0 when nothing is at fault, 1 otherwise.

    Example:
        openline doctor --dir /srv/openline/alpha

    Args:
        scrub: Of a running node too, read every page of its store, and verify every entry, head
            and receipt. The node writes a copy for that, which takes room on its disk.
        renew_checksums: On a stopped node whose store another program has written to or copied:
            verify all that is in it, write it into a new file with right checksums, and keep
            the old file beside it. Refused where anything in it does not verify.
        options: Which node, and how to print.
    """
    found = [*_renewed(options.directory)] if renew_checksums else []
    found += findings(options.directory, scrub=scrub)
    is_well = all(finding.state is not State.FAULT for finding in found)
    result = {"is_well": is_well, "findings": [asdict(finding) for finding in found]}
    emit(result, (row for finding in found for row in _rows(finding)), as_json=options.json)
    return Exit.DONE if is_well else Exit.REFUSED


def _renewed(directory: Path) -> Iterator[Finding]:
    """Have the store written anew; raises where that may not be."""
    from openline.adapters.disk import hold_directory, undo_exchange
    from openline.app.renewal import renew_checksums
    from openline.faces import unix

    config = _config(directory)
    if unix.is_answered(config.socket):
        raise OurError("The node runs.", "Stop it first; its store is written by it alone.")
    if config.database is not None:
        raise OurError(
            "The store is in a database, whose pages are the database's.",
            "Ask the database: pg_amcheck, or what belongs to it.",
        )
    with hold_directory(config.directory):
        undo_exchange(config.store)
        kept = renew_checksums(config.store)
    yield Finding("store", State.OK, f"Written anew with right checksums; the old one is {kept}.")


def findings(directory: Path, *, scrub: bool = False) -> Iterator[Finding]:
    """Everything that can be looked at from a directory, in the order of need."""
    yield from _program()
    yield from versions()
    yield from _clock()
    try:
        config = _config(directory)
    except OurError as error:
        yield _fault("settings", error)
        return
    yield Finding("settings", State.OK, f"{config.directory}/node.toml: {config.party}")
    if config.language not in get_args(Language):
        yield Finding(
            "settings", State.WARNING, f"There are no sentences in {config.language!r}.",
            "Texts are written in it, and what the program says is English; or set `language` in "
            f"node.toml to one of {', '.join(get_args(Language))}.",
        )  # fmt: skip
    yield from _disk(config)
    for check, look in (("keys", _keys), ("cards", _cards), ("understandings", _understandings)):
        yield from _looked(check, look, config)
    yield from _looked("telephone", telephone_findings, config)
    from openline.faces import unix

    if unix.is_answered(config.socket):
        yield from _looked("node", _running, config)
        if scrub:
            yield from _looked("store", _scrubbed, config)
    else:
        yield Finding("node", State.OK, "It does not run.", f"openline run --dir {directory}")
        yield from _looked("ports", _ports, config)
        found = list(_looked("store", _store, config))
        yield from found
        # Of a store that cannot be read, signatures say nothing further.
        if all(finding.check != "store" or finding.state is State.OK for finding in found):
            yield from _looked("logs", _logs, config)


def _looked(
    check: str, look: Callable[["Config"], Iterable[Finding]], config: "Config"
) -> Iterator[Finding]:
    """The findings of one look; what it cannot look at is a finding too."""
    from openline.engine.ports import StoreFailed

    try:
        yield from look(config)
    except OpenlineError as error:
        yield _fault(check, error)
    except StoreFailed as error:
        yield Finding(
            check, State.FAULT, str(error),
            "Look at the disk, then: openline repair. It keeps what is sound, and has the rest "
            "from the counterparts.",
        )  # fmt: skip
    except OSError as error:
        yield Finding(
            check, State.FAULT, f"It cannot be looked at: {error}.",
            "Run the doctor as the user that runs the node.",
        )  # fmt: skip


def _config(directory: Path) -> "Config":
    from openline.app.config import load_config

    return load_config(directory)


def _program() -> Iterator[Finding]:
    version = importlib.metadata.version("openline")
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("program", State.OK, f"openline {version} on Python {python}")
    try:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

        MLDSA44PrivateKey.generate().sign(b"")
    except Exception as error:  # Whatever stops the library is what is looked for.
        yield Finding(
            "program", State.FAULT, f"ML-DSA-44 does not work: {error}.",
            "Install the package `cryptography` as the lock file names it.",
        )  # fmt: skip


def _clock() -> Iterator[Finding]:
    now_ms = time.time_ns() // 1_000_000
    if not CLOCK_EARLIEST_MS <= now_ms <= CLOCK_LATEST_MS:
        yield Finding(
            "clock", State.FAULT, f"The clock says {time.strftime('%Y-%m-%d', time.gmtime())}.",
            "Set it, and keep it set with NTP.",
        )  # fmt: skip
        return
    if os.environ.get(clock.SETTING):
        yield Finding(
            "clock", State.WARNING, "The clock is that of a rehearsal.",
            f"Unset {clock.SETTING} before the node serves.",
        )  # fmt: skip
        return
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    yield Finding("clock", State.OK, f"{now}; counterparts' clocks are compared while it runs")
    if not clock_is_kept():
        yield Finding(
            "clock", State.WARNING, "Nothing keeps the clock right: the system says so.",
            "Let chrony, ntpd or systemd-timesyncd keep it; beyond the agreed tolerance silence "
            "cannot be proven.",
        )  # fmt: skip


def _disk(config: "Config") -> Iterator[Finding]:
    for path in sorted({config.directory, config.store.parent, config.anchor.parent}):
        if not path.is_dir():
            yield Finding("disk", State.FAULT, f"{path} is no directory.", "Make it.")
            continue
        free = shutil.disk_usage(path).free
        says = f"{path}: {free / 2**30:.1f} GiB free"
        if free < DISK_FREE_BYTES_MIN:
            yield Finding("disk", State.FAULT, says, "Make room: a full disk stops the node.")
        elif free < DISK_FREE_BYTES_LOW:
            yield Finding("disk", State.WARNING, says, "Make room before it fills.")
        else:
            yield Finding("disk", State.OK, says)
    yield from durability(config)
    mode = config.directory.stat().st_mode
    if mode & 0o022:
        yield Finding(
            "disk", State.FAULT, f"Others may write into {config.directory}.",
            f"Run `chmod go-w {config.directory}`.",
        )  # fmt: skip


def _keys(config: "Config") -> Iterator[Finding]:
    from openline.adapters.keys import FileKeys, open_root_keys

    keys = FileKeys.open(config.keys)
    if keys.party != config.party:
        yield Finding(
            "keys", State.FAULT, f"{config.keys} holds keys of {keys.party}, not {config.party}.",
            "Correct `party` in node.toml, or bring the right keys.",
        )  # fmt: skip
    else:
        yield Finding("keys", State.OK, f"{config.keys}: readable by their owner alone")
    if config.root_keys.is_dir():
        count = len(open_root_keys(config.root_keys))
        yield Finding(
            "keys", State.WARNING, f"{count} root key{'s' * (count > 1)} on this machine.",
            f"When the Understanding is signed, move {config.root_keys} to media kept offline.",
        )  # fmt: skip


def _cards(config: "Config") -> Iterator[Finding]:
    from openline.adapters.keys import FileKeys
    from openline.faces.cli.cards import known_cards, own_card

    own = own_card(config)
    keys = FileKeys.open(config.keys)
    shown = (own.card.node, own.card.witness, own.card.mirror, own.card.tls)
    held = (*(keys.current(role).public for role in ("node", "witness", "mirror")),
            keys.tls.certificate)  # fmt: skip
    if shown != held:
        yield Finding(
            "cards", State.WARNING, "Our own card shows other keys than the node has now.",
            "Make it anew for the next introduction: openline card make.",
        )  # fmt: skip
    for found in known_cards(config):
        where = ", ".join(f"{one.host}:{one.port}" for one in found.card.endpoints)
        yield Finding("cards", State.OK, f"{found.card.party}: {where or 'no address'}")


def _understandings(config: "Config") -> Iterator[Finding]:
    from openline.domain.line.understanding import (
        parse_signed_understanding,
        verify_understanding,
    )
    from openline.faces.cli.files import naming, read_bytes
    from openline.faces.cli.understanding import FILE_SIZE_BYTES_MAX

    paths = sorted(config.lines.glob("*.understanding"))
    if not paths:
        yield Finding(
            "understandings", State.WARNING, "No line yet.",
            "Adopt an Understanding: openline understanding adopt FILE.",
        )  # fmt: skip
    for path in paths:
        with naming(path):
            signed = parse_signed_understanding(read_bytes(path, FILE_SIZE_BYTES_MAX))
            terms = verify_understanding(signed)
        if config.party not in terms.names():
            yield Finding(
                "understandings", State.FAULT, f"{path} does not name {config.party}.", "Remove it."
            )
        else:
            others = [name for name in terms.names() if name != config.party]
            says = f"{terms.line} with {', '.join(others)}, version {terms.version}"
            yield Finding("understandings", State.OK, says)
            yield from _keys_named(config, path, terms.party(config.party))


def _keys_named(config: "Config", path: Path, terms: "PartyTerms") -> Iterator[Finding]:
    """Whether the keys that an Understanding names for us are here."""
    from openline.adapters.keys import FileKeys

    keys = FileKeys.open(config.keys)
    for role in ("node", "witness", "mirror"):
        if keys.find(role, getattr(terms, role)) is None:
            yield Finding(
                "understandings", State.WARNING,
                f"{path} names another {role} key for {config.party} than {config.keys} holds.",
                "That is right only if the key was changed since and its file put away; else this "
                "is not the directory of the node whose card is in the Understanding.",
            )  # fmt: skip


def _ports(config: "Config") -> Iterator[Finding]:
    for one in config.listeners:
        family = socket.AF_INET6 if ":" in one.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((one.host, one.port))
            except OSError as error:
                yield Finding(
                    "ports", State.FAULT,
                    f"{one.circuit}: {one.host} port {one.port} cannot be listened at: "
                    f"{error.strerror}.",
                    "Correct the [[listener]] in node.toml, or stop what holds the port.",
                )  # fmt: skip
            else:
                yield Finding("ports", State.OK, f"{one.circuit}: {one.host} port {one.port}")
    if not config.listeners:
        yield Finding("ports", State.OK, "It listens nowhere; it dials its counterparts.")


def _store(config: "Config") -> Iterator[Finding]:
    if config.database is not None:
        yield from _database(config)
        return
    if not config.store.exists():
        yield Finding("store", State.OK, f"{config.store} is made at the first start.")
        if config.anchor.exists():
            yield from _anchor(config, b"", [])
        return
    from openline.adapters.sqlite import SqliteStore
    from openline.app.store_copies import IDENTITY

    yield from _pages(config)
    with SqliteStore.open_read_only(config.store) as store:
        origins = store.origins()
        identity = store.value(IDENTITY) or b""
    yield from _anchor(config, identity, origins)


def _database(config: "Config") -> Iterator[Finding]:
    """Whether the database keeps what it accepts; every entry in it, read."""
    from openline.adapters.postgresql.store import PostgresStore
    from openline.app.store_copies import IDENTITY

    assert config.database is not None
    with PostgresStore.open_read_only(config.database, config.party) as store:
        for says in store.weak_settings():
            yield Finding(
                "store", State.FAULT, f"{config.database}: {says}.",
                "Turn it on in postgresql.conf, and for the user of the node.",
            )  # fmt: skip
        origins = store.origins()
        identity = store.value(IDENTITY) or b""
        yield from _sound(origins, store.damage(), _DATABASE_DAMAGED)
    yield from _anchor(config, identity, origins)


def _pages(config: "Config") -> Iterator[Finding]:
    """Every page and entry of a store, read."""
    from openline.adapters.page_checksums import examine_pages
    from openline.adapters.sqlite import SqliteStore

    pages = examine_pages(config.store)
    if not pages.is_sound and pages.is_whole:
        yield Finding(
            "store", State.FAULT, f"{config.store}: {pages}.",
            "Have what is in it verified and written anew: openline doctor --renew-checksums; or, "
            "where that is refused, openline repair. Only Openline may write to or copy a store.",
        )  # fmt: skip
    with SqliteStore.open_read_only(config.store) as store:
        origins = store.origins()
        damage = store.damage()
    yield from _sound(origins, damage)


def _sound(
    origins: list[tuple[str, int, bytes]], damage: list[str], remedy: str = _REPAIR
) -> Iterator[Finding]:
    for says in damage[:DAMAGE_SHOWN_MAX]:
        yield Finding("store", State.FAULT, says, remedy)
    if not damage:
        entries = sum(size for _, size, _ in origins)
        yield Finding("store", State.OK, f"{len(origins)} logs with {entries} entries, all sound")


def _scrubbed(config: "Config") -> Iterator[Finding]:
    """The store of a running node, read whole in a copy that the node writes."""
    from openline.faces.cli.backup import copied

    with copied(config) as (copy, _, _):
        config = replace(config, store=copy, database=None)
        yield from _pages(config)
        yield from _logs(config)


def _logs(config: "Config") -> Iterator[Finding]:
    """The entries, heads and receipts of every log, verified anew."""
    if config.database is None and not config.store.exists():
        return
    from openline.app.audit import audit
    from openline.app.stores import open_to_read

    with open_to_read(config) as store:
        logs = audit(store)
    told = [f"{log.origin}: {fault}" for log in logs for fault in log.faults]
    for says in told[:DAMAGE_SHOWN_MAX]:
        yield Finding(
            "logs", State.FAULT, says,
            "Somebody has altered the store. Keep a copy of it as evidence; then: openline repair. "
            "Where that is refused, move the store away and start the node: it pulls its own "
            "messages back from the counterparts before it signs.",
        )  # fmt: skip
    for says in (f"{log.origin}: {void}" for log in logs for void in log.void):
        yield Finding(
            "logs", State.WARNING, says,
            "The next message is receipted by the new key, and with it all before it.",
        )  # fmt: skip
    if not told:
        entries, heads = sum(log.entries for log in logs), sum(log.heads for log in logs)
        receipts = sum(log.receipts for log in logs)
        says = f"{entries} entries and {heads} heads verified, {receipts} of these with a receipt"
        yield Finding("logs", State.OK, says)


def _anchor(
    config: "Config", identity: bytes, origins: list[tuple[str, int, bytes]]
) -> Iterator[Finding]:
    if not config.anchor.exists():
        yield Finding(
            "anchor", State.WARNING, f"{config.anchor} is not there.",
            "Without it an old copy of the store is not seen at the start.",
        )  # fmt: skip
        return
    from openline.adapters.anchor import Anchor

    with Anchor.open(config.anchor, identity) as anchor:
        if anchor.is_of_another:
            yield Finding(
                "anchor", State.WARNING, f"The anchor {config.anchor} belongs to another store.",
                "That is right after a store was replaced. The node waits for every counterpart "
                "once, and begins the anchor anew.",
            )  # fmt: skip
        behind = anchor.behind(origins)
    for row in behind:
        yield Finding(
            "anchor", State.FAULT, f"The store is behind its anchor: {row}",
            "It is an old copy or lost commits; the node recovers what is missing from the "
            "counterparts before it signs.",
        )  # fmt: skip
    if not behind:
        yield Finding("anchor", State.OK, "The store holds everything that was committed.")


def _running(config: "Config") -> Iterator[Finding]:
    from openline.faces.cli.client import Client

    client = Client(config)
    with suppress(OurError):
        # A node that runs knows no such path.
        yield from _standby(client.get("/standby"))
        return
    status = client.get("/status")
    names = [line["line"] for line in status["lines"]]
    has = f"with the line {names[0]}" if len(names) == 1 else f"with {len(names)} lines"
    yield Finding("node", State.OK, f"It runs {has}.")
    for path in sorted(config.lines.glob("*.understanding")):
        line_name = path.name.partition(".")[0]
        if line_name not in names:
            yield Finding(
                f"line {line_name}", State.FAULT, f"The node has not taken in {path}.",
                f"See {config.log} for the reason; then start the node again.",
            )  # fmt: skip
    for line in status["lines"]:
        yield from _line(line)


def _standby(standby: dict[str, Any]) -> Iterator[Finding]:
    from openline.app.standby import who_writes

    writes = who_writes(standby["writer"], is_free=standby["is_free"])
    yield Finding(
        "station", State.OK, f"It stands by: {writes}, with epoch {standby['epoch']} of the lease."
    )
    for says in standby["obstacles"]:
        yield Finding(
            "station", State.FAULT, says, "Until then nobody takes over when the writer is gone."
        )
    for says in standby["differences"]:
        yield Finding(
            "station", State.WARNING, says,
            "Make the directories of all stations alike: keys, cards, code books.",
        )  # fmt: skip
    if standby["clock"]:
        yield Finding(
            "clock", State.WARNING, standby["clock"],
            "Set the clock that is wrong; keep both set with NTP.",
        )  # fmt: skip


def _line(line: dict[str, Any]) -> Iterator[Finding]:
    name = f"line {line['line']}"
    if line["broken"]:
        yield Finding(name, State.FAULT, f"It signs nothing: {line['broken']}.",
                      "Open a new log with the root keys: openline keys epoch.")  # fmt: skip
    elif not line["can_sign"]:
        yield Finding(
            name, State.WARNING,
            f"It signs nothing until {', '.join(line['waiting_for'])} confirms our outbox.",
            "Restore a circuit; or, if the store is certainly no old copy, start the node with "
            "--own-copy-is-current.",
        )  # fmt: skip
    for counterpart in line["counterparts"]:
        yield from _counterpart(name, counterpart)


def _counterpart(name: str, counterpart: dict[str, Any]) -> Iterator[Finding]:
    party = counterpart["party"]
    if counterpart["is_forked"]:
        yield Finding(name, State.FAULT, f"{party} has shown two histories.",
                      "Keep the evidence; speak with them by another way.")  # fmt: skip
    for row in counterpart["difference"]:
        yield Finding(name, State.FAULT, f"{party} has another Understanding: {row}.",
                      "Both must adopt the same file: openline understanding diff.")  # fmt: skip
    live = [one["circuit"] for one in counterpart["circuits"] if one["state"] == "UP"]
    states = {one["state"] for one in counterpart["circuits"]}
    if states == {"UNKNOWN"}:
        # After the agreed ticks without a sign it is LOST: UNKNOWN lasts seconds.
        yield Finding(
            name, State.WARNING, f"{party}: no circuit is proven yet; it waits for a first check.",
            "Look again in a minute.",
        )  # fmt: skip
    elif not live:
        yield Finding(
            name, State.FAULT, f"No circuit to {party} is up.",
            "Check addresses on its card, [[counterpart]] in node.toml, and the firewall.",
        )  # fmt: skip
    elif len(live) == 1:
        yield Finding(name, State.OK, f"{party}: one circuit up, {live[0]}; two would be safer")
    else:
        yield Finding(name, State.OK, f"{party}: circuits up: {', '.join(live)}")
    offset_ms = counterpart["clock_offset_ms"]
    if offset_ms is not None and abs(offset_ms) > 2_000:
        yield Finding(
            name, State.WARNING, f"Our clock and that of {party} differ by {abs(offset_ms)} ms.",
            "Set the clock that is wrong; keep both set with NTP.",
        )  # fmt: skip


def _fault(check: str, error: OpenlineError) -> Finding:
    what, *remedy = rows_of(error)
    return Finding(check, State.FAULT, what, " ".join(remedy))


def _rows(finding: Finding) -> Iterator[str]:
    yield f"{finding.state:<8}{finding.check}: {finding.what}"
    if finding.remedy:
        yield f"        {finding.remedy}"
