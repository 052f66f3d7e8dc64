"""Voice notes: what an officer says by voice where no call can be held.

A note is a message like any other: recorded, receipted, carried by whatever circuit stands,
and played as often as it is needed. It holds up to a minute of sound; who has more to say
sends one note after another. What counts is what can be heard; words written beside it say
what it is about for whoever cannot listen now.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, ClassVar, Final

from openline.domain.limits import (
    OPUS_PACKET_BYTES_MAX,
    VOICE_NOTE_BYTES_MAX,
    VOICE_NOTE_MS_MAX,
    VOICE_NOTE_PACKETS_MAX,
)
from openline.domain.line.form import LANGUAGE, Blob, Fault, Field, Items, Record, Truth
from openline.domain.talk.body import BY, FREE_TEXT, REFERENCE, Body, By, Reference
from openline.domain.talk.kinds import Kind
from openline.domain.talk.opus import SAMPLES_PER_S, NoPacket, samples_of

_SAMPLES_MAX: Final = VOICE_NOTE_MS_MAX * SAMPLES_PER_S // 1_000


@dataclass(frozen=True, slots=True)
class VoiceNote(Body):
    """Something that an officer says by voice.

    Attributes:
        by: Who speaks.
        spoken_in: The language of the conversation, as ISO 639 code.
        packets: The sound: Opus packets in their order.
        about: The message that it is about, such as a contact or a query; None for none.
        text: What it says, in words, as far as its author wrote that down.
        language: Of all words, as ISO 639 code.
        exercise: Whether it is said for an exercise only.
    """

    by: By
    spoken_in: str
    packets: tuple[bytes, ...]
    about: Reference | None = None
    text: str = ""
    language: str = "en"
    exercise: bool = False

    message_kind: ClassVar[Kind] = Kind.VOICE_NOTE

    def rules(self) -> Iterator[Fault]:
        """It is sound, and not too much of it."""
        total_bytes = sum(map(len, self.packets))
        if total_bytes > VOICE_NOTE_BYTES_MAX:
            what = f"has {total_bytes} bytes of sound, at most {VOICE_NOTE_BYTES_MAX} are allowed"
            yield Fault("packets", what, "Record it at 24 kbit/s or less.")
            return
        samples = 0
        for number, packet in enumerate(self.packets):
            try:
                samples += samples_of(packet)
            except NoPacket:
                yield Fault(f"packets[{number}]", "is no Opus packet", "Record it again.")
                return
        if samples > _SAMPLES_MAX:
            what = f"sounds longer than {VOICE_NOTE_MS_MAX // 1_000} s"
            yield Fault("packets", what, "Say the rest in another note.")

    @property
    def sounds_ms(self) -> int:
        """How long it sounds, in milliseconds; 0 where a packet is none."""
        try:
            return sum(map(samples_of, self.packets)) * 1_000 // SAMPLES_PER_S
        except NoPacket:
            return 0

    @property
    def sound_hash(self) -> bytes:
        """SHA-256 over all packets, each after its length in two bytes."""
        digest = sha256()
        for packet in self.packets:
            digest.update(len(packet).to_bytes(2))
            digest.update(packet)
        return digest.digest()

    def shown(self) -> dict[str, Any]:
        """The same with how much sound there is, and its hash, in place of the sound."""
        sound = {
            "ms": self.sounds_ms,
            "bytes": sum(map(len, self.packets)),
            "sha256": self.sound_hash.hex(),
        }
        return {**replace(self, packets=()).to_json(), "sound": sound}


VoiceNote.record = Record(
    VoiceNote,
    (
        BY,
        Field(1, "spoken_in", LANGUAGE),
        Field(2, "packets", Items(Blob(1, OPUS_PACKET_BYTES_MAX), VOICE_NOTE_PACKETS_MAX, least=1)),
        Field(3, "about", REFERENCE, is_optional=True),
        Field(4, "text", FREE_TEXT),
        Field(5, "language", LANGUAGE),
        Field(6, "exercise", Truth()),
    ),
)
