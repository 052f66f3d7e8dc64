"""The specification of the wire is in step with the code, and its examples are real.

Tables are compared with the forms, frames, kinds and reasons that the code has.
Each fenced block `example NAME` holds what the code makes from the keys that its
page tells; in hexadecimal, white space does not count.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from enum import Enum
from functools import cache
from hashlib import sha256
from typing import Any, get_args

import pytest

from openline.adapters import link
from openline.adapters.code_books import shipped
from openline.domain import limits
from openline.domain.errors import Reason
from openline.domain.instant import INSTANT_MAX
from openline.domain.line import card, declared, form, observed, terms
from openline.domain.line.form import Field, Record
from openline.domain.line.keyring import mirror_name
from openline.domain.line.points import PointForm
from openline.domain.line.terms import (
    ANY,
    LeadTime,
    PartyTerms,
    Post,
    Separation,
    Timers,
    Understanding,
)
from openline.domain.line.understanding import (
    SIGNED_PREFIX,
    SignedUnderstanding,
    sign_understanding,
    understanding_bytes,
    understanding_hash,
)
from openline.domain.line.words import WORDS
from openline.domain.record import cbor, certificate
from openline.domain.record.certificate import Certificate, CertificateKind, Claim, Evidence
from openline.domain.record.checkpoint import Checkpoint, mldsa_message, sign_checkpoint
from openline.domain.record.cosignature import ed25519_message
from openline.domain.record.envelope import (
    Header,
    make_content,
    parse_envelope,
    seal,
    seal_envelope,
)
from openline.domain.record.merkle import EMPTY_ROOT, leaf_hash
from openline.domain.record.note import Note, sign_note
from openline.domain.record.short_form import shorten
from openline.domain.record.tick import Tick, tick_hash, tick_key
from openline.domain.talk import challenge, code_book, keys, media
from openline.domain.talk.body import By
from openline.domain.talk.code_book import Acts, code_book_hash
from openline.domain.talk.coded import Coded, SlotValue
from openline.domain.talk.keys import KeyRole, key_change_message
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import MESSAGES
from openline.domain.talk.readout_text import text_digest
from openline.domain.talk.text import Text
from openline.domain.talk.voice_note import VoiceNote
from openline.domain.talk.volumes import BoundForm, VolumeForm
from openline.engine import courier, frames
from openline.engine.frames import (
    Entries,
    Frame,
    Hello,
    JournalHead,
    Probe,
    ProbeReply,
    Pull,
    Receipt,
    Refusal,
    TickSent,
    UnderstandingShown,
    Urgent,
    encode_frame,
)
from openline.engine.ports import StoredEntry
from tests.house.tree import ROOT
from tests.vectors.signers import SeedSigner

SPEC = ROOT / "docs" / "spec"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(SPEC.glob("*.md"))}

ALPHA, BRAVO, LINE = "alpha.example", "bravo.example", "syria-air"
AT, AT_S = 1_491_528_000_123, 1_491_530_400

_BLOCK = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


# --- what the pages say --------------------------------------------------------------------------


def blocks(sort: str) -> dict[str, str]:
    """The fenced blocks of one sort on all pages, by their names."""
    found: dict[str, str] = {}
    for page in PAGES.values():
        for kind, name, text in _BLOCK.findall(page):
            if kind == sort:
                assert name not in found, f"{sort} {name} is there twice"
                found[name] = text
    return found


def rows(block: str) -> list[tuple[str, ...]]:
    """The rows of a block, parted where two spaces stand; at most key, name and form."""
    return [tuple(re.split(r" {2,}", row.strip())[:3]) for row in block.splitlines()]


def section(page: str, heading: str) -> str:
    """What stands under a heading of a page."""
    _, _, after = PAGES[page].partition(f"\n## {heading}\n")
    assert after, f"{page} has no section {heading!r}"
    return after.partition("\n## ")[0]


def first_cells(text: str) -> list[str]:
    """The first cells of the tables in a text, without head and rule."""
    cells = [row.split(" | ")[0].removeprefix("| ") for row in text.splitlines() if row[:2] == "| "]
    return [cell for cell in cells if cell.startswith("`")]


# --- what the code says --------------------------------------------------------------------------


def number(value: int) -> str:
    """A bound as the pages write it."""
    return {2**53: "2^53", 2**63 - 1: "2^63-1"}.get(value, f"{value:,}")


def span(least: int, most: int) -> str:
    """A range as the pages write it."""
    return f"{number(least)}..{number(most)}"


def describe(one: Any) -> str:
    """The form of a field in the words of the pages."""
    match one:
        case form.Whole():
            return f"int {span(one.least, one.most)}"
        case form.Truth():
            return "bool"
        case form.Instant():
            return "instant"
        case form.Blob():
            exact = one.least == one.most
            return f"bytes {number(one.least) if exact else span(one.least, one.most)}"
        case form.Word():
            return ", ".join(f"{word.value} {word.name}" for word in one.words)
        case form.Quantity():
            return f"{one.units[-1][0]} {span(0, one.most)}"
        case form.Text():
            return _describe_text(one)
        case form.Items():
            sort = "sorted " if one.rank else ""
            return f"{sort}[{describe(one.form)}] {span(one.least, one.most)}"
        case form.Titles():
            return "titles"
        case PointForm():
            return "point"
        case VolumeForm():
            return "volume"
        case BoundForm():
            return "altitude"
        case form.Row():
            return f"[{', '.join(field.name for field in one.table)}]"
        case Record():
            return f"{{{title(one)}}}"
    raise AssertionError(f"no words for {one}")


def _describe_text(one: form.Text) -> str:
    if type(one) is not form.Text:
        return "party"
    if one in (form.NAME, form.LANGUAGE):
        return "name" if one == form.NAME else "lang"
    if one.pattern is not None:
        return f"text {one.pattern.pattern.replace('(?:', '(')}"
    return f"{'rows' if one.rows else 'text'} {span(int(one.is_needed), one.chars_max)}"


def title(record: Record) -> str:
    """What the pages call a table: the name of what it builds, or kind and number."""
    built: Any = record.build
    if hasattr(built, "message_kind"):
        return f"{built.message_kind.name} {built.message_kind.value}"
    name: str = built.__name__
    return {"PublicKeys": "Keys"}.get(name, name)


def inner_forms(one: Any) -> Iterator[Any]:
    """A form and all forms inside it."""
    yield one
    inside = one.table if isinstance(one, Record) and not isinstance(one, VolumeForm) else ()
    for field in inside:
        yield from inner_forms(field.form)
    if isinstance(one, form.Items):
        yield from inner_forms(one.form)


@cache
def all_forms() -> tuple[Any, ...]:
    """Every form of the Understanding, of cards and of messages."""
    tops = [
        terms._UNDERSTANDING,
        card._CARD,
        code_book.TABLES["CodeBook"],
        *(MESSAGES[kind].record for kind in Kind),
    ]
    return tuple(one for top in tops for one in inner_forms(top))


def tables() -> dict[str, Record]:
    """Every table of fields that is a map, by its name on the pages."""
    plain = (r for r in all_forms() if isinstance(r, Record))
    return {title(r): r for r in plain if not isinstance(r, form.Row | VolumeForm)}


def table_rows(table: tuple[Field, ...]) -> list[tuple[str, ...]]:
    """Key, name and form of each field."""
    return [
        (f"{field.key}{'?' if field.is_optional else ''}", field.name, describe(field.form))
        for field in table
    ]


def frame_samples() -> dict[type, Frame]:
    """One frame of each sort."""
    origin = f"{ALPHA}/{LINE}/out"
    entry = StoredEntry(b"e", b"c")
    samples: list[Frame] = [
        Hello(1, LINE, bytes(32), (), 0, "", 2),
        Entries(origin, 0, (entry,), "note"),
        Receipt(origin, 0, ""),
        TickSent("note"),
        Urgent(entry, (), "note"),
        Pull(origin, 0),
        JournalHead("note", 0, ()),
        Probe(0),
        ProbeReply(0, 0, 0),
        Refusal(Reason.RATE, ""),
        UnderstandingShown(b""),
    ]
    return {type(sample): sample for sample in samples}


# --- tables --------------------------------------------------------------------------------------


def test_every_table_of_fields_is_in_the_specification() -> None:
    """Each map of the Understanding, cards and messages has its table, with equal rows."""
    shown = {name: rows(block) for name, block in blocks("fields").items() if name != "arrays"}
    expected = {name: table_rows(one.table) for name, one in tables().items() if name != "Timers"}
    assert shown == expected


def test_every_array_of_fields_is_in_the_specification() -> None:
    """Each array with a fixed order is told with the form of each of its places."""
    found = {
        describe(one): ", ".join(describe(field.form) for field in one.table)
        for one in all_forms()
        if isinstance(one, form.Row)
    }
    assert {row[0]: row[1] for row in rows(blocks("fields")["arrays"])} == found


def test_every_timer_is_in_the_specification() -> None:
    """The Timers have the keys and names that the page lists, and the two forms it tells."""
    (block,) = blocks("timers").values()
    listed = [(pair.split()[0], pair.split()[1]) for pair in re.split(r" {2,}|\n", block.strip())]
    table = tables()["Timers"].table
    assert listed == [(str(field.key), field.name) for field in table]
    counts = {field.key for field in table if describe(field.form) == "int 1..1,000"}
    assert counts == {2, 3}
    others = {describe(field.form) for field in table if field.key not in counts}
    assert [f"of the form {one} but 2 and 3" in PAGES["understanding"] for one in others] == [True]


def test_the_format_of_the_terms_is_the_one_in_the_specification() -> None:
    """The signed terms hold under key 0 the format that the page names."""
    assert f"`0: {terms.FORMAT}`" in PAGES["understanding"]
    assert terms.to_value(two_parties())[0] == terms.FORMAT


def test_every_kind_is_in_the_specification() -> None:
    """Each kind of message is listed with its number, and no other."""
    listed = re.findall(r"(\d+) `([A-Z_]+)`", section("envelope", "5 Kinds and bodies"))
    assert dict(listed) == {str(kind.value): kind.name for kind in Kind}


def test_every_key_of_the_envelope_is_in_the_specification() -> None:
    """The parameters and fields of real envelopes are those of the two tables."""
    sealed = parse_envelope(seal(every_field(), text_content(), SeedSigner("node")))
    value = cbor.decode(sealed.protected, negative_keys=True)
    assert isinstance(value, dict)
    inside = value[-70001]
    assert isinstance(inside, dict)
    cells = first_cells(section("envelope", "2 Envelope"))
    keyed = [int(cell.split("`")[1]) for cell in cells]
    assert keyed == [*value, *inside]
    names = [cell.split("`")[2].removesuffix(" ?").strip() for cell in cells[len(value) :]]
    attributes = {field.name.replace("_", " ") for field in fields(Header)}
    assert set(names) == attributes - {"party", "line"}


def test_every_frame_is_in_the_specification() -> None:
    """Each frame is listed with its number and the names of its fields, in order."""
    samples = frame_samples()
    assert set(samples) == set(get_args(Frame))
    expected = []
    for sort, sample in samples.items():
        value = cbor.decode(encode_frame(sample))
        assert isinstance(value, list)
        named = [field.name for field in fields(sort)]
        names = [part for name in named for part in _WIRE_NAMES.get(name, (name,))]
        assert len(value) == 1 + len(names)
        expected.append((value[0], sort.__name__, names))
    listed = re.findall(r"^\| (\d+) \| (\w+) \| (.+) \|$", section("circuit", "2 Frames"), re.M)
    shown = [(int(no), name, re.findall(r"`(\w+)`", told)) for no, name, told in listed]
    assert shown == sorted(expected)


_WIRE_NAMES = {"entry": ("envelope", "content")}
"""A stored entry is two fields on the wire."""


def test_every_reason_is_in_the_specification() -> None:
    """Each reason is listed once, in the order of the code, and no other."""
    assert first_cells(section("circuit", "8 Reasons")) == [f"`{reason}`" for reason in Reason]


def test_every_row_of_a_tick_is_in_the_specification() -> None:
    """The rows of a tick come in the order of the table."""
    names = [row.partition(" ")[0] for row in a_tick().text().splitlines()]
    assert first_cells(section("tick-and-silence", "1 Text")) == [
        f"`{name}`" for name in dict.fromkeys(names)
    ]


@pytest.mark.parametrize("word", [*observed.Observed, *declared.Declared], ids=str)
def test_every_word_of_a_tick_is_in_the_specification(word: Enum) -> None:
    """Each observed word and each declared state is named beside the table of rows."""
    assert re.search(rf"\b{word.value}\b", section("tick-and-silence", "1 Text"))


def test_every_claim_is_in_the_specification() -> None:
    """Each kind of certificate is listed with the keys and names of its claim."""
    listed = re.findall(r"^\| `(\w+)` \| .+ \| (0 line.+) \|$", PAGES["certificate"], re.M)
    expected = {
        kind.value: ", ".join(
            f"{certificate._KEYS[name]} {name}" for name in ("line", *certificate._CLAIMS[kind])
        )
        for kind in CertificateKind
    }
    assert dict(listed) == expected


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("envelope", limits.ENTRY_SIZE_BYTES_MAX),
        ("envelope", limits.CONTENT_SIZE_BYTES_MAX),
        ("envelope", limits.CBOR_DEPTH_MAX),
        ("envelope", limits.CBOR_ITEMS_MAX),
        ("envelope", limits.FLASH_TEXT_WORDS_MAX),
        ("envelope", limits.VERTICES_MAX),
        ("envelope", limits.RADIUS_M_MAX),
        ("log-and-receipt", limits.NOTE_SIZE_BYTES_MAX),
        ("log-and-receipt", limits.NOTE_SIGNATURES_MAX),
        ("log-and-receipt", limits.PROOF_HASHES_MAX),
        ("log-and-receipt", limits.PROOF_EXTRA_BYTES_MAX),
        ("log-and-receipt", INSTANT_MAX // 1_000),
        ("understanding", limits.UNDERSTANDING_SIZE_BYTES_MAX),
        ("understanding", limits.CARD_SIZE_BYTES_MAX),
        ("understanding", limits.KEY_MESSAGES_MAX),
        ("understanding", limits.KEY_CHANGES_UNTIL),
        ("circuit", limits.FRAME_SIZE_BYTES_MAX),
        ("circuit", limits.CHUNK_SIZE_BYTES_MAX),
        ("circuit", 2 * limits.FRAME_ENTRIES_MAX),
        ("circuit", limits.PROOF_HASHES_MAX),
        ("circuit", limits.LABEL_CHARS_MAX),
        ("circuit", limits.LINKS_PER_COUNTERPART_MAX),
        ("circuit", limits.CONNECTIONS_PER_COUNTERPART_MAX),
        ("circuit", limits.COURIER_FRAMES_MAX),
        ("conflict", limits.VERTICES_MAX),
        ("conflict", limits.CORE_REACH_DEG_MAX),
        ("conflict", limits.RADIUS_M_MAX),
        ("conflict", limits.LATERAL_MINIMUM_M_MAX),
        ("conflict", limits.VOLUMES_MAX),
        ("conflict", limits.PAIR_TESTS_MAX),
        ("conflict", limits.TOUCH_SAMPLES_MAX),
        ("code-book", limits.CODED_SIZE_BYTES_MAX),
        ("code-book", limits.CODE_BOOK_SIZE_BYTES_MAX),
        ("certificate", limits.EVIDENCE_SIZE_BYTES_MAX),
        ("certificate", limits.EVIDENCE_ENTRIES_MAX),
        ("certificate", limits.EVIDENCE_HEADS_MAX),
        ("certificate", limits.EVIDENCE_TICKS_MAX),
    ],
)
def test_bounds_are_those_of_the_code(page: str, told: int) -> None:
    """Each bound that a counterpart can meet is on its page with its present value."""
    assert re.search(rf"(?<!\d)(?<!\d,){told:,}(?!,?\d)", PAGES[page])


@pytest.mark.parametrize(
    ("page", "prefix"),
    [
        ("understanding", SIGNED_PREFIX),
        ("understanding", card.SIGNED_PREFIX),
        ("understanding", keys.CHANGE_PREFIX),
        ("understanding", keys.REVOKE_PREFIX),
        ("understanding", keys.EPOCH_PREFIX),
        ("circuit", courier.MAGIC.encode()),
        ("code-book", code_book.FORMAT.encode()),
        ("certificate", certificate.MAGIC.encode()),
        ("challenge-words", challenge._PREFIX),
        ("telephone", media._WORDS_PREFIX),
    ],
)
def test_prefixes_are_those_of_the_code(page: str, prefix: bytes) -> None:
    """Each text that stands before what is signed is on its page."""
    assert prefix.decode().replace("\n", "\\n") in PAGES[page]


# --- examples ------------------------------------------------------------------------------------


def signer(party: str, role: str) -> SeedSigner:
    """The keys of a role in the examples."""
    return SeedSigner(f"{party} {role}")


def text_content() -> bytes:
    """The content of the example of an envelope."""
    said = Text(By("air-desk", "Maj. A. Petrov"), "en", "Shayrat 0140Z")
    return make_content(bytes(range(16)), said.to_body())


def coded_content() -> bytes:
    """The content of the example of a coded message."""
    place = SlotValue(words="2 km west of Shayrat airfield")
    book = code_book_hash(shipped()["standard-1"])
    said = Coded(By("air-desk", "Maj. A. Petrov"), 2, (place,), book, Acts.WARNING)
    return make_content(bytes(range(16)), said.to_body())


def short_entry() -> bytes:
    """The coded message as entry 12 in its short form."""
    header = Header(ALPHA, LINE, Kind.CODED, 12, AT, (), None, 3, (BRAVO,))
    sealed = seal_envelope(header, coded_content(), SeedSigner("node"))
    return shorten(sealed, coded_content(), (ALPHA, BRAVO))


def plain_header() -> Header:
    """The header of the example of an envelope: nothing optional."""
    return Header(ALPHA, LINE, Kind.TEXT, 12, AT, (), None, 0, (BRAVO,))


def every_field() -> Header:
    """A header with every field that can be there."""
    heads = (Checkpoint(f"{BRAVO}/{LINE}/out", 0, EMPTY_ROOT),)
    return Header(ALPHA, LINE, Kind.TEXT, 12, AT, heads, (BRAVO, 8), 3, (BRAVO,), 2)


def one_entry() -> Checkpoint:
    """The head of a log of one empty entry."""
    return Checkpoint(f"{ALPHA}/{LINE}/out", 1, leaf_hash(b""))


def signed_head() -> str:
    """The head as a note; the signature that is not deterministic is cut."""
    whole, _, last = sign_checkpoint(one_entry(), SeedSigner("node")).format().rpartition(" ")
    return f"{whole} {last[:16]}…\n"


def a_tick() -> Tick:
    """A tick with every row."""
    held = (Checkpoint(f"{BRAVO}/{LINE}/out", 0, EMPTY_ROOT),)
    scopes = (("air_safety", "IN_FORCE"), ("humanitarian", "SUSPENDED"))
    previous, heard = sha256(b"16").digest(), ((BRAVO, sha256(b"heard").digest()),)
    return Tick(
        *(ALPHA, LINE, 17, AT, one_entry(), held, "UP", scopes, "system", 500, previous, heard)
    )


def signed_tick() -> str:
    """The tick as a note, signed by the key of the word `node`."""
    text, node = a_tick().text(), SeedSigner("node")
    return Note(
        text, (sign_note(text, tick_key(ALPHA, LINE, node.public.ed25519).name, node),)
    ).format()


def party_terms(name: str) -> PartyTerms:
    """One party of the example of an Understanding."""
    public = {role: signer(name, role).public for role in ("root", "node", "witness", "mirror")}
    return PartyTerms(
        name=name,
        titles=(),
        roots=(public["root"].ed25519,),
        threshold=1,
        node=public["node"],
        witness=public["witness"],
        mirror=public["mirror"],
        tls=f"certificate of {name}".encode(),
        languages=("en",),
        posts=(Post("air-desk", 1),),
    )


@cache
def two_parties() -> Understanding:
    """The example of an Understanding."""
    return Understanding(
        line=LINE,
        version=1,
        template="air",
        parties=(party_terms(ALPHA), party_terms(BRAVO)),
        scopes=("air_safety",),
        languages=("en",),
        timers=Timers(),
        separations=(Separation((ANY, ANY), 9_260, 3_000, 600_000),),
        lead_times=(LeadTime(ANY, 1_800_000),),
    )


def signed_terms() -> SignedUnderstanding:
    """The example with the root signatures of both parties."""
    data = understanding_bytes(two_parties())
    signatures = []
    for party in (ALPHA, BRAVO):
        root = signer(party, "root")
        signatures.append(sign_understanding(data, party, root.public.ed25519, root.sign_ed25519))
    return SignedUnderstanding(data).with_signatures(signatures)


def terms_example() -> str:
    """What follows from the example of an Understanding."""
    signed = signed_terms()
    alpha = party_terms(ALPHA)
    shown = card.Card(
        *(ALPHA, alpha.titles, alpha.roots, alpha.threshold),
        *(alpha.node, alpha.witness, alpha.mirror, alpha.tls),
    )
    heard = card.fingerprint_words(shown)
    signature = signed.signatures[0].signature.hex()
    return "\n".join(
        [
            f"bytes of the terms         {len(signed.data)}",
            f"SHA-256 of the terms       {understanding_hash(signed.data).hex()}",
            f"signature of alpha's root  {signature[:64]}",
            f"                           {signature[64:]}",
            f"SHA-256 of entry 0 content {sha256(signed.content()).hexdigest()}",
            f"alpha's card, no endpoints {' '.join(heard[:6])}",
            f"                           {' '.join(heard[6:])}",
            "",
        ]
    )


def key_change_example() -> str:
    """What is signed for a change of alpha's node key at entry 7, and the proof."""
    new = signer(ALPHA, "node 2")
    message = key_change_message(f"{ALPHA}/{LINE}/out", 7, KeyRole.NODE, new.public)
    proof = new.sign_ed25519(message).hex()
    return "\n".join(
        [
            "entry 7 of alpha changes its node key to that of the word `alpha.example node 2`",
            f"SHA-256 of what is signed  {sha256(message).hexdigest()}",
            f"proof                      {proof[:64]}",
            f"                           {proof[64:]}",
            "",
        ]
    )


def challenge_example() -> str:
    """The words that alpha and bravo say, from a secret of sixteen bytes 0 to 15."""
    secret = challenge.Secret(bytes(range(16)), (ALPHA, BRAVO))
    rows = [
        ("at 1491528000123 ms", challenge.row_at(secret, AT).words),
        ("card 7, row 3", challenge.card(secret, 7)[2].words),
    ]
    told = [
        f"{name + ':':<27}alpha {' '.join(one):<20} bravo {' '.join(other)}"
        for name, (one, other) in rows
    ]
    duress = [challenge.duress_word(secret, party) for party in (ALPHA, BRAVO)]
    return "\n".join(
        [
            *told,
            f"{'duress:':<27}alpha {duress[0]:<20} bravo {duress[1]}",
            f"{'fingerprint:':<27}{' '.join(challenge.fingerprint(secret))}",
            f"{'last words of it:':<27}{' '.join(challenge.secret_words(secret)[-2:])}",
            "",
        ]
    )


def hello() -> bytes:
    """Alpha's greeting to bravo when both outboxes are empty."""
    signed = SignedUnderstanding(understanding_bytes(two_parties()), ())
    digest = sha256(signed.content()).digest()
    return encode_frame(Hello(frames.VERSION, LINE, digest, (), 0, ""))


def urgent_piece() -> bytes:
    """A probe as the only piece of an urgent frame."""
    backlog = link._Backlog(link._URGENT, limits.URGENT_BACKLOG_SIZE_BYTES_MAX)
    assert backlog.put(encode_frame(Probe(AT)))
    return backlog.take_piece()


def sound_hash_example() -> str:
    """The name of a sound of two packets."""
    note = VoiceNote(By("watch", "Lt. Moreau"), "en", (b"\xf8\xff\xfe", b"\x08"))
    return f"{note.sound_hash.hex()}\n"


def call_words_example() -> str:
    """The words of a call that alpha rang by its entry 16, with the certificates of the words."""
    ends = (sha256(f"{party} certificate".encode()).digest() for party in (ALPHA, BRAVO))
    return " ".join(media.call_words(LINE, (ALPHA, 1, 16), *ends)) + "\n"


HEX: dict[str, Callable[[], bytes]] = {
    "content": text_content,
    "envelope": lambda: seal(plain_header(), text_content(), SeedSigner("node")),
    "leaf": lambda: leaf_hash(seal(plain_header(), text_content(), SeedSigner("node"))),
    "mldsa": lambda: mldsa_message(one_entry(), mirror_name(BRAVO), AT_S),
    "tick-hash": lambda: tick_hash(a_tick().text()),
    "hello": hello,
    "receipt": lambda: encode_frame(Receipt(f"{ALPHA}/{LINE}/out", 1, "")),
    "probe": lambda: encode_frame(Probe(AT)),
    "refusal": lambda: encode_frame(Refusal(Reason.WRONG_INDEX, "an entry says index 13")),
    "piece": urgent_piece,
    "coded": coded_content,
    "short": short_entry,
    "readout-text": lambda: text_digest("en", "The commanders spoke."),
    "certificate": lambda: Certificate(
        Claim(CertificateKind.MESSAGE, LINE, ALPHA, 12), Evidence(b"")
    ).format(),
}
"""Examples in hexadecimal, by name."""

TEXTS: dict[str, Callable[[], str]] = {
    "head": signed_head,
    "cosignature": lambda: ed25519_message(one_entry(), AT_S).decode(),
    "tick": signed_tick,
    "terms": terms_example,
    "key-change": key_change_example,
    "challenge-words": challenge_example,
    "call-words": call_words_example,
    "sound-hash": sound_hash_example,
}
"""Examples that are text, by name."""


@pytest.mark.parametrize("name", HEX)
def test_examples_in_hexadecimal_are_what_the_code_makes(name: str) -> None:
    """The example has the bytes that the code makes from the keys that the page tells."""
    assert "".join(blocks("example")[name].split()) == HEX[name]().hex()


@pytest.mark.parametrize("name", TEXTS)
def test_examples_in_text_are_what_the_code_makes(name: str) -> None:
    """The example has the rows that the code makes from the keys that the page tells."""
    assert blocks("example")[name] == TEXTS[name]()


def test_every_example_is_checked() -> None:
    """No page has an example that no test of this file makes again."""
    assert set(blocks("example")) == {*HEX, *TEXTS}


def test_the_words_of_fingerprints_are_those_of_the_code() -> None:
    """The list of words is on the page, whole and in order."""
    (block,) = blocks("words").values()
    assert tuple(block.split()) == WORDS
