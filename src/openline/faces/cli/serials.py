"""Serials: how people name a message, ALPHA-0012, and which message that is."""

import re
from typing import TYPE_CHECKING

from openline.domain.errors import OurError
from openline.faces.cli.faults import NodeNotRunning, WrongUsage

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

_SERIAL = re.compile(r"(.+)[-/]([0-9]{1,16})")
_NOTICE_ID = re.compile(r"([a-z0-9.-]+/)?[A-Z0-9](?:[A-Z0-9-]{0,30}[A-Z0-9])?")


def find_serial(client: "Client", line: str, text: str) -> tuple[str, int]:
    """Author and index of the message that a serial names.

    Args:
        client: The way to the node, which knows the parties.
        line: The line.
        text: `ALPHA-0012`, or `alpha.example/12` with the party's whole name, or `12` for
            our own.

    Raises:
        WrongUsage: It is no serial, or no party or several begin so.
    """
    if text.isascii() and text.isdigit():
        return client.config.party, int(text[:16])
    match = _SERIAL.fullmatch(text.strip())
    if match is None:
        raise WrongUsage(f"{text!r} is not a serial.", "Write it as the log does: ALPHA-0012.")
    name, index = match[1].lower(), int(match[2])
    parties = parties_of(client, line)
    if name in parties:
        return name, index
    found = [party for party in parties if party.split(".")[0] == name]
    if len(found) != 1:
        says = "is no party" if not found else "is more than one party"
        raise WrongUsage(
            f"{match[1]} {says} on {line}: {', '.join(parties)}.",
            f"Write the party's whole name, such as {parties[0]}/{index}.",
        )
    return found[0], index


def find_message(client: "Client", line: str, text: str) -> tuple[str, int]:
    """Author and index of the message that a serial, or the id of a notice, names.

    A notice's id may look like a serial: then the message of that serial is
    meant, if there is a party of that name. Of a notice, the newest version.

    Raises:
        WrongUsage: It is neither.
        OurError: There is no such notice.
    """
    try:
        return find_serial(client, line, text)
    except WrongUsage:
        words = text.strip()
        if not _NOTICE_ID.fullmatch(words):
            raise
        serial = _SERIAL.fullmatch(words)
        try:
            notice = client.get("/lines", line, "notices", *words.split("/"))
        except OurError as error:
            if isinstance(error, NodeNotRunning) or serial is None or "-" in serial[1]:
                raise
        else:
            return notice["party"], notice["index"]
        raise  # A serial was meant: CHARLIE-0001.


def parties_of(client: "Client", line: str) -> list[str]:
    """The parties to a line, in order."""
    status = client.get("/status")
    for one in status["lines"]:
        if one["line"] == line:
            counterparts = [counterpart["party"] for counterpart in one["counterparts"]]
            return sorted([status["party"], *counterparts])
    raise WrongUsage(f"There is no line {line!r} here.", "See openline status.")
