"""The words of forms: labels, helps and choices of fields, titles of kinds.

What fields there are is told by the tables of the domain (`domain.line.form`), and a
field's help is the sentence that its dataclass says of it. Here are their words in each
language, from the catalogues `locale/*.forms.po`. Their keys:

==========================  ===================================================
`reply_by`                  the label of every field of that name
`Contact.reply_by`          the label of that field of one dataclass, where it differs
`Action.CLEAR`              a choice, where the agreed word for the code is another
`Incident.sort.OTHER`       the same of one field alone
`kind NOTICE`               what a kind is called
`purpose NOTICE`            what a kind is for
a sentence of a docstring   the help
==========================  ===================================================
"""

from enum import IntEnum

from openline.adapters.wording import Wording
from openline.adapters.wording.marking import catalogue_apart


class FormWords:
    """The words of forms in one language.

    Args:
        wording: Says the agreed codes; its language is the language of the words.
    """

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._rows = catalogue_apart(wording.language, "forms")

    def title(self, kind: str) -> str:
        """What a kind of message is called."""
        return self._rows[f"kind {kind}"]

    def purpose(self, kind: str) -> str:
        """What a kind of message is for, in one sentence."""
        return self._rows[f"purpose {kind}"]

    def label(self, record: str, name: str) -> str:
        """What stands beside a field of a form."""
        return self._rows.get(f"{record}.{name}") or self._rows[name]

    def label_at(self, record: str, path: str) -> str:
        """What stands beside the field of a path, `volumes[0].radius`; else the path.

        Of one of several, its number is told as people count: `Areas 2`.

        Args:
            record: The dataclass of the whole.
            path: The field.
        """
        *above, last = path.split(".")
        name, _, number = last.rstrip("]").partition("[")
        found = None if above else self._rows.get(f"{record}.{name}")
        label = found or self._rows.get(name)
        if not label:
            return path
        return f"{label} {int(number) + 1}" if number else label

    def help(self, sentence: str) -> str:
        """What a field holds, in one sentence.

        Args:
            sentence: The English one of the dataclass.
        """
        return self._rows[sentence]

    def choice(self, field: str, word: IntEnum) -> str:
        """What a choice of a field is called.

        Args:
            field: Dataclass and field, such as `Incident.sort`.
            word: The choice.
        """
        return (
            self._rows.get(f"{field}.{word.name}")
            or self._rows.get(f"{type(word).__name__}.{word.name}")
            or self._wording.term(word.name)
        )
