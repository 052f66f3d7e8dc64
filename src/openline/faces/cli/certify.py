"""The verb `certify`: files by which an outsider can check what the record says."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from openline.faces.cli.files import STANDARD, write_new
from openline.faces.cli.instants import Instant, instant_of
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import OnLine
from openline.faces.cli.output import emit
from openline.faces.cli.placing import every
from openline.faces.cli.serials import find_serial

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

app = make_app(
    "certify",
    """\
    Write a certificate that an outsider can verify.

    A certificate is one file. It holds everything that is needed to check its
    claim, the signed Understanding with all keys included, and is verified
    offline: openline verify FILE. It shows no more of the record than the
    claim needs.
    """,
)


@verb(app)
def message(
    serial: str,
    /,
    *,
    withhold: bool = False,
    epoch: int = 0,
    out: Path | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Certify who said a message, when at the earliest and when at the latest.

    Example:
        openline certify message ALPHA-0012

    Args:
        serial: The message.
        withhold: Leave the words out; only their hash goes along.
        epoch: In which of the author's logs; without it the newest that has the serial.
        out: Where to write; without it certificates/ in the node's directory.
        options: Which node and line, and how to print.
    """
    _of_message("message", serial, out, options, with_content=not withhold, epoch=epoch)


@verb(app)
def receipt(
    serial: str,
    /,
    *,
    holder: str = "",
    withhold: bool = False,
    epoch: int = 0,
    out: Path | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Certify that a counterpart has received a message.

    Example:
        openline certify receipt ALPHA-0012

    Args:
        serial: The message.
        holder: Whose receipt; needed where the line has more than one counterpart.
        withhold: Leave the words out; only their hash goes along.
        epoch: In which of the author's logs; without it the newest that has the serial.
        out: Where to write; without it certificates/ in the node's directory.
        options: Which node and line, and how to print.
    """
    _of_message(
        "receipt", serial, out, options, holder=holder, with_content=not withhold, epoch=epoch
    )


@verb(app, "log-proof")
def log_proof(
    serial: str,
    /,
    *,
    epoch: int = 0,
    out: Path | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Prove for other people's tools that the log holds an entry.

    The file is a C2SP tlog-proof: the entry's place under a head that the
    author signed and a counterpart cosigned; its extra data is the entry. Any
    tool that knows C2SP logs verifies it with the keys of the Understanding.

    Example:
        openline certify log-proof ALPHA-0012

    Args:
        serial: The message.
        epoch: In which of the author's logs; without it the newest that has the serial.
        out: Where to write; without it certificates/ in the node's directory.
        options: Which node and line, and how to print.
    """
    _of_message("log-proof", serial, out, options, epoch=epoch)


@verb(app, "lead-time")
def lead_time(
    serial: str,
    /,
    *,
    holder: str = "",
    epoch: int = 0,
    out: Path | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Certify how long before its window a notice was received.

    Time counts at the receiver: from the receipt to the start of the window.

    Example:
        openline certify lead-time ALPHA-0012

    Args:
        serial: The notice's message.
        holder: Who received it; needed where the line has more than one counterpart.
        epoch: In which of the author's logs; without it the newest that has the serial.
        out: Where to write; without it certificates/ in the node's directory.
        options: Which node and line, and how to print.
    """
    _of_message("lead-time", serial, out, options, holder=holder, epoch=epoch)


@verb(app, "no-answer")
def no_answer(
    serial: str,
    /,
    *,
    until: Instant | None = None,
    holder: str = "",
    epoch: int = 0,
    out: Path | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Certify that a message was received and not answered until an instant.

    It shows the envelope of everything that the counterpart said since, and the
    words of its answers: an outsider sees that none of them answers this one.
    To have read a message is no answer, and to hold an answer back is told.

    Example:
        openline certify no-answer ALPHA-0014
        openline certify no-answer ALPHA-0014 --until 091200ZAPR17

    Args:
        serial: The query, request, warning or notice that waits for an answer.
        until: The instant; without it when the answer was due, or else now.
        holder: Who was to answer; needed where the line has more than one counterpart.
        epoch: In which of the author's logs; without it the newest that has the serial.
        out: Where to write; without it certificates/ in the node's directory.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    at = instant_of(until) if until is not None else _due_at(client, line, serial, holder)
    _of_message("no-answer", serial, out, options, holder=holder, until=at, epoch=epoch)


def _due_at(client: "Client", line: str, serial: str, holder: str) -> int:
    """When the answer to a matter was due; some ticks ago for what is no matter."""
    found = every(client, line, "matters")
    for matter in found:
        for standing in matter["standings"]:
            due: int | None = standing["instants"].get("reply_by")
            if matter["id"] == serial and holder in ("", standing["party"]) and due is not None:
                return due
    return instant_of("-1min")


@verb(app)
def use(
    party: str,
    /,
    *,
    from_: Annotated[str, Parameter(name="--from", allow_leading_hyphen=True)],
    until: Instant,
    out: Path | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Certify that a party used the line between two instants.

    Example:
        openline certify use alpha.example --from 070000ZAPR17 --until 070100ZAPR17

    Args:
        party: Who used it.
        from_: Start of the window: an instant, or -2h from now.
        until: End of the window: an instant, or now.
        out: Where to write; without it certificates/ in the node's directory.
        options: Which node and line, and how to print.
    """
    _of_window("use", party, from_, until, out, options)


@verb(app, "non-use")
def non_use(
    party: str,
    /,
    *,
    from_: Annotated[str, Parameter(name="--from", allow_leading_hyphen=True)],
    until: Instant,
    out: Path | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Certify that a party said nothing on the line between two instants.

    It is the party's own admission, bound to the counterpart's clock. Where
    the chain of ticks does not reach round the window, the verdict is UNPROVEN.

    Example:
        openline certify non-use bravo.example --from 180000ZJUN17 --until 190000ZJUN17

    Args:
        party: Who said nothing.
        from_: Start of the window: an instant, or -2h from now.
        until: End of the window: an instant, or now.
        out: Where to write; without it certificates/ in the node's directory.
        options: Which node and line, and how to print.
    """
    _of_window("non-use", party, from_, until, out, options)


@verb(app)
def state(
    *,
    at: Instant,
    out: Path | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Certify the state of the line at an instant, on both axes.

    It rests on the ticks of all parties around the instant. Where the line was
    dark then, the verb `declared` still shows what a party had declared.

    Example:
        openline certify state --at 080001ZAPR17

    Args:
        at: The instant, or -10min from now.
        out: Where to write; without it certificates/ in the node's directory.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    _write("state", {"at": instant_of(at)}, line, f"state-{instant_of(at)}", out, options)


@verb(app)
def declared(
    party: str,
    /,
    *,
    at: Instant,
    out: Path | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Certify which scopes a party declared in force or suspended at an instant.

    The file shows every declaration that the party had made, and the envelopes
    of all else it had said, so that an outsider sees there was no other one. It
    needs no circuit at the instant itself, only ticks before and after it.

    Example:
        openline certify declared bravo.example --at 080001ZAPR17

    Args:
        party: Whose declarations.
        at: The instant, or -10min from now.
        out: Where to write; without it certificates/ in the node's directory.
        options: Which node and line, and how to print.
    """
    line = options.line_of(options.client())
    parameters = {"party": party, "at": instant_of(at)}
    _write("declared", parameters, line, f"declared-{party}-{parameters['at']}", out, options)


@verb(app)
def fork(
    party: str,
    /,
    *,
    out: Path | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Certify that a counterpart signed two things that contradict each other.

    The node keeps them when it raises the alarm FORK or JOURNAL_FORK: two
    heads, two ticks or two entries in one place. The file convicts whoever had
    the key, before anybody and without the log; it does not say which of the
    two is the true one.

    Example:
        openline certify fork bravo.example

    Args:
        party: Who signed them.
        out: Where to write; without it certificates/ in the node's directory.
        options: Which node and line, and how to print.
    """
    line = options.line_of(options.client())
    _write("fork", {"party": party}, line, f"fork-{party}", out, options)


def _of_message(
    kind: str, serial: str, out: Path | None, options: OnLine, **parameters: Any
) -> None:
    client = options.client()
    line = options.line_of(client)
    party, index = find_serial(client, line, serial)
    parameters = {"party": party, "index": index, **parameters}
    _write(kind, parameters, line, f"{kind}-{serial.replace('/', '-')}", out, options)


def _of_window(
    kind: str, party: str, from_: str, until: str, out: Path | None, options: OnLine
) -> None:
    line = options.line_of(options.client())
    parameters = {"party": party, "from": instant_of(from_), "until": instant_of(until)}
    _write(kind, parameters, line, f"{kind}-{party}-{parameters['from']}", out, options)


def _write(
    kind: str,
    parameters: dict[str, Any],
    line: str,
    name: str,
    out: Path | None,
    options: OnLine,
) -> None:
    client = options.client()
    body = {"kind": kind, "parameters": parameters}
    file = client.fetch_file("/lines", line, "certificates", body=body)
    ending = "tlog-proof" if kind == "log-proof" else "cert"
    path = out or client.config.certificates / f"{name}.{ending}"
    write_new(path, file, overwrite=True)
    if path == STANDARD:
        return
    result = {"path": str(path), "kind": kind, "line": line, "size_bytes": len(file)}
    rows = [f"{path}: {len(file)} bytes."]
    if kind != "log-proof":
        rows.append(f"Verify it: openline verify {path}")
    emit(result, rows, as_json=options.json)
