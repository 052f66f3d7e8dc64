"""The verb `understanding`: what the parties agree on, from draft to adoption."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from openline.domain.errors import OurError
from openline.faces.cli.faults import FileUnreadable, NodeNotRunning
from openline.faces.cli.files import naming, read_bytes, write_new
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Node
from openline.faces.cli.output import emit, say_aside

if TYPE_CHECKING:
    from openline.app.config import Config
    from openline.domain.line.understanding import SignedUnderstanding, Understanding

FILE_SIZE_BYTES_MAX = 1_048_576

app = make_app(
    "understanding",
    """\
    Write, sign, adopt and compare Understandings.

    The Understanding is the signed instrument that makes a line: parties and
    their keys, scopes, timers, separation minima, reference points. One side
    drafts it, all sign the same bytes with their root keys, all adopt it.
    """,
)


@verb(app)
def new(
    line: str,
    /,
    *card: Path,
    template: Literal["air", "humanitarian", "maritime"] = "air",
    out: Path | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Draft an Understanding from a template and the parties' cards.

    The draft is a TOML file to be edited; every default in it is labelled as
    one. None of the numbers was ever published by anybody: agree on them.

    Example:
        openline understanding new syria-air bravo.card --template air

    Args:
        line: The name of the line: lower-case letters, digits, hyphens.
        card: The counterparts' cards; without them, all cards that are kept.
        template: From which template.
        out: Where to write it; without it LINE.toml in the current directory.
        options: Which node, and how to print.
    """
    from openline.domain.line.understanding_toml import from_toml, template_toml
    from openline.domain.party import check_line_name
    from openline.faces.cli.cards import known_cards, own_card, read_card

    config = options.config()
    others = [read_card(path) for path in card] if card else known_cards(config)
    own = own_card(config).card
    cards = [own, *(found.card for found in others if found.card.party != own.party)]
    text = template_toml(template, check_line_name(line), cards)
    path = out or Path(f"{line}.toml")
    write_new(path, text.encode())
    parties = [one.party for one in cards]
    rows = [
        f"{path}: a draft for {', '.join(parties)}.",
        f"Edit it, then sign it: openline understanding sign {path}",
        *hours_remarks(from_toml(text, str(path))),
    ]
    emit({"path": str(path), "line": line, "parties": parties}, rows, as_json=options.json)


@verb(app)
def sign(
    file: Path,
    /,
    *,
    merge: tuple[Path, ...] = (),
    roots: Path | None = None,
    out: Path | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Sign an Understanding with this party's root keys.

    From a draft in TOML it makes the bytes that all parties sign; from a file
    that a counterpart has signed it adds this party's signatures. Read what
    you sign: openline understanding show FILE.

    Example:
        openline understanding sign syria-air.toml
        openline understanding sign syria-air.understanding --merge from-bravo.understanding

    Args:
        file: The draft, or the file with signatures.
        merge: Another party's file of the same terms, whose signatures are taken over.
        roots: The directory of the root keys; without it keys/root.
        out: Where to write; without it FILE with the ending .understanding.
        options: Which node, and how to print.
    """
    from openline.adapters.keys import open_root_keys
    from openline.domain.line.understanding import parse_understanding, sign_understanding

    config = options.config()
    signed = _read_signed(file)
    with naming(file):
        understanding = parse_understanding(signed.data)
    if config.party not in understanding.names():
        raise OurError(
            f"{config.party} is no party to {file}: {', '.join(understanding.names())}.",
            "Draft it with the parties' cards: openline understanding new.",
        )
    for path in merge:
        signed = signed.with_signatures(_same_terms(signed, path).signatures)
    keys = open_root_keys(roots or config.root_keys)
    known = understanding.party(config.party).roots
    strange = [key for key in keys if key.public not in known]
    if strange:
        raise OurError(
            f"A root key in {roots or config.root_keys} is not in the Understanding.",
            "Draft it anew with this party's present card.",
        )
    signed = signed.with_signatures(
        sign_understanding(signed.data, config.party, key.public, key.sign) for key in keys
    )
    path = out or file.with_suffix(".understanding")
    if path != file and path.exists():
        _same_terms(signed, path)  # What is there may only be replaced by the same terms.
    write_new(path, signed.format(), overwrite=True)
    rows = [*_rows(path, signed), *hours_remarks(understanding), _next_step(path, signed)]
    emit({"path": str(path), **_facts(signed)}, rows, as_json=options.json)


@verb(app)
def adopt(
    file: Path,
    /,
    *,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Adopt an Understanding that every party has signed.

    It opens the line, or amends it when the line exists. All parties adopt the
    same file. A node that does not run takes it in at its next start.

    Example:
        openline understanding adopt syria-air.understanding

    Args:
        file: The file with all signatures.
        options: Which node, and how to print.
    """
    from openline.domain.line.understanding import verify_understanding

    config = options.config()
    data = read_bytes(file, FILE_SIZE_BYTES_MAX)
    signed = _read_signed(file)
    if lacking := _facts(signed)["missing"]:
        who = "; ".join(
            f"{party} has {held} of {needed} root signatures"
            for party, (held, needed) in lacking.items()
        )
        raise OurError(
            f"{file} is not signed by all: {who}.",
            "Each party signs it first: openline understanding sign FILE.",
        )
    with naming(file):
        understanding = verify_understanding(signed)
    if config.party not in understanding.names():
        raise OurError(
            f"{config.party} is no party to {file}.", "Adopt it at the nodes of its parties."
        )
    is_running = _tell_node(options, data)
    # The first version stays beside its amendments: entry 0 of every outbox is its content.
    later = f".v{understanding.version}" if understanding.version > 1 else ""
    path = config.lines / f"{understanding.line}{later}.understanding"
    if not is_running and not later and not path.exists():
        _check_keys(config, understanding)
    write_new(path, data, overwrite=True)
    how = "The node has taken it in." if is_running else "The node takes it in when it starts."
    result = {"path": str(path), "is_running": is_running, **_facts(signed)}
    emit(result, [*_rows(path, signed), how], as_json=options.json)


@verb(app)
def show(
    what: str,
    /,
    *,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Show an Understanding as TOML, who has signed it, and the root keys.

    Of a line it shows the version in force, as the running node tells it. Of a node
    that does not run it shows the newest version that was adopted there, and says so.

    Example:
        openline understanding show syria-air

    Args:
        what: A file, or the name of an adopted line.
        options: Which node, and how to print.
    """
    from openline.domain.line.understanding import parse_understanding
    from openline.domain.line.understanding_toml import to_toml

    found = _found(what, options)
    with naming(found.path):
        text = to_toml(parse_understanding(found.signed.data))
    about = [*found.standing, *_rows(found.path, found.signed)]
    rows = [*(f"# {row}" for row in about), "", *text.splitlines()]
    result = {"toml": text, **_facts(found.signed), "in_force": found.is_in_force}
    emit(result, rows, as_json=options.json)


@verb(app)
def diff(
    one: str,
    other: str,
    /,
    *,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> int:
    """Show where two Understandings differ, one row for each field.

    Of a line the version in force is compared, as the running node tells it; of a node
    that does not run the newest that was adopted there; standard error
    says which.

    Exit code 0 when they are the same, 1 when they differ.

    Example:
        openline understanding diff syria-air from-bravo.understanding

    Args:
        one: A file, or the name of an adopted line.
        other: A file, or the name of an adopted line.
        options: Which node, and how to print.
    """
    from openline.domain.line.understanding import difference, parse_understanding

    terms, found = [], [_found(what, options) for what in (one, other)]
    for each in found:
        with naming(each.path):
            terms.append(parse_understanding(each.signed.data))
    rows = difference(*terms)
    versions = [held.version for held in terms]
    result = {"is_same": not rows, "difference": rows, "versions": versions}
    # Beside the result, not in it: its rows are the fields that differ.
    for row in dict.fromkeys(row for each in found for row in each.standing):
        if not options.json:
            say_aside(row)
    emit(result, rows or ["They are the same."], as_json=options.json)
    return 1 if rows else 0


def hours_remarks(understanding: "Understanding") -> list[str]:
    """What the program cannot read of the hours of watch: such hours say nothing."""
    from openline.domain.line.hours import hours_faults

    return [f"Remark: {fault}. {fault.remedy}" for fault in hours_faults(understanding.parties)]


def read_terms(path: Path) -> "Understanding":
    """The terms in a file, in TOML or with signatures; those are not verified.

    Raises:
        FileUnreadable: It is neither.
    """
    from openline.domain.line.understanding import parse_understanding

    with naming(path):
        return parse_understanding(_read_signed(path).data)


def _read_signed(path: Path) -> "SignedUnderstanding":
    """The terms in a file, in TOML or with signatures."""
    from openline.domain.line.understanding import (
        SignedUnderstanding,
        parse_signed_understanding,
        understanding_bytes,
    )
    from openline.domain.line.understanding_toml import from_toml

    data = read_bytes(path, FILE_SIZE_BYTES_MAX)
    # The file with signatures is a CBOR map: its first byte is never that of a text.
    if data[:1] in (b"\xa1", b"\xa2"):
        with naming(path):
            return parse_signed_understanding(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileUnreadable(
            f"{path} is neither TOML nor a signed Understanding.",
            "Name a draft of openline understanding new, or what openline understanding sign made.",
        ) from None
    try:
        return SignedUnderstanding(understanding_bytes(from_toml(text, str(path))))
    except OurError as error:
        raise FileUnreadable(error.what, error.remedy) from None


def _same_terms(signed: "SignedUnderstanding", path: Path) -> "SignedUnderstanding":
    """The file at a path, if it has the same terms.

    Raises:
        OurError: It has others; names the first difference.
    """
    from openline.domain.line.understanding import difference, parse_understanding

    there = _read_signed(path)
    if there.data == signed.data:
        return there
    rows = difference(parse_understanding(signed.data), parse_understanding(there.data))
    raise OurError(
        f"{path} has other terms: {'; '.join(rows[:3])}.",
        "Compare them with openline understanding diff, and sign the same bytes.",
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """An Understanding that was named by file or by line.

    Attributes:
        path: Its file.
        signed: Its terms and signatures.
        standing: Which version of a line it is; empty for a file.
        is_in_force: Whether it is in force; None where that is not known here.
    """

    path: Path
    signed: "SignedUnderstanding"
    standing: tuple[str, ...] = ()
    is_in_force: bool | None = None


def _found(what: str, options: Node) -> _Found:
    """The file, or the version of a line that counts.

    Raises:
        FileUnreadable: There is no such file or line, or it cannot be read.
    """
    path = Path(what)
    if path.is_file():
        return _Found(path, _read_signed(path))
    adopted = _adopted(what, options)
    in_force = _in_force(what, options)
    if in_force is None:
        if not adopted:
            raise FileUnreadable(
                f"{what} is neither a file nor an adopted line.",
                f"Lines are kept in {options.directory / 'lines'}.",
            )
        version, newest = max(adopted.items())
        standing = (
            f"Version {version} of {what} is the newest that was adopted here. Whether all have "
            "adopted it is known to the running node alone, and it does not run.",
        )
        return _Found(newest, _read_signed(newest), standing)
    version, data = in_force
    rows = [f"Version {version} of {what} is in force: the running node says so."]
    if later := [number for number in adopted if number > version]:
        rows.append(f"Version {max(later)} is adopted here and not yet by all.")
    return _Found(*_file_of(what, version, data, adopted), tuple(rows), True)


def _adopted(line: str, options: Node) -> dict[int, Path]:
    """The file of each version of a line that was adopted at this node."""
    # Looked for by name, never by a path: what is named may hold any letters.
    name = re.compile(rf"{re.escape(line)}(?:\.v([0-9]{{1,7}}))?\.understanding")
    paths = sorted((options.directory / "lines").glob("*.understanding"))
    named = ((name.fullmatch(path.name), path) for path in paths)
    return {int(match[1] or 1): path for match, path in named if match}


def _in_force(line: str, options: Node) -> tuple[int, bytes] | None:
    """Version and terms in force of a line; None without a running node that has it."""
    try:
        client = options.client()
        if line not in {one["line"] for one in client.get("/lines")["lines"]}:
            return None
        shown = client.get("/lines", line, "understanding")
    except (FileUnreadable, NodeNotRunning):
        return None
    return shown["version"], base64.b64decode(shown["bytes"])


def _file_of(
    line: str, version: int, data: bytes, adopted: dict[int, Path]
) -> tuple[Path, "SignedUnderstanding"]:
    """The adopted file of the terms in force, with its signatures.

    Raises:
        FileUnreadable: It is not there, or holds other terms.
    """
    path = adopted.get(version)
    signed = None if path is None else _read_signed(path)
    if path is None or signed is None or signed.data != data:
        raise FileUnreadable(
            f"The file of version {version} of {line}, which is in force, is not among the "
            "adopted ones.",
            "Put it there again: openline understanding adopt FILE.",
        )
    return path, signed


def _tell_node(options: Node, data: bytes) -> bool:
    """Whether the node runs; if so, it has adopted the Understanding."""
    try:
        options.client().post_file("/understandings", file=data)
    except NodeNotRunning:
        return False
    return True


def _check_keys(config: "Config", understanding: "Understanding") -> None:
    """Refuse terms that this node could not keep: the keys they name are not here.

    Raises:
        OurError: A key of ours in the terms is not in the key directory.
    """
    from openline.adapters.keys import FileKeys

    keys, terms = FileKeys.open(config.keys), understanding.party(config.party)
    for role in ("node", "witness", "mirror"):
        if keys.find(role, getattr(terms, role)) is None:
            raise OurError(
                f"The Understanding names another {role} key for {config.party} than {config.keys} "
                "holds.",
                "Name the directory of the node whose card is in it, or draft it anew with the "
                "present card.",
            )


def _next_step(path: Path, signed: "SignedUnderstanding") -> str:
    """What is to be done with a file after somebody has signed it."""
    if lacking := _facts(signed)["missing"]:
        return f"Next: hand {path} to {', '.join(lacking)} to sign."
    return f"Next: every party adopts {path}: openline understanding adopt {path}"


def _facts(signed: "SignedUnderstanding") -> dict[str, Any]:
    from openline.domain.line.understanding import (
        missing_signatures,
        parse_understanding,
        understanding_hash,
    )
    from openline.domain.record.signing import fingerprint

    understanding: Understanding = parse_understanding(signed.data)
    lacking = missing_signatures(signed)
    return {
        "line": understanding.line,
        "version": understanding.version,
        "hash": understanding_hash(signed.data).hex(),
        "parties": list(understanding.names()),
        "missing": {name: [held, needed] for name, (held, needed) in lacking.items()},
        "root_keys": {
            party.name: [fingerprint(root).hex() for root in party.roots]
            for party in understanding.parties
        },
    }


def _rows(path: Path, signed: "SignedUnderstanding") -> Iterator[str]:
    facts = _facts(signed)
    yield f"{path}: line {facts['line']}, version {facts['version']}"
    yield f"SHA-256 {facts['hash']}"
    for party in facts["parties"]:
        held, needed = facts["missing"].get(party, (None, None))
        yield f"{party}: " + ("signed" if held is None else f"{held} of {needed} root signatures")
        yield from (f"  root key {one}" for one in facts["root_keys"][party])
