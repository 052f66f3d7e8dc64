"""The verb `readout`: what the public is told about a contact."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from openline.domain.limits import TEXT_CHARS_MAX
from openline.domain.party import Precedence
from openline.domain.talk.readout import ReadoutMode, ReadoutStep
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.files import STANDARD, Output, check_place, read_text, write_new
from openline.faces.cli.instants import instants_given
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, Language, OnLine, Wait
from openline.faces.cli.output import emit
from openline.faces.cli.saying import reference_of, say_message

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

_BYTES_PER_LETTER: Final = 4
"""The most that UTF-8 has."""

app = make_app(
    "readout",
    """\
    Agree on what the public is told about a contact, and publish it.

    In mode joint both sides publish the very text that was agreed; in mode
    coordinated each its own, which the other has seen; unilateral is one
    side's own word. The node publishes nothing by itself: it writes a feed.
    """,
)


@verb(app)
def propose(
    about: str,
    /,
    *,
    mode: ReadoutMode = ReadoutMode.JOINT,
    text: tuple[str, ...] = (),
    file: tuple[str, ...] = (),
    initiated_by: str | None = None,
    held_at: str | None = None,
    embargo: str | None = None,
    agree_by: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Propose a readout.

    A readout that names an earlier one of ours takes its place.

    Example:
        openline readout propose ALPHA-0021 --text "en=The commanders spoke."
        openline readout propose ALPHA-0021 --file en=readout.en.txt --file ru=readout.ru.txt

    Args:
        about: The contact, the call record, or the readout whose place it takes.
        mode: Whose words are published.
        text: The text in one language, as LANGUAGE=WORDS; give it again for each.
        file: The same from a file, as LANGUAGE=FILE.
        initiated_by: On whose initiative the contact was; without it, the party that
            asked for it.
        held_at: When the contact ended: an instant, or -1h from now.
        embargo: Before which instant nothing is to be public.
        agree_by: When the answer is needed; without it the agreed time.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    fields: dict[str, Any] = {
        "mode": mode.name,
        "texts": _texts(text, file),
        "initiated_by": initiated_by or _initiator(client, line, about),
    }
    _say(client, line, about, ReadoutStep.PROPOSE, fields, wait, options,
         held_at=held_at, embargo_until=embargo, agree_by=agree_by)  # fmt: skip


@verb(app)
def agree(
    serial: str,
    /,
    *,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Agree with the text of a readout, word for word, in each language.

    Example:
        openline readout agree ALPHA-0022 --by "commander/Gen. Ivanov"

    Args:
        serial: The readout.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    _say(client, options.line_of(client), serial, ReadoutStep.AGREE, {}, wait, options)


@verb(app)
def no_objection(
    serial: str,
    /,
    *,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say that there is no objection to a text that is not ours.

    Example:
        openline readout no-objection ALPHA-0022 --by "commander/Gen. Ivanov"

    Args:
        serial: The readout.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    _say(client, options.line_of(client), serial, ReadoutStep.NO_OBJECTION, {}, wait, options)


@verb(app)
def differ(
    serial: str,
    why: str,
    /,
    *,
    text: tuple[str, ...] = (),
    file: tuple[str, ...] = (),
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Differ from a readout, with our own version beside it.

    Example:
        openline readout differ ALPHA-0022 "We spoke of the ground." --file en=ours.txt

    Args:
        serial: The readout.
        why: Where it differs.
        text: Our text in one language, as LANGUAGE=WORDS; give it again for each.
        file: The same from a file, as LANGUAGE=FILE.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    fields = {"texts": _texts(text, file), "text": why, "language": client.config.language}
    _say(client, options.line_of(client), serial, ReadoutStep.DIFFER, fields, wait, options)


@verb(app)
def publish(
    serial: str,
    /,
    *,
    mode: ReadoutMode | None = None,
    text: tuple[str, ...] = (),
    file: tuple[str, ...] = (),
    embargo: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Publish a readout: put on the record that this is our public word.

    Without a text it is the one that was proposed. In mode joint a text that
    is not the agreed one is refused, with the paragraphs that differ.

    Example:
        openline readout publish ALPHA-0022 --by "commander/Gen. Jones"

    Args:
        serial: The readout.
        mode: Whose words they are; without it, as proposed.
        text: The text in one language, as LANGUAGE=WORDS; give it again for each.
        file: The same from a file, as LANGUAGE=FILE.
        embargo: Before which instant it is not public; without it, as proposed.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    proposed = _proposed(client, line, serial)
    texts = _texts(text, file) or [
        {"language": language, "text": words} for language, words in proposed["texts"].items()
    ]
    fields: dict[str, Any] = {"mode": mode.name if mode else proposed["mode"], "texts": texts}
    if embargo is None and proposed["embargo_until"] is not None:
        fields["embargo_until"] = proposed["embargo_until"]
    _say(client, line, serial, ReadoutStep.PUBLISH, fields, wait, options, embargo_until=embargo)


@verb(app)
def withdraw(
    serial: str,
    why: str,
    /,
    *,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Withdraw a readout of ours, or what we published of one.

    Example:
        openline readout withdraw ALPHA-0022 "The date was wrong." --by "commander/Gen. Jones"

    Args:
        serial: The readout.
        why: Why.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    fields = {"text": why, "language": client.config.language}
    _say(client, options.line_of(client), serial, ReadoutStep.WITHDRAW, fields, wait, options)


@verb(app)
def show(
    serial: str,
    /,
    *,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show a readout: where it stands, its versions, and where they differ.

    Example:
        openline readout show ALPHA-0022

    Args:
        serial: The readout.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    found = client.get("/lines", line, "readouts", serial, language=language)
    emit(found, _rows(found), as_json=options.json)


@verb(app)
def feed(
    *,
    out: Output = STANDARD,
    address: str = "",
    overwrite: bool = False,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Write what is public as an Atom feed.

    In it are published readouts after their embargo, and notices whose
    releasability is public; nothing else. Put the file where your readers
    find it.

    Example:
        openline readout feed --out feed.atom --address https://press.alpha.example/feed

    Args:
        out: Where to write it; without it standard output.
        address: Where readers will find it, if it has an address.
        overwrite: Write it in the place of a file that is there.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    check_place(out, "--out")
    client = options.client()
    line = options.line_of(client)
    data = client.get_file("/lines", line, "feed.atom", language=language, address=address)
    write_new(out, data, overwrite=overwrite)
    if out != STANDARD:
        said = {"path": str(out), "bytes": len(data)}
        emit(said, [f"{out}: {len(data)} bytes."], as_json=options.json)


def _say(
    client: "Client",
    line: str,
    serial: str,
    step: ReadoutStep,
    fields: dict[str, Any],
    wait: float,
    options: Acting,
    **instants: str | None,
) -> None:
    of = reference_of(client, line, serial)
    fields = {"step": step.name, "of": of, **fields, **instants_given(**instants)}
    say_message(
        options, "READOUT", fields, client=client, line=line, precedence=Precedence.ROUTINE,
        reply_to=of, wait_s=wait,
    )  # fmt: skip


def _texts(text: tuple[str, ...], file: tuple[str, ...]) -> list[dict[str, str]]:
    """The texts that are given as words or as files."""
    given = [(one, False) for one in text] + [(one, True) for one in file]
    found = []
    for one, is_file in given:
        language, equals, words = one.partition("=")
        if not equals or not words.strip():
            option = "--file" if is_file else "--text"
            raise WrongUsage(
                f"{option} {one[:40]!r} does not name a language and a text.",
                f'Write them with an equals sign between: {option} "en=...".',
            )
        if is_file:
            words = read_text(Path(words), TEXT_CHARS_MAX * _BYTES_PER_LETTER).strip("\n")
        found.append({"language": language.strip(), "text": words})
    return found


def _initiator(client: "Client", line: str, about: str) -> str:
    """On whose initiative: as the contact or the record says."""
    shown = client.get("/lines", line, "matters", about)
    if shown["subject"] == "readout":
        return str(_proposed(client, line, about)["initiated_by"])
    if shown["subject"] == "contact":
        return str(shown["party"])
    message = client.get("/lines", line, "messages", shown["party"], str(shown["index"]))
    return str(message["body"]["initiator"])


def _proposed(client: "Client", line: str, serial: str) -> dict[str, Any]:
    """What was proposed of a readout."""
    versions = client.get("/lines", line, "readouts", serial)["versions"]
    proposals: list[dict[str, Any]] = [one for one in versions if one["step"] == "PROPOSE"]
    return proposals[-1]


def _rows(readout: dict[str, Any]) -> Iterator[str]:
    states = ", ".join(f"{party} {state}" for party, state in readout["states"].items())
    yield f"{readout['id']}  {readout['said']}  {states}"
    for version in readout["versions"]:
        wrong = "  NOT THE AGREED TEXT" if version["is_as_agreed"] is False else ""
        yield f"{version['serial']}  {version['party']}  {version['step']}{wrong}"
        if version["text"]:
            yield f"    {version['text']}"
        for language, words in version["texts"].items():
            yield f"  {language}:"
            yield from (f"    {row}" for row in words.split("\n"))
    for found in readout["differences"]:
        where = f"{found['party']} differs in {found['language']}"
        for paragraph in found["paragraphs"]:
            yield f"{where}, paragraph {paragraph['number']}:"
            yield f"    {''.join(map(_marked, paragraph['changes'])).strip()}"


def _marked(change: dict[str, str]) -> str:
    """Words that only the proposal has in [- -], those of the other text in {+ +}."""
    parts = [f" {change['same']}"] if change["same"] else []
    if change["ours"]:
        parts.append(f" [-{change['ours']}-]")
    if change["theirs"]:
        parts.append(f" {{+{change['theirs']}+}}")
    return "".join(parts)
