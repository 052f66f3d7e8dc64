"""How verbs name evidence, the messages that something rests on, and drafts."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openline.domain.limits import TEXT_CHARS_MAX
from openline.faces.cli.faults import FileUnreadable, WrongUsage
from openline.faces.cli.files import read_text
from openline.faces.cli.saying import reference_of

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

_DRAFT_SIZE_BYTES_MAX = 16 * TEXT_CHARS_MAX
"""A draft has the words of one message and some areas."""


def evidence_of(
    client: "Client", files: Sequence[Path], words: Sequence[str]
) -> list[dict[str, Any]]:
    """Keep files in the node's directory under their hash, and name them as evidence.

    Args:
        client: The way to the node, whose directory it is.
        files: The files.
        words: What each is, in the same order; without it the name of the file.

    Raises:
        WrongUsage: There are more words than files.
        OurError: A file cannot be kept.
    """
    from openline.adapters.evidence_files import keep_file

    if len(words) > len(files):
        raise WrongUsage(
            f"--what is given {len(words)} times, --evidence {len(files)} times.",
            "Give --what after the --evidence that it describes.",
        )
    named = []
    for number, path in enumerate(files):
        what = words[number] if number < len(words) else path.name
        kept = keep_file(client.config.directory, path, what)
        named.append({"sha256": kept.sha256.hex(), "size_bytes": kept.size_bytes, "what": what})
    return named


def grounds_of(client: "Client", line: str, serials: Sequence[str]) -> list[dict[str, Any]]:
    """Messages that something rests on, by their serials or notice ids."""
    return [reference_of(client, line, serial) for serial in serials]


def read_draft(path: Path) -> dict[str, Any]:
    """The fields of a draft, as another program writes them.

    Raises:
        FileUnreadable: It is no JSON object.
    """
    try:
        draft = json.loads(read_text(path, _DRAFT_SIZE_BYTES_MAX))
    except ValueError as error:
        raise FileUnreadable(
            f"{path} is no JSON: {error}.", "Give a file with one object, the fields of the draft."
        ) from None
    if not isinstance(draft, dict):
        raise FileUnreadable(f"{path} holds no object.", "Give the fields of the draft as one.")
    return draft
