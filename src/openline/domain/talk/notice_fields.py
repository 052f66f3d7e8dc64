"""What others' words for an activity say in the fields of a notice.

Files of areas carry properties: names and texts. Those that bear the name of a field
are taken as that field; whatever else a file says is left to whoever reads it.
"""

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
    return fields
