"""The verbs `say`, `read` and `read-back`."""

from typing import Any

from openline.domain.party import Precedence
from openline.domain.talk.receipt import ReadBackVerdict
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Acting, Wait
from openline.faces.cli.saying import reference_of, say_message

say_app = make_app("say", "")
read_app = make_app("read", "")
read_back_app = make_app("read-back", "")


@sole_verb(say_app)
def say(
    text: str,
    /,
    *,
    precedence: Precedence = Precedence.ROUTINE,
    reply_to: str | None = None,
    to: tuple[str, ...] = (),
    language: str | None = None,
    translation: tuple[str, ...] = (),
    translator: str = "",
    machine: bool = False,
    exercise: bool = False,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say a text.

    Use it for anything that has no form of its own: a question, an answer, an
    explanation. The words are authentic in the language in which they are
    written. FLASH and IMMEDIATE texts have at most 200 words. A text is
    recorded at once, and DELIVERED when the counterpart's receipt is held.

    Example:
        openline say "Are these yours: two aircraft 20 km west of Tabqa?" --precedence flash
        openline say "They are not ours." --reply-to BRAVO-0007
        openline say "Not ours." --translation "ru=Не наши." --translator "Lt. Petrova"

    Args:
        text: The words.
        precedence: How fast it is wanted.
        reply_to: The serial of the message that this answers.
        to: A party addressed; give it again for each. Without it, all.
        language: Language of the words; without it the language of node.toml.
        translation: A translation as LANGUAGE=TEXT; give it again for each language.
        translator: Who made the translations: a person, or the name of a program.
        machine: A machine made the translations: they are shown as a gist only.
        exercise: It is said for an exercise only.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    fields: dict[str, Any] = {"language": language or client.config.language, "text": text}
    if translation:
        fields["translations"] = [_translation(one, translator, machine) for one in translation]
    if exercise:
        fields["exercise"] = True
    say_message(
        options,
        "TEXT",
        fields,
        client=client,
        line=line,
        precedence=precedence,
        reply_to=reference_of(client, line, reply_to) if reply_to else None,
        recipients=to,
        wait_s=wait,
    )


def _translation(said: str, translator: str, machine: bool) -> dict[str, Any]:
    """A translation as the API takes it.

    Raises:
        WrongUsage: It is not written LANGUAGE=TEXT, or nobody is named who made it.
    """
    language, equals, text = said.partition("=")
    if not equals:
        raise WrongUsage(f"{said!r} is no translation.", "Write LANGUAGE=TEXT: ru=Это не наши.")
    if not translator:
        raise WrongUsage("--translator is missing.", "Say who made the translation.")
    return {"language": language.strip(), "text": text, "translator": translator,
            "is_machine": machine}  # fmt: skip


@sole_verb(read_app)
def read(
    serial: str,
    /,
    *,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say that a person has read a message.

    ROGER: an officer on watch has opened and read it. It is not agreement, and
    it is not the machine's receipt, which comes by itself.

    Example:
        openline read BRAVO-0007 --by "watch/Capt. Smith"

    Args:
        serial: The message that was read, or the id of a notice.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    say_message(options, "READ", {"of": of}, client=client, line=line, reply_to=of, wait_s=wait)


@sole_verb(read_back_app)
def read_back(
    serial: str,
    /,
    digest: str = "",
    *,
    verdict: ReadBackVerdict = ReadBackVerdict.I_READ_BACK,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Repeat the values of a message exactly as they were received.

    Use it after a notice or a warning: the receiver repeats place, altitude
    and time, the author answers CORRECT or CORRECTION. A wrong place has cost
    lives when nobody read it back.

    Example:
        openline read-back BRAVO-0007 "Circle 10 km, 6 km south of Shayrat, 0-FL120, 0040Z-0130Z"
        openline read-back BRAVO-0009 --verdict correct

    Args:
        serial: The message whose values they are, or the id of a notice.
        digest: The values in words; not needed with CORRECT.
        verdict: What is said of them.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    fields = {"of": of, "verdict": verdict.name, "digest": digest}
    say_message(options, "READ_BACK", fields, client=client, line=line, reply_to=of, wait_s=wait)
