"""Voice notes: what may be said so, and how its sound is named."""

from hashlib import sha256

import pytest

from openline.domain.errors import OurError
from openline.domain.talk.body import By
from openline.domain.talk.voice_note import VoiceNote

PACKET = b"\xf8\xff\xfe"


def note(*packets: bytes) -> VoiceNote:
    """A note with this sound."""
    return VoiceNote(By("watch", "Lt. Moreau"), "en", packets)


def test_it_sounds_as_long_as_its_packets() -> None:
    """A minute is allowed, to the packet."""
    whole = note(*[PACKET] * 3_000)
    assert whole.sounds_ms == 60_000
    assert not list(whole.rules())


@pytest.mark.parametrize(
    ("packets", "path", "what"),
    [
        ([PACKET, b"\xfb"], "packets[1]", "is no Opus packet"),
        ([b"\x18"] * 1_001, "packets", "sounds longer than 60 s"),
        ([b"\xf8" + bytes(1_275)] * 206, "packets", "bytes of sound"),
    ],
)
def test_too_much_and_what_is_no_sound_is_told(packets: list[bytes], path: str, what: str) -> None:
    """The fault names the packet, or that there is too much of them."""
    [fault] = note(*packets).rules()
    assert (fault.path, what in fault.what) == (path, True)


def test_an_officer_s_form_with_such_a_fault_is_refused() -> None:
    """Nothing is said that nobody could play."""
    json = {**note(PACKET).to_json(), "packets": ["AAA="]}
    assert VoiceNote.from_json(json).packets == (b"\x00\x00",)
    with pytest.raises(OurError, match=r"packets\[0\] is no Opus packet"):
        VoiceNote.from_json({**json, "packets": ["+w=="]})


def test_what_is_shown_names_the_sound_and_leaves_it_out() -> None:
    """Whoever lists a hundred notes reads their hashes, not their megabytes."""
    said = note(PACKET, b"\x08")
    framed = b"\x00\x03" + PACKET + b"\x00\x01\x08"
    sound = {"ms": 40, "bytes": 4, "sha256": sha256(framed).hexdigest()}
    assert said.shown() == {**said.to_json(), "packets": [], "sound": sound}


def test_the_length_of_what_is_no_sound_is_none() -> None:
    """A counterpart's note with a spoilt packet is shown all the same."""
    assert note(b"\xfb").shown()["sound"]["ms"] == 0
