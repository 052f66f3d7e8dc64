"""Sites, zones and movements as sentences: the part of `wording` about places.

Each function gives the rows of one sort of message or alarm, said by a `Wording`.
The sentences stand in the catalogues like all others. It judges nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.wording.marking import Facts, mark
from openline.domain.talk.movement import Movement, Sort
from openline.domain.talk.notice import Operation, Releasability
from openline.domain.talk.site import Removal, Site, SiteOperation, Sites
from openline.domain.talk.zone import Zone, ZoneOperation, ZoneRule

if TYPE_CHECKING:
    from openline.adapters.wording import Wording

TERMS: Final = {
    # Where a site or a zone stands.
    "PROPOSED": mark("proposed"),
    "VERIFIED": mark("verified"),
    "LISTED": mark("listed"),
    "REVALIDATION_DUE": mark("to be validated anew"),
    "REMOVED": mark("removed"),
    "DECLARED": mark("declared"),
    "AGREED": mark("agreed"),
    # The rules of zones, and the kind that a zone is.
    "PRIOR_CONTACT": mark("entered after contact only"),
    "STAY_OUT": mark("stay out"),
    "CAUTION": mark("special caution"),
    "CORRIDOR": mark("corridor"),
    "BUFFER": mark("buffer"),
    "SEPARATION_LINE": mark("separation line"),
    "site": mark("site"),
    "zone": mark("zone"),
    # Sorts of movement.
    "CONVOY": mark("convoy"),
    "PATROL": mark("patrol"),
    "FERRY_FLIGHT": mark("ferry flight"),
    "INSPECTION": mark("inspection"),
    "OTHER_MOVEMENT": mark("other movement"),
    # What is doubtful about a site or a zone.
    "SWAPPED": mark("latitude and longitude may be exchanged"),
    "DUPLICATE": mark("may be given twice"),
    "STALE": mark("looked at too long ago"),
    "SHORT_LEAD": mark("declared at too short notice"),
    "FIRST_VERSION_MISSING": mark("the first version has not come"),
}
"""The words for every code of this module."""

_SITES: Final = {
    SiteOperation.ADD: mark("{title} adds sites to its list: {n}."),
    SiteOperation.CHANGE: mark("{title} changes sites of its list: {n}."),
    SiteOperation.REMOVE: mark("{title} removes sites from its list: {n}."),
}
_ZONES: Final = {
    ZoneOperation.DECLARE: mark("{title} declares the zone {id}, version {version}: {rule}."),
    ZoneOperation.AGREE: mark("{title} agrees to version {version} of the zone {id} of {party}."),
    ZoneOperation.CANCEL: mark(
        "{title} cancels its zone {id} with version {version}: nothing of it holds any longer."
    ),
}
_MOVEMENTS: Final = {
    Operation.NEW: mark("{title} gives notice of a movement ({sort}): {id}, version {version}."),
    Operation.REPLACE: mark(
        "{title} replaces its movement {id} ({sort}): this is version {version}; earlier versions "
        "no longer stand."
    ),
    Operation.CANCEL: mark(
        "{title} cancels its movement {id} ({sort}) with version {version}: it does not take place."
    ),
}
_RULES: Final = {
    ZoneRule.PRIOR_CONTACT: mark("Whoever enters makes contact first."),
    ZoneRule.STAY_OUT: mark("The other parties are asked to stay out."),
    ZoneRule.CAUTION: mark("Forces of both are near each other: special caution is asked for."),
    ZoneRule.CORRIDOR: mark("It is a corridor: movement in it is expected."),
    ZoneRule.BUFFER: mark("It is a buffer: both keep out of it."),
    ZoneRule.SEPARATION_LINE: mark("It is a separation line: neither side crosses it."),
}


def site_rows(wording: "Wording", message: Sites, facts: Facts) -> Iterator[str]:
    """A message about sites."""
    yield from _exercise(wording, message.exercise)
    entries = list(message.entries())
    yield wording.say(
        _SITES[message.operation],
        title=wording.named(facts.title),
        n=wording.data(len(entries)),
    )
    if message.is_mixed:
        yield wording.say("It lists some sites and removes others: nothing of it counts.")
    for entry in entries:
        if isinstance(entry, Removal):
            yield wording.say("Site {id} is removed.", id=wording.data(entry.site_id))
        else:
            yield from _site(wording, entry)
    if message.reason:
        yield from wording.words(mark("The reason:"), message.reason)
    yield from wording.officer_rows(message.by)


def _site(wording: "Wording", site: Site) -> Iterator[str]:
    names = wording.listed(wording.quoted(name) for _, name in site.names)
    yield wording.say(
        "Site {id}, version {version}: {names}. What is there: {kind}.",
        id=wording.data(site.site_id),
        version=wording.data(site.version),
        names=names,
        kind=wording.term(site.kind),
    )
    if site.is_protected:
        yield wording.say("It has a civilian or humanitarian function and is protected.")
    if site.function:
        yield wording.say("Its function: {function}.", function=wording.quoted(site.function))
    yield wording.say(
        "Its point is {position}; it is listed from {start} and to be validated anew by {end}.",
        position=wording.position(site.position),
        start=wording.instant(site.listed_at),
        end=wording.instant(site.valid_until),
    )
    for number, volume in enumerate(site.footprint, start=1):
        yield from wording.area_rows(number, len(site.footprint), volume)
    yield _verification(wording, site)
    if site.place.words:
        place = wording.quoted(site.place.words)
        yield wording.say("The place, in words: {place}.", place=place)
    if site.focal_point:
        yield wording.say(
            "Whom to ask about it: {focal_point}.", focal_point=wording.quoted(site.focal_point)
        )
    if site.remark:
        yield from wording.words(mark("Remark:"), site.remark)
    yield wording.say(_releases(site.releasability))


def _verification(wording: "Wording", site: Site) -> str:
    looked = site.verification
    if looked is None:
        return wording.say("Nobody has verified it.")
    return wording.say(
        "Verified at {at} by {who}: {how}.",
        at=wording.instant(looked.at),
        who=wording.quoted(looked.who),
        how=wording.quoted(looked.how),
    )


def zone_rows(wording: "Wording", message: Zone, facts: Facts) -> Iterator[str]:
    """A message about a zone."""
    yield from _exercise(wording, message.exercise)
    rule = "" if message.rule is None else wording.term(message.rule.name)
    yield wording.say(
        _ZONES[message.operation],
        title=wording.named(facts.title),
        id=wording.data(message.zone_id),
        version=wording.data(message.version),
        rule=rule,
        party=wording.data("" if message.agrees is None else message.agrees.of.party),
    )
    if message.agrees is not None:
        digest = wording.data(message.agrees.hash.hex())
        yield wording.say("The content that is agreed to has SHA-256 {hash}.", hash=digest)
    if message.rule is not None:
        yield from _declared_rows(wording, message)
    if message.text:
        procedure = mark("How to enter, in {language}:")
        why = mark("It says, in {language}:")
        is_declared = message.operation is ZoneOperation.DECLARE
        yield from wording.words(procedure if is_declared else why, message.text, message.language)
    for number, volume in enumerate(message.volumes, start=1):
        yield from wording.area_rows(number, len(message.volumes), volume)
        yield wording.open_window(volume.valid_from, volume.valid_until)
    yield from wording.officer_rows(message.by)


def _declared_rows(wording: "Wording", zone: Zone) -> Iterator[str]:
    """What a declaration says beside its area and its words."""
    assert zone.rule is not None, "a declaration has a rule, or is told without"
    yield wording.say(_RULES[zone.rule])
    if zone.applies_to:
        kinds = wording.terms(zone.applies_to)
        yield wording.say("It holds for: {kinds}.", kinds=kinds)
    yield wording.say(
        mark("It holds without being agreed to.")
        if zone.is_unilateral
        else mark("It is an offer, and holds once it is agreed to.")
    )
    for sentence, words in (
        (mark("Its name: {words}."), zone.name),
        (mark("Who decides on it: {words}."), zone.authority),
        (mark("The posture of those in it: {words}."), zone.posture),
    ):
        if words:
            yield wording.say(sentence, words=wording.quoted(words))
    if zone.place.words:
        place = wording.quoted(zone.place.words)
        yield wording.say("The place, in words: {place}.", place=place)
    if zone.valid_until is not None:
        end = wording.instant(zone.valid_until)
        yield wording.say("It is to be validated anew by {end}.", end=end)
    yield wording.say(_releases(zone.releasability))


def _sort_word(sort: Sort) -> str:
    """The code of a sort of movement; OTHER alone is what an incident is."""
    return "OTHER_MOVEMENT" if sort is Sort.OTHER else sort.name


def movement_rows(wording: "Wording", message: Movement, facts: Facts) -> Iterator[str]:
    """A message about a movement."""
    yield from _exercise(wording, message.exercise)
    yield wording.say(
        _MOVEMENTS[message.operation],
        title=wording.named(facts.title),
        sort=wording.term(_sort_word(Sort(message.sort))),
        id=wording.data(message.movement_id),
        version=wording.data(message.version),
    )
    yield wording.say(
        "What it is about: {category}. What acts: {kind}. Scope: {scope}.",
        category=wording.term(message.category),
        kind=wording.term(message.kind),
        scope=wording.term(message.scope),
    )
    if message.third_party:
        others = wording.quoted(message.third_party)
        yield wording.say("It is a movement of others: {others}.", others=others)
    if message.purpose:
        says = mark("It says, in {language}:")
        yield from wording.words(says, message.purpose, message.language)
    yield from _vehicle_rows(wording, message)
    yield from _route_rows(wording, message)
    if message.place.words:
        place = wording.quoted(message.place.words)
        yield wording.say("The place, in words: {place}.", place=place)
    if message.lead_contact:
        contact = wording.quoted(message.lead_contact)
        yield wording.say("To be reached at: {contact}.", contact=contact)
    if facts.lead is not None and facts.lead_ms is not None:
        yield wording.lead(facts.lead_ms, facts.lead)
    yield wording.say(_releases(message.releasability))
    yield wording.say("It takes effect without an answer.")
    yield from wording.officer_rows(message.by)


def _vehicle_rows(wording: "Wording", movement: Movement) -> Iterator[str]:
    for vehicle in movement.vehicles:
        yield wording.say(
            "Vehicle: {kind}; plate {plate}; marking {marking}; on the roof {roof}.",
            kind=wording.quoted(vehicle.kind),
            plate=wording.quoted(vehicle.plate),
            marking=wording.quoted(vehicle.marking),
            roof=wording.quoted(vehicle.roof_marking),
        )
    if movement.people is not None:
        yield wording.say("People: {n}.", n=wording.data(movement.people))


def _route_rows(wording: "Wording", movement: Movement) -> Iterator[str]:
    for number, waypoint in enumerate(movement.route, start=1):
        yield wording.say(
            "Waypoint {n}: {position}, reached at {arrives}, left at {leaves}. {name}",
            n=wording.data(number),
            position=wording.position(waypoint.position),
            arrives=wording.instant(waypoint.arrives_at),
            leaves=wording.instant(waypoint.leaves_at),
            name=wording.quoted(waypoint.name),
        ).rstrip()
    if movement.route:
        yield wording.say(
            "It keeps within {distance} of its route, and within {duration} of its times.",
            distance=wording.distance(movement.half_width_m),
            duration=wording.duration(movement.tolerance_ms),
        )


def entered_alarm(wording: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    """A party is in a zone of ours without having made contact."""
    yield wording.say(
        "{party} enters our zone {zone} by {id} without contact before.",
        party=wording.data(facts["party"]),
        zone=wording.data(facts["zone_id"]),
        id=wording.data(facts["notice_id"]),
    )
    yield wording.say("In the zone from {at}.", at=wording.instant(facts["entered_at"]))
    yield wording.say("An alleged violation is drafted; read it, and speak with the party first.")


def due_alarm(wording: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    """Sites or zones of ours are to be validated anew."""
    yield wording.say(
        "Sites or zones of {party} are to be validated anew, first {id}.",
        party=wording.data(facts["party"]),
        id=wording.data(facts["first"]),
    )
    yield wording.say("Have them looked at; what lapses stays listed as not re-validated.")


def rule_sentence(wording: "Wording", rule: str) -> str:
    """What the rule of the zone is that a conflict is about."""
    return wording.say("The rule of the zone: {rule}.", rule=wording.term(rule))


def private_zone_sentence(wording: "Wording", name: str, rule: ZoneRule) -> str:
    """That a zone is kept private."""
    return wording.say(
        "{name} is a zone: {rule}. It is kept private, on this node alone.",
        name=wording.quoted(name),
        rule=wording.term(rule.name),
    )


def _exercise(wording: "Wording", is_exercise: bool) -> Iterator[str]:
    if is_exercise:
        yield wording.say("EXERCISE EXERCISE EXERCISE: this is for an exercise only.")


def _releases(releasability: Releasability) -> str:
    return {
        Releasability.LINE_ONLY: mark("It is for this line only."),
        Releasability.PARTY_INTERNAL: mark("It may be passed on inside the receiving party."),
        Releasability.JOINT_PUBLIC: mark("It may be published by both parties together."),
        Releasability.PUBLIC: mark("It may be published."),
    }[releasability]


SAYINGS: Final[dict[type, Callable[[Any, Any, Facts], Iterator[str]]]] = {
    Sites: site_rows,
    Zone: zone_rows,
    Movement: movement_rows,
}
"""How each message is said."""

ALARMS: Final[dict[str, Callable[[Any, Mapping[str, Any]], Iterator[str]]]] = {
    "ZONE_ENTERED": entered_alarm,
    "REVALIDATION_DUE": due_alarm,
}
"""How each alarm is said."""

DUE_WORDS: Final[dict[str, str]] = {}
CLOCK_WORDS: Final[dict[str, str]] = {}
