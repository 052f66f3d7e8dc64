"""The Understanding as a TOML file: what officers read, discuss and change.

The file says the same as the signed bytes and can be made from them again; the
bytes are what counts. Values that still are the template's are labelled
"default". A fault in a file is told with the table, the key and, where it can
be found, the row. Keys and units are those of `terms` and `form`.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final

from openline.domain.errors import OurError
from openline.domain.limits import UNDERSTANDING_SIZE_BYTES_MAX
from openline.domain.line import terms
from openline.domain.line.card import Card
from openline.domain.line.form import Fault
from openline.domain.line.templates import TEMPLATES, Template, template_understanding
from openline.domain.line.terms import Understanding
from openline.domain.space.altitude import ANY_WEATHER

_DEFAULT = "  # default"
_LONG_CHARS = 76
_LAST = ("roots", "node", "witness", "mirror", "tls")
"""Keys are written below what people read."""

_ABOUT: Final = """\
# The Understanding of line {line}, version {version}, from the template "{template}".
# {about}
# A value marked "default" is the template's proposal and nothing more: the figures of
# real arrangements were never published. Agree on each one.
"""

_NOTES: Final = {
    "version": "One more with each amendment.",
    "languages": "Languages of structured text, the common one first.",
    "scopes": "Subjects that a party can suspend alone. Line checks and FLASH never stop.",
    "notices_live_max": "Live notices that one party may have at a time.",
    "released_by_two": "Kinds of messages that a second person releases.",
    "code_book": "SHA-256 of the agreed code book, in base64.",
    "text": "The agreed words.",
    "timers": "Times are written as 500 ms, 10 s, 5 min, 4 h or 2 d.",
    "timers.tick": "Each side sends a signed tick this often, and at once after any change.",
    "timers.ticks_missed_degraded": "So many missed ticks: the circuit is DEGRADED, then LOST.",
    "timers.clock_tolerance": "Error bound of clocks in proofs of silence.",
    "timers.clock_alarm": "Clocks of two nodes that differ by more raise an alarm.",
    "timers.imminent": "A late notice that is nearer than this is IMMINENT.",
    "timers.receipt_flash": "Machine receipts: FLASH and IMMEDIATE, then the others.",
    "timers.read_flash": "A person should have read a message after so long.",
    "timers.answer_flash": "The substance of an answer is due after so long.",
    "timers.line_check": "Line checks by people, and when an unanswered one counts.",
    "timers.completion_report": "A report of completion is due so long after the window.",
    "separations": (
        "Two notices nearer than all three distances are in conflict. Kinds in alphabetical\n"
        '# order; "any" stands for all others. Units: m, km, NM; m, ft; s, min, h.'
    ),
    "atmosphere": (
        "How far the air may be from the standard one: the closer the bounds, the fewer\n"
        "# conflicts between flight levels and heights of another reference."
    ),
    "check_schedule": (
        "When people check the line, in UTC: `every`, or `times` and `days`; with `alternate`\n"
        "# the parties take turns, in order of their names."
    ),
    "lead_times": "From receipt to the start of the window; less is SHORT_NOTICE or IMMINENT.",
    "reference_points": "Places both sides know, for saying where in words.",
    "area": "Rings of vertices that bound the agreement.",
    "outside_witnesses": "Witnesses of no party, with their C2SP verifier keys.",
    "parties": "Taken from the party cards. Change no key here.",
}

_NO_ATMOSPHERE: Final = """\
# How far the air may be from the standard one: lowest and highest QNH, and kelvins of the
# air's temperature. Without a table these bounds hold. Take out the # to agree on others.
# [atmosphere]
# qnh_min_hpa = {qnh_min_hpa:.0f}
# qnh_max_hpa = {qnh_max_hpa:.0f}
# temperature_k = {temperature_k:.0f}
"""

_NO_SCHEDULE: Final = """\
# When people check the line. Without a table each side checks `line_check` after its last
# check. Take out the # to agree on an interval from midnight UTC, or on times and days.
# [check_schedule]
# every = "4 h"
# times = ["09:00", "15:30"]
# days = ["MON", "TUE", "WED", "THU", "FRI"]
# alternate = true
"""

_NO_AREA: Final = """\
# Rings of vertices that bound the agreement; what lies far outside is remarked on. Without
# them it is not bounded. Take out the # and put in the corners of your own area.
# area = [
#   [
#     { lat = 37.50, lon = 35.50 },
#     { lat = 37.50, lon = 42.50 },
#     { lat = 32.30, lon = 42.50 },
#     { lat = 32.30, lon = 35.50 },
#   ],
# ]"""

_EXAMPLES: Final = """\
# Places both sides know, for saying where in words. Take out the # to use it.
# [[reference_points]]
# name = "deir-ez-zor"
# titles = { en = "Deir ez-Zor airfield" }
# lat = 35.2854
# lon = 40.1760
"""


def from_toml(text: str, path: str) -> Understanding:
    """The Understanding that a file writes.

    Args:
        text: The file's text.
        path: The file's name, for the error.

    Raises:
        OurError: The file is no TOML, or a value in it is wrong; it names the
            file, the key and, where it can be found, the row.
    """
    if len(text) > 4 * UNDERSTANDING_SIZE_BYTES_MAX:
        raise OurError(
            f"{path}: the file is too long for an Understanding.",
            "Take out what is no part of it; `openline understanding new` makes one.",
        )
    try:
        return terms.from_json(tomllib.loads(text, parse_float=Decimal))
    except Fault as fault:
        row = _row_of(text, fault.path)
        where = f"{path} row {row}" if row else path
        raise fault.as_ours(where) from None
    except RecursionError:
        raise OurError(
            f"{path}: this is not TOML: it is nested too deeply.",
            "Begin with `openline understanding new`, and change its values.",
        ) from None
    except ValueError as error:
        # Also a number of so many digits that Python does not read it.
        raise OurError(
            f"{path}: this is not TOML: {error}.", "Correct it in the row that is named."
        ) from None


def to_toml(understanding: Understanding) -> str:
    """The file of an Understanding; `from_toml` reads it back to equal terms."""
    template = TEMPLATES.get(understanding.template)
    about = _ABOUT.format(
        line=understanding.line,
        version=understanding.version,
        template=understanding.template,
        about=template.about if template else "This program does not know the template.",
    )
    shown = terms.to_json(understanding)
    sections = [about, _top(shown, template), _timers(shown["timers"], template)]
    sections += _tables(shown, "separations", template)
    sections.append(_atmosphere(shown.get("atmosphere")))
    sections.append(_schedule(shown.get("check_schedule")))
    sections += _tables(shown, "lead_times", template)
    sections += _tables(shown, "reference_points", None)
    if not shown["reference_points"]:
        sections.append(_EXAMPLES)
    sections += _tables(shown, "outside_witnesses", None)
    sections += _tables(shown, "parties", None)
    return "\n".join(sections)


def template_toml(template: str, line: str, cards: Sequence[Card]) -> str:
    """The file from which the parties of the cards may start their talks.

    Raises:
        OurError: See `template_understanding`.
    """
    return to_toml(template_understanding(template, line, cards))


def _top(shown: dict[str, Any], template: Template | None) -> str:
    defaults: dict[str, Any] = {}
    if template is not None:
        defaults = {"scopes": list(template.scopes), "notices_live_max": template.notices_live_max}
    plain = ("line", "version", "template", "languages", "scopes", "notices_live_max")
    rows: list[str] = []
    for name in (*plain, "released_by_two", "code_book", "text", "area"):
        if name in shown and (name in plain or shown[name]):
            if name in _NOTES:
                rows.append(f"# {_NOTES[name]}")
            label = _DEFAULT if name in defaults and shown[name] == defaults[name] else ""
            rows.append(f"{name} = {_value(shown[name])}{label}")
        elif name == "area":
            # Here, for below the first table it would be part of that.
            rows.append(_NO_AREA)
    return "\n".join([*rows, ""])


def _timers(shown: dict[str, Any], template: Template | None) -> str:
    defaults = terms.timers_json(template.timers) if template else {}
    rows = [f"# {_NOTES['timers']}", "[timers]"]
    for name, held in shown.items():
        if note := _NOTES.get(f"timers.{name}"):
            rows.append(f"# {note}")
        rows.append(f"{name} = {_value(held)}{_DEFAULT if defaults.get(name) == held else ''}")
    return "\n".join([*rows, ""])


def _atmosphere(shown: dict[str, Any] | None) -> str:
    """The agreed bounds of the air; without any, those that hold, as a comment."""
    if shown is None:
        return _NO_ATMOSPHERE.format(**asdict(ANY_WEATHER))
    rows = [f"{name} = {_value(held)}" for name, held in shown.items()]
    return "\n".join([f"# {_NOTES['atmosphere']}", "[atmosphere]", *rows, ""])


def _schedule(shown: dict[str, Any] | None) -> str:
    """The agreed times of line checks; without any, how to write them."""
    if shown is None:
        return _NO_SCHEDULE
    rows = [f"{name} = {_value(held)}" for name, held in shown.items() if held != []]
    return "\n".join([f"# {_NOTES['check_schedule']}", "[check_schedule]", *rows, ""])


def _tables(shown: dict[str, Any], name: str, template: Template | None) -> list[str]:
    """Every entry of an array of tables, those of the template with their label."""
    defaults = getattr(template, name) if template else ()
    labelled = [terms.entry_json(name, entry) for entry in defaults]
    tables: list[str] = []
    for entry in shown[name]:
        rows = [f"[[{name}]]{_DEFAULT if entry in labelled else ''}", *_entry_rows(entry)]
        tables.append("\n".join([*rows, ""]))
    if tables:
        tables[0] = f"# {_NOTES[name]}\n{tables[0]}"
    return tables


def _entry_rows(entry: dict[str, Any]) -> Iterator[str]:
    for name, held in sorted(entry.items(), key=lambda item: item[0] in _LAST):
        if name in ("lat_e7", "lon_e7"):
            yield f"{name.removesuffix('_e7')} = {_degrees(held)}"
        elif isinstance(held, dict) and name != "titles":
            for part, blob in held.items():
                yield f"{name}.{part} = {_blob(blob)}"
        else:
            yield f"{name} = {_blob(held) if name == 'tls' else _value(held)}"


def _blob(coded: str) -> str:
    """Base64 over several rows when it is long; the reader overlooks the row ends."""
    rows = [coded[at : at + _LONG_CHARS] for at in range(0, len(coded), _LONG_CHARS)]
    return f'"{coded}"' if len(rows) < 2 else '"""\n' + "\n".join(rows) + '"""'


def _value(held: Any) -> str:
    """A value as TOML; text of several rows over several rows."""
    if isinstance(held, dict):
        return "{ " + ", ".join(_pairs(held)) + " }"
    if isinstance(held, list) and any(isinstance(item, dict | list) for item in held):
        return "[\n" + "".join(f"  {_value(item)},\n" for item in held) + "]"
    if isinstance(held, list):
        return "[" + ", ".join(_value(item) for item in held) + "]"
    if isinstance(held, str) and "\n" in held:
        return '"""\n' + "\n".join(_quoted(row)[1:-1] for row in held.split("\n")) + '"""'
    return _quoted(held)


def _pairs(held: dict[str, Any]) -> Iterator[str]:
    for name, value in held.items():
        if name in ("lat_e7", "lon_e7"):
            yield f"{name.removesuffix('_e7')} = {_degrees(value)}"
        else:
            yield f"{name} = {_value(value)}"


def _quoted(held: str | int) -> str:
    """A number or a basic string: TOML knows every escape that JSON writes."""
    return json.dumps(held, ensure_ascii=False)


def _degrees(e7: int) -> str:
    """Exact decimal degrees of an integer of 1e-7 degree."""
    return f"{Decimal(e7).scaleb(-7):f}"


_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(#.*)?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\s*=\s*(.*)")


def _row_of(text: str, path: str) -> int | None:
    """The row, counted from 1, on which the path or what holds it is written."""
    rows, numbered = _places(text)
    for named, entry in numbered.items():
        if path.startswith(named):
            path = entry + path.removeprefix(named)
    while path:
        if path in rows:
            return rows[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return None


def _places(text: str) -> tuple[dict[str, int], dict[str, str]]:
    """Every table and key with its row, and every named entry by its number.

    Good enough to find a fault, not to read the file: a key that is written in
    an uncommon way is found by the table it is in.
    """
    rows: dict[str, int] = {}
    numbered: dict[str, str] = {}
    counts: dict[str, int] = {}
    table, entries = "", ""
    is_inside_text = False
    for row, written in enumerate(text.splitlines(), start=1):
        # A quote of three opens and closes a text of several rows; its rows are no keys.
        was_inside_text = is_inside_text
        is_inside_text ^= (written.count('"""') + written.count("'''")) % 2 == 1
        if was_inside_text:
            continue
        if header := _HEADER.fullmatch(written):
            table = entries = header[2]
            if header[1] == "[[":
                counts[entries] = counts.get(entries, -1) + 1
                table = f"{entries}[{counts[entries]}]"
            rows[table] = row
        elif key := _KEY.fullmatch(written):
            rows[f"{table}.{key[1]}" if table else key[1]] = row
            if key[1] in ("name", "category", "kinds"):
                numbered[f"{entries}[{_said(key[2])}]"] = table
    return rows, numbered


def _said(value: str) -> str:
    """A quoted name, or several, as faults name them."""
    return ", ".join(re.findall(r"[\"']([^\"']*)[\"']", value))
