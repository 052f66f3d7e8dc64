"""Lists of sites, read from files of areas or from a table (CSV).

Each feature or row becomes the fields of one entry (`domain.talk.site`), as the
form of a message takes them. Nothing is judged but whether it can be read: whether
a point is swapped or an entry given twice is for `domain.talk.site_doubts`.

Properties and columns, in which case, `_`, `-` and `:` make no difference:

| name | is |
| --- | --- |
| `id`, `site_id` | the party's own name for it |
| `name`, `name_en`, `name_ar` | what it is called, in the language after the `_` |
| `lat`, `lon` | the point, of a table |
| `radius_m`, `radius` | how far it reaches around its point |
| `kind`, `function`, `focal_point`, `place`, `remark`, `releasability` | as in the message |
| `protected` | `yes`, `true` or `1` |
| `verified_by`, `verified_how`, `verified_at` | who looked, how and when |
| `listed_at`, `valid_until` | from when it is listed; by when it is validated anew |
| `operation` | `add`, `change` or `remove`: alike in the whole file |
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from openline.adapters.geofiles import ReadActivity, read_data
from openline.adapters.geofiles.remarks import FileFault
from openline.domain.limits import GEOFILE_FEATURES_MAX, GEOFILE_SIZE_BYTES_MAX, TEXT_CHARS_MAX
from openline.domain.space.extent import centre_of
from openline.domain.space.volume import Shape
from openline.domain.talk.volumes import ALWAYS_FROM, VOLUME, WITHOUT_END

_WORDS: Final = ("kind", "function", "focal_point", "remark", "listed_at", "valid_until")
_TRUE: Final = frozenset({"yes", "true", "1", "y"})
_FALSE: Final = frozenset({"no", "false", "0", "n", ""})
_NAME_IN: Final = re.compile(r"name_([a-z]{2,3})")
_BEGINS_AS_TEXT: Final = ("{", "[", "<")


@dataclass(frozen=True, slots=True)
class ReadSite:
    """One entry of a list as a file tells it.

    Attributes:
        number: Its place in the file, from 1.
        name: What the file calls it; may be empty.
        fields: The form of an entry; empty if there is a fault.
        operation: What the file says is done to it; empty if it says nothing.
        fault: Why it cannot be used.
    """

    number: int
    name: str
    fields: Mapping[str, Any]
    operation: str = ""
    fault: FileFault | None = None


def read_sites(path: Path, language: str, *, reach_m: int) -> list[ReadSite]:
    """The entries of a list of sites, in the order of the file.

    Args:
        path: The file: a table if its name ends in `.csv`, else a file of areas.
        language: Of names that do not say theirs.
        reach_m: The radius of points for which the file gives none.

    Raises:
        FileFault: The file cannot be read at all.
    """
    try:
        with path.open("rb") as file:
            data = file.read(GEOFILE_SIZE_BYTES_MAX + 1)
    except OSError as error:
        raise FileFault(
            str(path), 0, "", "", f"cannot be read: {error.strerror}.",
            "Name a file that this user can read.",
        ) from None  # fmt: skip
    if path.suffix.lower() == ".csv":
        return list(_read_table(data, str(path), language, reach_m))
    read = read_data(data, str(path), (ALWAYS_FROM, WITHOUT_END), reach_m=reach_m, goes_on=True)
    return [
        _of_activity(one, number, str(path), language)
        for number, one in enumerate(read.activities, start=1)
    ]


def _of_activity(activity: ReadActivity, number: int, path: str, language: str) -> ReadSite:
    """The entry that a feature tells."""
    told = _flat(activity.properties)
    told.setdefault("name", activity.name)
    operation = told.get("operation", "")
    if activity.fault is not None:
        return ReadSite(number, activity.name, {}, operation, activity.fault)
    try:
        if activity.cancels:
            raise FileFault(
                path, number, activity.name, "cancels", "is an act, and no place.", "Leave it out."
            )
        fields = _fields(told, path, number, activity.name, language)
    except FileFault as fault:
        return ReadSite(number, activity.name, {}, operation, fault)
    first = activity.volumes[0]
    lat_e7, lon_e7 = first.vertices[0] if first.shape is Shape.CIRCLE else centre_of(first)
    fields["position"] = {"lat_e7": lat_e7, "lon_e7": lon_e7}
    is_point = len(activity.volumes) == 1 and first.shape is Shape.CIRCLE
    if is_point and first.lower is None and first.upper is None:
        fields["radius_m"] = first.radius_m
    else:
        shown = [VOLUME.to_json(volume) for volume in activity.volumes]
        for volume in shown:
            # A site has no window, whatever else the file says of one.
            del volume["valid_from"], volume["valid_until"]
        fields["volumes"] = shown
    return ReadSite(number, activity.name, fields, operation)


def _read_table(data: bytes, path: str, language: str, reach_m: int) -> Iterator[ReadSite]:
    """The entries of a table, row by row."""
    if len(data) > GEOFILE_SIZE_BYTES_MAX:
        raise FileFault(
            path, 0, "", "", f"has more than {GEOFILE_SIZE_BYTES_MAX:,} bytes.", "Split it."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileFault(path, 0, "", "", "is not text in UTF-8.", "Save it as UTF-8.") from None
    if "\x00" in text or text.lstrip()[:1] in _BEGINS_AS_TEXT:
        raise FileFault(
            path, 0, "", "", "is no table, whatever its name says.", "Give it its own ending."
        )
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for number, row in enumerate(reader, start=1):
            if number > GEOFILE_FEATURES_MAX:
                what = f"has more than {GEOFILE_FEATURES_MAX} rows."
                raise FileFault(path, 0, "", "", what, "Split it.")
            told = _flat({str(key): value or "" for key, value in row.items() if key is not None})
            yield _of_row(told, number, path, language, reach_m, reader.line_num)
    except csv.Error as error:
        raise FileFault(
            path, 0, "", "", f"is no table: {error}.", "Save it with commas between columns.",
            reader.line_num,
        ) from None  # fmt: skip


def _of_row(
    told: dict[str, str], number: int, path: str, language: str, reach_m: int, row: int
) -> ReadSite:
    name = told.get("name", "")
    operation = told.get("operation", "")
    try:
        for column in ("lat", "lon"):
            if not told.get(column, "").strip() and operation.casefold() != "remove":
                raise FileFault(
                    path, number, name, column, "is missing.", "Give lat and lon in degrees.", row
                )
        fields = _fields(told, path, number, name, language)
    except FileFault as fault:
        return ReadSite(number, name, {}, operation, fault)
    if told.get("lat"):
        fields["position"] = {"lat": told["lat"].strip(), "lon": told["lon"].strip()}
    radius = told.get("radius_m") or told.get("radius") or str(reach_m)
    digits = radius.strip()
    if not re.fullmatch(r"[0-9]{1,7}", digits):
        what = f"is no number of metres: {radius[:40]!r}."
        wrong = FileFault(path, number, name, "radius_m", what, "Write digits alone.", row)
        return ReadSite(number, name, {}, operation, wrong)
    fields["radius_m"] = int(digits)
    return ReadSite(number, name, fields, operation)


def _fields(
    told: Mapping[str, str], path: str, number: int, name: str, language: str
) -> dict[str, Any]:
    """The fields of an entry that are said in words; without its place on the map."""
    names = {match[1]: told[key] for key in told if (match := _NAME_IN.fullmatch(key))}
    if told.get("name") and language not in names:
        names[language] = told["name"]
    fields: dict[str, Any] = {
        "names": {one: words.strip() for one, words in names.items() if words.strip()}
    }
    site_id = told.get("site_id") or told.get("id")
    if site_id:
        fields["site_id"] = site_id.strip().upper()
    fields |= {word: told[word].strip() for word in _WORDS if told.get(word, "").strip()}
    if told.get("place", "").strip():
        fields["place"] = {"words": told["place"].strip()}
    if told.get("releasability", "").strip():
        fields["releasability"] = told["releasability"].strip().upper()
    protected = told.get("protected", "").strip().casefold()
    if protected not in _TRUE | _FALSE:
        what = f"is neither yes nor no: {protected[:40]!r}."
        raise FileFault(path, number, name, "protected", what, "Write yes or no.")
    if protected in _TRUE:
        fields["protected"] = True
    if told.get("verified_at", "").strip():
        fields["verification"] = {
            "who": told.get("verified_by", "").strip() or "not told",
            "how": told.get("verified_how", "").strip(),
            "at": told["verified_at"].strip(),
        }
    return fields


def _flat(told: Mapping[str, str]) -> dict[str, str]:
    """Names of properties alike: small letters, and `_` for what parts them."""
    return {
        re.sub(r"[\s:.-]+", "_", key.strip().casefold()): str(text)[:TEXT_CHARS_MAX]
        for key, text in told.items()
    }
