"""Makes the vectors of passkeys anew: `python -m tests.vectors.make_passkey` in the repository."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from openline.domain.record.passkey import Assertion, Why
from openline.domain.talk.body import By
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.signed_act import Drafted, Part, challenge, statement
from tests.vectors.authenticator import (
    EDDSA,
    ES256,
    ORIGIN,
    PRESENT,
    RELYING_PARTY,
    VERIFIED,
    Authenticator,
    client_data,
)
from tests.vectors.make import HERE

FILE = HERE / "passkey" / "assertions.json"
CHALLENGE = sha256(b"openline passkey vectors").digest()
PARTY, LINE, TOKEN, AT = "alpha.example", "syria-air", bytes(range(16)), 1_491_528_000_000
FIXED = Drafted(TOKEN, AT, 41, 2, ("bravo.example",))
DRAFTER, RELEASER = By("air-desk", "Capt. Smith"), By("commander", "Gen. Jones")


def declaration() -> Declaration:
    """A suspension at once, as two persons sign it."""
    return Declaration(
        DRAFTER, RELEASER, ("air_safety",), Status.SUSPENDED, 0, "Strike on an air base."
    )


def cases() -> Iterator[tuple[str, Authenticator, Assertion, int, Why | None]]:
    """Name, authenticator, what it gave, the counter before, and what must be found."""
    for algorithm in (ES256, EDDSA):
        key = Authenticator("officer", algorithm)
        good = key.assertion(CHALLENGE)
        yield f"{algorithm}", key, good, 0, None
        more = ',"other_keys_can_be_added_here":"do not compare"'
        yield (
            f"{algorithm}, with a further member",
            key,
            key.assertion(CHALLENGE, more=more),
            0,
            None,
        )
        yield f"{algorithm}, backed up", key, key.assertion(CHALLENGE, 0x1D), 0, None
        other = key.assertion(sha256(b"something else").digest())
        yield f"{algorithm}, another challenge", key, other, 0, Why.CHALLENGE
        stranger = Authenticator("stranger", algorithm).assertion(CHALLENGE)
        yield f"{algorithm}, another key", key, stranger, 0, Why.SIGNATURE
        flipped = bytes([good.signature[-1] ^ 1])
        spoilt = Assertion(good.authenticator_data, good.client_data, good.signature[:-1] + flipped)
        yield f"{algorithm}, a bit flipped", key, spoilt, 0, Why.SIGNATURE
        cut = Assertion(good.authenticator_data, good.client_data, good.signature[:-1])
        yield f"{algorithm}, a byte short", key, cut, 0, Why.SIGNATURE
    yield from _pages()
    yield from _authenticators()


def _pages() -> Iterator[tuple[str, Authenticator, Assertion, int, Why | None]]:
    for name, origin in (
        ("another page", "https://officers.bravo.example"),
        ("the page without TLS", ORIGIN.replace("https", "http")),
        ("a longer host name", f"{ORIGIN}.evil.example"),
        ("another port", f"{ORIGIN}:8443"),
    ):
        key = Authenticator("officer", origin=origin)
        yield name, key, key.assertion(CHALLENGE), 0, Why.ORIGIN
    key = Authenticator("officer")
    good = client_data("webauthn.get", CHALLENGE, ORIGIN).decode()
    twice = good.replace("}", f',"origin":"{ORIGIN}"}}')
    for name, text, why in (
        ("framed by another page", good.replace("false", "true"), Why.ORIGIN),
        ("a registration", good.replace("webauthn.get", "webauthn.create"), Why.MALFORMED),
        ("a member twice", twice, Why.MALFORMED),
        ("white space", good.replace('":"', '": "'), Why.MALFORMED),
        ("members in another order", '{"challenge":"","type":"webauthn.get"}', Why.MALFORMED),
        ("bytes behind the object", f"{good} x", Why.MALFORMED),
        ("no JSON", good[:-1], Why.MALFORMED),
        ("a challenge with padding", good.replace('","origin', '=","origin'), Why.CHALLENGE),
    ):
        data, shown = key.data(PRESENT | VERIFIED), text.encode()
        made = Assertion(data, shown, key.sign(data + sha256(shown).digest()))
        yield name, key, made, 0, why


def _authenticators() -> Iterator[tuple[str, Authenticator, Assertion, int, Why | None]]:
    key = Authenticator("officer")
    for name, flags, why in (
        ("nobody touched it", VERIFIED, Why.NOT_PRESENT),
        ("touched by anybody", PRESENT, Why.NOT_VERIFIED),
        ("backed up, and never eligible", 0x15, Why.MALFORMED),
        ("attested data announced", 0x45, Why.MALFORMED),
        ("extensions announced", 0x85, Why.MALFORMED),
    ):
        yield name, key, key.assertion(CHALLENGE, flags), 0, why
    shown = client_data("webauthn.get", CHALLENGE, ORIGIN)
    for name, data, why in (
        ("extensions", key.data(0x85, b"\xa0"), None),
        ("extensions not announced", key.data(0x05, b"\xa0"), Why.MALFORMED),
        ("cut short", key.data(0x05)[:36], Why.MALFORMED),
    ):
        yield name, key, Assertion(data, shown, key.sign(data + sha256(shown).digest())), 0, why
    elsewhere = Authenticator("officer", relying_party="alpha.example")
    yield "another relying party", key, elsewhere.assertion(CHALLENGE), 0, Why.RELYING_PARTY
    for name, before, why in (
        ("a counter that grows", 4, None),
        ("a counter that stands", 5, Why.COUNTER),
        ("a counter that goes back", 6, Why.COUNTER),
    ):
        counting = Authenticator("officer", count=4)
        yield name, counting, counting.assertion(CHALLENGE), before, why
    yield "a counter that is gone", key, key.assertion(CHALLENGE), 5, Why.COUNTER


def make() -> dict[str, Any]:
    """The whole file."""
    return {
        "challenge": CHALLENGE.hex(),
        "relying_party": RELYING_PARTY,
        "origins": [ORIGIN],
        "assertions": [
            {
                "name": name,
                "key": key.cose.hex(),
                "authenticator_data": made.authenticator_data.hex(),
                "client_data": made.client_data.hex(),
                "signature": made.signature.hex(),
                "count_before": before,
                "refused": None if why is None else why.value,
            }
            for name, key, made, before, why in cases()
        ],
        "keys_refused": list(_keys_refused()),
        "statements": [
            {
                "party": PARTY,
                "line": LINE,
                "part": part.name,
                "post": by.post,
                "officer": by.officer,
                "token": TOKEN.hex(),
                "at": AT,
                "size": FIXED.size,
                "precedence": FIXED.precedence,
                "recipients": list(FIXED.recipients),
                "message": declaration().to_json(),
                "statement": (said := _statement(part, by)).hex(),
                "challenge": challenge(said).hex(),
            }
            for part, by in ((Part.SAID, DRAFTER), (Part.RELEASED, RELEASER))
        ],
    }


def _statement(part: Part, by: By) -> bytes:
    return statement(PARTY, LINE, declaration(), part=part, by=by, drafted=FIXED)


def _keys_refused() -> Iterator[dict[str, str]]:
    good = Authenticator("officer").cose
    edwards = Authenticator("officer", EDDSA).cose
    for name, key in (
        ("no point of the curve", good[:-1] + bytes([good[-1] ^ 1])),
        ("a byte more", good + b"\x00"),
        ("a byte short", good[:-1]),
        ("another curve", good.replace(b"\x20\x01", b"\x20\x02", 1)),
        ("another algorithm", good.replace(b"\x03\x26", b"\x03\x38\x22", 1)),
        ("another type", edwards.replace(b"\x01\x01", b"\x01\x02", 1)),
        ("a point of low order", edwards[:-32] + bytes(32)),
        ("an array", b"\x80"),
        ("nothing", b""),
    ):
        yield {"name": name, "key": key.hex()}


def main() -> None:
    """Write the file."""
    text = json.dumps(make(), ensure_ascii=False, indent=1) + "\n"
    FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
