"""Serials: how people name a message, ALPHA-0012, and which message that is."""

import re
from typing import TYPE_CHECKING

from openline.faces.cli.faults import WrongUsage

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

_SERIAL = re.compile(r"(.+)[-/]([0-9]{1,16})")


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
            f"Write the party's whole name: {parties[0]}/{index}.",
        )
    return found[0], index


def is_serial(client: "Client", line: str, text: str) -> bool:
    """Whether the text is the serial of a party to the line."""
    try:
        find_serial(client, line, text)
    except WrongUsage:
        return False
    return True


def parties_of(client: "Client", line: str) -> list[str]:
    """The parties to a line, in order."""
    status = client.get("/status")
    for one in status["lines"]:
        if one["line"] == line:
            counterparts = [counterpart["party"] for counterpart in one["counterparts"]]
            return sorted([status["party"], *counterparts])
    raise WrongUsage(f"There is no line {line!r} here.", "See openline status.")
