"""Ticks: one way to write them, signed under a name of their own."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import Reason, TheirError
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.merkle import EMPTY_ROOT
from openline.domain.record.note import Note, parse_note, parse_verifier_key
from openline.domain.record.tick import (
    NUMBER_MAX,
    Tick,
    parse_tick,
    tick_hash,
    tick_key,
    verify_tick,
)
from tests.domain.record.damage import damaged_text
from tests.domain.record.history import ALPHA, BRAVO, LINE
from tests.vectors.make import HERE, load
from tests.vectors.make_messages import TICK, describe_tick, make, sign_tick
from tests.vectors.signers import SeedSigner

VECTORS = load("tick.json")
NODE = SeedSigner("node")
TEXT = TICK.text()


def named(group: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "case", VECTORS[group], ids=[case["name"] for case in VECTORS[group]]
    )


def test_the_vector_file_is_as_it_must_be() -> None:
    """The file of vectors is the one that the present program makes."""
    assert (HERE / "tick.json").read_text("utf-8") == make("tick.json")


@named("accepted")
def test_a_vector_is_read_and_verifies(case: dict[str, Any]) -> None:
    """Each vector verifies, is read as its values, and has its hash and key."""
    note = parse_note(case["note"])
    tick = verify_tick(note, NODE.public.ed25519)
    assert describe_tick(tick) == case["tick"]
    assert tick.text() == note.text == case["text"]
    assert tick_hash(note.text).hex() == case["hash"]
    assert tick_key(tick.party, tick.line, NODE.public.ed25519) == parse_verifier_key(case["key"])
    assert sign_tick(tick, NODE).format() == case["note"]


@named("refused")
def test_what_is_no_tick_is_refused(case: dict[str, Any]) -> None:
    """A text that is no tick is MALFORMED."""
    with pytest.raises(TheirError) as refusal:
        parse_tick(case["text"])
    assert refusal.value.reason is Reason.MALFORMED


@named("not_verified")
def test_what_the_node_did_not_sign_does_not_verify(case: dict[str, Any]) -> None:
    """A tick that the key did not sign under the name of ticks is refused for that."""
    note = parse_note(case["note"])
    with pytest.raises(TheirError) as refusal:
        verify_tick(note, NODE.public.ed25519)
    assert refusal.value.reason is Reason.BAD_SIGNATURE


@given(damaged_text(TEXT))
def test_reading_raises_only_the_typed_error(text: str) -> None:
    """Whatever is read as a tick writes the same text; the rest is TheirError."""
    with suppress(TheirError):
        assert parse_tick(text).text() == text


WORDS = st.from_regex(r"[A-Z][A-Z_]{0,15}", fullmatch=True)
SCOPES = st.from_regex(r"[a-z][a-z0-9_-]{0,15}", fullmatch=True)
PARTIES = st.sampled_from([BRAVO, "charlie.example", "delta"])
HASHES = st.binary(min_size=32, max_size=32)
NUMBERS = st.integers(0, NUMBER_MAX)
HEADS = st.tuples(st.just(0), st.just(EMPTY_ROOT)) | st.tuples(st.integers(1, NUMBER_MAX), HASHES)


@given(
    st.builds(
        Tick,
        party=st.just(ALPHA),
        line=st.just(LINE),
        sequence=NUMBERS,
        at=NUMBERS,
        out=HEADS.map(lambda head: Checkpoint(f"{ALPHA}/{LINE}/out", *head)),
        held=st.dictionaries(PARTIES, HEADS).map(
            lambda found: tuple(
                Checkpoint(f"{party}/{LINE}/out", *head) for party, head in sorted(found.items())
            )
        ),
        observed=WORDS,
        declared=st.dictionaries(SCOPES, WORDS).map(lambda found: tuple(sorted(found.items()))),
        clock_source=st.sampled_from(["system", "ntp", "ptp-1"]),
        clock_error_ms=NUMBERS,
        previous=HASHES,
        heard=st.dictionaries(PARTIES, HASHES).map(lambda found: tuple(sorted(found.items()))),
    )
)
def test_every_tick_is_read_as_it_was_written(tick: Tick) -> None:
    """Any tick, signed and read, is the same tick."""
    assert verify_tick(parse_note(sign_tick(tick, NODE).format()), NODE.public.ed25519) == tick


def test_a_signature_is_for_one_line() -> None:
    """A tick cannot be moved to another line, for the key's name holds the line."""
    moved = replace(TICK, line="red-sea", out=replace(TICK.out, origin=f"{ALPHA}/red-sea/out"))
    signature = sign_tick(TICK, NODE).signatures[0]
    with pytest.raises(TheirError):
        verify_tick(Note(moved.text(), (signature,)), NODE.public.ed25519)


def test_the_hash_covers_the_text_alone() -> None:
    """Another signature of the same text leaves the hash that others name."""
    assert tick_hash(TEXT) == tick_hash(sign_tick(TICK, SeedSigner("stranger")).text)
