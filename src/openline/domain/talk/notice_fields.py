"""What others' words for an activity say in the fields of a notice.

Files of areas carry properties: names and texts. Those that bear the name of a field
are taken as that field; whatever else a file says is left to whoever reads it.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

WORDS: Final = (
    "category", "kind", "activity", "objects", "scope", "language", "contact", "certainty",
    "speaks_for", "third_party", "releasability",
)  # fmt: skip
"""Fields of a notice that a property may give in words."""

CHOICES: Final = frozenset({"certainty", "speaks_for", "releasability"})
"""Those of them that are one of some agreed words, in capitals."""


def notice_fields(name: str, properties: Mapping[str, str]) -> dict[str, Any]:
    """The fields that an activity gives, in the form that `Notice.from_json` takes.

    Args:
        name: What the file calls it; the activity, where no property says that.
        properties: What else it says, as text; the case of their names does not matter.
    """
    held = {key.casefold().replace("-", "_"): text for key, text in properties.items()}
    fields: dict[str, Any] = {
        word: held[word].upper() if word in CHOICES else held[word]
        for word in WORDS
        if held.get(word)
    }
    fields.setdefault("activity", name)
    if held.get("place"):
        fields["place"] = {"words": held["place"]}
    if "notam" in held and (notice_id := notice_id_of_notam(held["notam"])):
        fields["notice_id"] = notice_id
    return fields


def notice_id_of_notam(name: str) -> str:
    """The id of the notice that is made from a NOTAM; empty for what is none.

    The notice bears the number of the NOTAM, so that the one which cancels or replaces it
    leads to it: `A1234/26` is `A1234-26`.

    Args:
        name: Series, number and year, perhaps with more behind a space.
    """
    match = _NOTAM.match(name)
    return f"{match[1]}{match[2].rjust(4, '0')}-{match[3]}" if match else ""


_NOTAM: Final = re.compile(r"([A-Z]) ?([0-9]{1,4})/([0-9]{2})(?: |$)")
