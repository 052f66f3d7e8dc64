"""A list of sites from a file: what is doubtful in it, entry by entry.

The doubts are the domain's (`domain.talk.site_doubts`), from the agreement's own
area and reference points, and against what this party has listed before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.clock import wall_clock_ms
from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, format_instant
from openline.domain.line.form import Fault
from openline.domain.line.understanding_toml import from_toml
from openline.domain.space.place import describe_place
from openline.domain.talk.site import ONE_THING, SITE, UNNAMED, Site
from openline.domain.talk.site_doubts import Doubt, SiteDoubt, Surroundings, doubts_about
from openline.faces.cli.placing import every

if TYPE_CHECKING:
    from openline.adapters.geofiles.sites import ReadSite
    from openline.domain.line.terms import Understanding
    from openline.faces.cli.client import Client

GRACE_MS: Final = 7 * DAY_MS
"""A stale entry that is said all the same is to be validated within a week."""

_ROWS_OF_DOUBT: Final = 50


@dataclass(frozen=True, slots=True)
class Doubted:
    """One entry of a file, with what was found about it.

    Attributes:
        number: Its place in the file, from 1.
        name: What the file calls it.
        fields: As it would be said.
        doubts: What is doubtful.
        fault: Why it cannot be said at all; empty if it can.
        wanted: Doubts in spite of which it is said.
    """

    number: int
    name: str
    fields: dict[str, Any]
    doubts: tuple[SiteDoubt, ...] = ()
    fault: str = ""
    wanted: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_left_out(self) -> bool:
        """Whether it is not said."""
        return bool(self.fault) or any(one.doubt.value not in self.wanted for one in self.doubts)

    def to_json(self) -> dict[str, Any]:
        """What was found, for programs."""
        return {
            "number": self.number,
            "name": self.name,
            "site_id": self.fields.get("site_id", ""),
            "doubts": [{"doubt": one.doubt.value, "what": one.what} for one in self.doubts],
            "fault": self.fault,
            "left_out": self.is_left_out,
        }


def operation_of(read: "Sequence[ReadSite]") -> str:
    """What the file does to all of its entries; ADD where it does not say.

    Raises:
        OurError: It does two things.
    """
    stated = {one.operation.strip().upper() or "ADD": one.number for one in reversed(read)}
    if len(stated) > 1:
        told = ", ".join(f"{what} (entry {number})" for what, number in sorted(stated.items()))
        raise OurError(f"The file does several things: {told}.", ONE_THING)
    operation = next(iter(stated), "ADD")
    if operation not in ("ADD", "CHANGE", "REMOVE"):
        raise OurError(
            f"The file does {operation[:40]!r} to its entries.", "Write add, change or remove."
        )
    return operation


def doubted(
    client: "Client",
    line: str,
    read: "Sequence[ReadSite]",
    operation: str,
    kind: str,
    wanted: frozenset[str],
) -> list[Doubted]:
    """Every entry of a file with its doubts, in the order of the file.

    Args:
        client: The way to the node, which knows the agreement and what is listed.
        line: The line.
        read: The entries.
        operation: What is done to all of them.
        kind: What is there, where the file does not say.
        wanted: Doubts in spite of which an entry is said.
    """
    terms = from_toml(client.get("/lines", line, "understanding")["toml"], line)
    listed = every(client, line, "sites", removed=True)
    own = {one["site_id"]: one for one in listed if one["party"] == client.config.party}
    if operation == "REMOVE":
        return [_removal(one, own) for one in read]
    now = wall_clock_ms()
    forms = [_form(one, own, operation, kind) for one in read]
    sites: list[Site] = []
    places: list[int] = []
    found = [
        Doubted(one.number, one.name, fields, fault=fault, wanted=wanted)
        for one, (fields, fault) in zip(read, forms, strict=True)
    ]
    for place, one in enumerate(found):
        site, fault = _site_of(one.fields) if not one.fault else (None, one.fault)
        if site is None:
            found[place] = Doubted(one.number, one.name, one.fields, fault=fault)
        else:
            # An entry without an id is a place of its own, whatever comes before it.
            sites.append(site if site.site_id != UNNAMED else _named(site, one.number))
            places.append(place)
    known = [SITE.from_json(one["content"], "") for one in own.values() if one["content"]]
    around = Surroundings(terms.area, terms.reference_points)
    for doubt in doubts_about(sites, around, now, known):
        place = places[doubt.number - 1]
        one = found[place]
        found[place] = Doubted(one.number, one.name, one.fields, (*one.doubts, doubt), "", wanted)
    by_place = dict(zip(places, sites, strict=True))
    return [
        _settled(one, by_place[place], terms, client.config.language, now)
        if place in by_place
        else one
        for place, one in enumerate(found)
    ]


def report_rows(
    looked: Sequence[Doubted], said: Sequence[dict[str, Any]], *, is_dry: bool
) -> Iterator[str]:
    """What was found and what was said, for people: the doubts by sort, with numbers."""
    counts = {doubt: sum(any(d.doubt is doubt for d in one.doubts) for one in looked)
              for doubt in Doubt}  # fmt: skip
    faults = [one for one in looked if one.fault]
    yield (
        f"{len(looked)} entries: {counts[Doubt.SWAPPED]} swapped, {counts[Doubt.DUPLICATE]} "
        f"duplicate, {counts[Doubt.STALE]} stale, {len(faults)} with a fault."
    )
    rows = [
        f"  {one.number} {one.name}: {doubt.doubt.value}. {doubt.what}"
        for sort in Doubt
        for one in looked
        for doubt in one.doubts
        if doubt.doubt is sort
    ]
    rows += [f"  {one.number} {one.name}: {one.fault}" for one in faults]
    yield from rows[:_ROWS_OF_DOUBT]
    if len(rows) > _ROWS_OF_DOUBT:
        yield f"  … and {len(rows) - _ROWS_OF_DOUBT} more; --json shows each."
    left = sum(one.is_left_out for one in looked)
    if is_dry:
        yield f"Nothing is said; {len(looked) - left} would be, {left} left out."
        return
    serials = ", ".join(one["serial"] for one in said)
    yield f"Said: {len(looked) - left} of {len(looked)}{f' in {serials}' if serials else ''}."
    if left:
        yield f"Left out: {left}. Correct the file, or say so with --with."


def _form(
    one: "ReadSite", own: dict[str, dict[str, Any]], operation: str, kind: str
) -> tuple[dict[str, Any], str]:
    """The fields of an entry, and why it cannot be said."""
    if one.fault is not None:
        return dict(one.fields), f"{one.fault.what} {one.fault.remedy}".strip()
    fields = {"site_id": UNNAMED, "kind": kind, **one.fields}
    known = own.get(fields["site_id"])
    if operation == "CHANGE":
        if known is None or known["content"] is None:
            return fields, f"We have no site {fields['site_id']} that could be changed."
        fields = {**known["content"], **fields, "version": known["version"] + 1}
    elif known is not None:
        what = "was removed" if known["is_removed"] else "is listed already"
        return fields, f"The site {fields['site_id']} {what}: an id is used once."
    return fields, ""


def _removal(one: "ReadSite", own: dict[str, dict[str, Any]]) -> Doubted:
    site_id = str(one.fields.get("site_id", ""))
    known = own.get(site_id)
    if known is None or known["is_removed"]:
        return Doubted(one.number, one.name, {}, fault=f"We have no site {site_id!r} listed.")
    return Doubted(one.number, one.name, {"site_id": site_id, "version": known["version"] + 1})


def _site_of(fields: dict[str, Any]) -> tuple[Site | None, str]:
    """The entry that the fields make, or why they make none."""
    try:
        return SITE.from_json(fields, ""), ""
    except Fault as fault:
        return None, f"{fault}. {fault.remedy}".strip()


def _named(site: Site, number: int) -> Site:
    return replace(site, site_id=f"ENTRY-{number}")


def _settled(one: Doubted, site: Site, terms: "Understanding", language: str, now: int) -> Doubted:
    """The entry as it is said in spite of its doubts."""
    fields = dict(one.fields)
    doubts = {doubt.doubt for doubt in one.doubts}
    if Doubt.STALE in doubts:
        fields["valid_until"] = format_instant(now + GRACE_MS)
    if Doubt.SWAPPED in doubts and "place" not in fields:
        # Whoever says it in spite of the doubt says where it is in words as well.
        words = describe_place(site.footprint, terms.reference_points, language)
        fields["place"] = {"words": words}
    return Doubted(one.number, one.name, fields, one.doubts, one.fault, one.wanted)
