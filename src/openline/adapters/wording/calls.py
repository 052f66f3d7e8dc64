"""The words of calls: who rings whom, what became of it, what alarms."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.wording.marking import Data, Facts, mark
from openline.domain.talk.telephone import Call, CallStep, Ring
from openline.domain.talk.voice_note import VoiceNote

if TYPE_CHECKING:
    from openline.adapters.wording import Wording

TERMS: Final = {
    "telephone": mark("telephone call"),
    "RINGING": mark("ringing"),
    "TAKEN": mark("taken"),
    "TALKING": mark("talking"),
    "BUSY": mark("busy"),
    "GIVEN_UP": mark("given up"),
    "CUT": mark("cut off"),
    "LEFT_OPEN": mark("ended by nobody"),
}

_STEPS: Final = {
    CallStep.TAKE: mark("{title} takes the call {message}."),
    CallStep.DECLINE: mark("{title} declines the call {message}."),
    CallStep.BUSY: mark("{title} cannot take the call {message}: the post is in another one."),
    CallStep.MEDIA: mark("{title} says how its end of the call {message} is reached."),
    CallStep.TALK: mark(
        "{title} says that the other end of the call {message} showed the recorded certificate, "
        "and that the sound has begun."
    ),
    CallStep.END: mark("{title} ends the call {message}."),
    CallStep.CUT: mark("{title} cuts off the call {message}."),
}
_EXERCISE: Final = mark("EXERCISE EXERCISE EXERCISE: this is for an exercise only.")

CLOCK_WORDS: Final = {
    "call_ring": mark("{party} has not taken {matter} by {at}: it was missed."),
    "call_ring_flash": mark(
        "{party} has not taken {matter} by {at}: it was missed; tier {tier} must know."
    ),
    "call_left": mark("Nobody has ended {matter}: it counts as over since {at}."),
}
"""What is said when a clock has run out."""

DUE_WORDS: Final = {
    "call_ring": mark("{party} takes {matter} by {at}."),
    "call_ring_flash": mark("{party} takes {matter} by {at}."),
    "call_left": mark("{matter} is ended by {at}."),
}
"""What is said while a clock runs."""


def _ring(say: "Wording", message: Ring, facts: Facts) -> Iterator[str]:
    if message.exercise:
        yield say.say(_EXERCISE)
    title, post = say.named(facts.title), say.quoted(message.post)
    yield say.say("{title} rings the post {post}.", title=title, post=post)
    yield say.say("What it is about: {what}.", what=say.quoted(message.subject))
    if message.about is not None:
        yield say.say("It is about {message}.", message=say.reference(message.about, facts))
    if message.scope:
        yield say.say("It belongs to the scope {scope}.", scope=say.term(message.scope))
    yield say.say("Language spoken: {language}.", language=say.term(message.spoken_in))
    if message.media is not None:
        yield _certificate(say, message.media.fingerprint)
    yield from say.officer_rows(message.by)


def _call(say: "Wording", message: Call, facts: Facts) -> Iterator[str]:
    about = say.reference(message.of, facts)
    yield say.say(_STEPS[message.step], title=say.named(facts.title), message=about)
    if message.media is not None:
        yield _certificate(say, message.media.fingerprint)
    if message.seen is not None:
        sha256 = Data(message.seen.hex())
        yield say.say("The other end showed the certificate {sha256}.", sha256=sha256)
    if message.text:
        yield from say.words(mark("It says, in {language}:"), message.text, message.language)
    yield from say.officer_rows(message.by)


def _voice_note(say: "Wording", message: VoiceNote, facts: Facts) -> Iterator[str]:
    if message.exercise:
        yield say.say(_EXERCISE)
    yield say.say(
        "{title} says something by voice: {seconds} s of sound.",
        title=say.named(facts.title),
        seconds=Data(f"{message.sounds_ms / 1_000:.1f}"),
    )
    yield say.say("Language spoken: {language}.", language=say.term(message.spoken_in))
    if message.about is not None:
        yield say.say("It is about {message}.", message=say.reference(message.about, facts))
    if message.text:
        yield from say.words(mark("What it says, in {language}:"), message.text, message.language)
    yield say.say("The sound has SHA-256 {sha256}.", sha256=Data(message.sound_hash.hex()))
    yield from say.officer_rows(message.by)


def _certificate(say: "Wording", fingerprint: bytes) -> str:
    return say.say("Its end has the certificate {sha256}.", sha256=Data(fingerprint.hex()))


def _ringing_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark(
        "{party} rings the post {post} ({serial}): {subject}. Take the call, decline it, or say "
        "that you are busy."
    )
    yield say.say(
        sentence,
        party=Data(facts["party"]),
        post=say.quoted(facts["post"]),
        serial=Data(facts["serial"]),
        subject=say.quoted(facts["subject"]),
    )


def _fingerprint_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark(
        "CUT THE CALL {call}: by the word of {party} the end of {whose} has another certificate "
        "than the recorded one. Somebody may sit between; call back on the known number."
    )
    yield say.say(
        sentence,
        call=Data(facts["call"]),
        party=Data(facts["party"]),
        whose=Data(facts["whose"]),
    )


SAYINGS: Final[dict[type, Callable[[Any, Any, Facts], Iterator[str]]]] = {
    Ring: _ring,
    Call: _call,
    VoiceNote: _voice_note,
}
"""How each message is said."""

ALARMS: Final[dict[str, Callable[[Any, Mapping[str, Any]], Iterator[str]]]] = {
    "RINGING": _ringing_alarm,
    "CALL_FINGERPRINT": _fingerprint_alarm,
}
"""How each alarm is said."""
