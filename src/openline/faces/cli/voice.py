"""The verb `voice`: say something by voice, and keep what the other side said so."""

import base64
from typing import Any

from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.faces.cli.files import STANDARD, Input, Output, check_place, read_bytes, write_new
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, OnLine, Wait
from openline.faces.cli.output import emit
from openline.faces.cli.saying import reference_of, say_message
from openline.faces.cli.serials import find_message

app = make_app(
    "voice",
    """\
    Say something by voice where no call can be held.

    A voice note is a message like any other: recorded, receipted, and carried by
    whatever circuit stands. It holds up to a minute of sound.
    """,
)


@verb(app)
def say(
    file: Input,
    text: str = "",
    /,
    *,
    about: str | None = None,
    spoken_in: str | None = None,
    exercise: bool = False,
    to: tuple[str, ...] = (),
    language: str | None = None,
    precedence: Precedence = Precedence.ROUTINE,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say what a recording holds: an Ogg file with Opus, of up to a minute.

    Words beside it say what it is about for whoever cannot listen now.

    Example:
        openline voice say note.opus "Two aircraft over Shayrat." --about BRAVO-0021
        ffmpeg -i note.wav -c:a libopus -b:a 16k -f ogg - | openline voice say -

    Args:
        file: The recording; `-` is standard input.
        text: What it says, in words.
        about: The message that it is about: a call, a query, a notice.
        spoken_in: The language spoken; without it that of node.toml.
        exercise: It is said for an exercise only.
        to: The parties addressed; without it all.
        language: Language of the words; without it the language of node.toml.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    from openline.adapters.ogg import FILE_SIZE_BYTES_MAX, read_ogg

    data = read_bytes(file, FILE_SIZE_BYTES_MAX)
    try:
        packets = read_ogg(data)
    except OurError as error:
        raise OurError(f"{file}: {error.what}", error.remedy) from None
    client = options.client()
    line = options.line_of(client)
    own = client.config.language
    fields: dict[str, Any] = {
        "spoken_in": spoken_in or language or own,
        "packets": [base64.b64encode(packet).decode() for packet in packets],
        "text": text,
        "language": language or own,
        "exercise": exercise,
    }
    of = None
    if about is not None:
        of = fields["about"] = reference_of(client, line, about)
    say_message(
        options, "VOICE_NOTE", fields, client=client, line=line, precedence=precedence,
        reply_to=of, recipients=to, wait_s=wait,
    )  # fmt: skip


@verb(app)
def save(
    serial: str,
    out: Output,
    /,
    *,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Write what a voice note sounds like to a file that any player plays.

    Example:
        openline voice save BRAVO-0022 note.opus
        openline voice save BRAVO-0022 - | mpv -

    Args:
        serial: The voice note.
        out: The file, which must not be there yet; `-` is standard output.
        options: Which node and line, and how to print.
    """
    check_place(out, "OUT")
    client = options.client()
    line = options.line_of(client)
    party, index = find_message(client, line, serial)
    data = client.get_file("/lines", line, "messages", party, str(index), "sound")
    write_new(out, data)
    if out != STANDARD:
        told = {"file": str(out), "bytes": len(data)}
        emit(told, [f"Written: {out}, {len(data)} bytes."], as_json=options.json)
