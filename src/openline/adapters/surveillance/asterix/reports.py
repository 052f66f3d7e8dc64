"""Records of each category to sightings.

A record that is simulated, a test, or a fixed transponder is a message that tells of
no object; so is one that names none by address or track number. Numbers behind a
slash are those of the specification's items.
"""

from collections.abc import Callable
from math import hypot
from typing import Any, Final, TypeAlias

from openline.adapters.surveillance.asterix import fields
from openline.adapters.surveillance.asterix.blocks import Record
from openline.adapters.surveillance.asterix.catalogue import (
    ACCURACIES,
    DERIVED,
    PLANNED,
)
from openline.adapters.surveillance.asterix.items import parts_of
from openline.adapters.surveillance.asterix.radars import Radar, Radars
from openline.adapters.surveillance.mode_s.letters import callsign_of
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.adapters.surveillance.units import FOOT_M
from openline.domain.space.altitude import Datum

Says: TypeAlias = dict[str, Any]
"""Attributes of a `Sighting` without `feed`."""

_TIMES_021: Final = ("071", "073", "072", "075", "077")
"""Times of a report, the one of its position first."""

_RADIUS_M: Final = (
    None, 18_520.0, 7_408.0, 3_704.0, 1_852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0,
)  # fmt: skip
"""The radius of 95 % that each navigation accuracy category promises (DO-260B)."""

_SORTS: Final = {
    1: "A1", 2: "A2", 3: "A3", 4: "A4", 5: "A5", 6: "A6", 10: "A7", 11: "B1", 12: "B2",
    13: "B6", 14: "B7", 15: "B4", 16: "B3", 20: "C1", 21: "C2", 22: "C3", 23: "C4", 24: "C5",
}  # fmt: skip
"""The emitter categories of 021/020, as the aircraft itself sends them."""

_WITHIN_95: Final = 2.4477
"""Standard deviations of both axes within which 95 of 100 lie."""


def read_record(category: int, record: Record, radars: Radars, now: int) -> Says | None:
    """What a record tells of an object; None if of none.

    Args:
        category: One of `catalogue.PROFILES`.
        record: Its items.
        radars: Where radars stand; learns from category 034.
        now: When it came, UTC milliseconds.

    Raises:
        Undecodable: A value cannot be, or the record does not say whose it is.
    """
    if "010" not in record:
        raise Undecodable(Fault.MALFORMED, "a record that does not say whose it is")
    return _READERS[category](record, radars, now)


def _adsb(record: Record, radars: Radars, now: int) -> Says | None:
    """021: what an aircraft reports of itself, as a ground station passes it on."""
    descriptor = record.get("040", b"\0")
    if descriptor[0] & 0x02 or (len(descriptor) > 1 and descriptor[1] & 0x30):
        return None
    address = _address(record, "080", "161", is_icao=descriptor[0] >> 5 < 3)
    if address is None:
        return None
    says: Says = {"address": address, **_when(record, _TIMES_021, now)}
    if "131" in record:
        says |= _at(fields.place_of(record["131"], 1 << 30))
    elif "130" in record:
        says |= _at(fields.place_of(record["130"], 1 << 23))
    if "145" in record:
        says |= fields.level(fields.signed(record["145"]))
    elif "140" in record:
        says |= fields.satellite_height(record["140"])
    if "160" in record and not record["160"][0] & 0x80:
        says |= fields.polar_velocity(record["160"])
    for item in ("155", "157"):
        if item in record and not record[item][0] & 0x80:
            says |= fields.climb(fields.signed_bits(fields.number(record[item]), 15))
            break
    if "070" in record:
        says["squawk"] = f"{fields.number(record['070']) & 0xFFF:04o}"
    if "170" in record:
        says["callsign"] = callsign_of(fields.number(record["170"]))
    if len(descriptor) > 1:
        says["is_on_ground"] = bool(descriptor[1] & 0x40)
    if "020" in record:
        says["sort"] = _SORTS.get(record["020"][0], "")
    says["accuracy_m"] = _accuracy(record.get("090", b""))
    return says


def _accuracy(quality: bytes) -> float | None:
    category = quality[1] >> 1 & 0x0F if len(quality) > 1 else 0
    return _RADIUS_M[category] if category < len(_RADIUS_M) else None


def _service(record: Record, radars: Radars, now: int) -> Says | None:
    """034: a radar on itself; where it stands is kept."""
    if "120" in record:
        place = fields.place_of(record["120"][2:], 1 << 23)
        radars.learn(
            fields.source_of(record["010"]), Radar(place, float(fields.signed(record["120"][:2])))
        )
    return None


def _target(record: Record, radars: Radars, now: int) -> Says | None:
    """048: what a radar measures of a target."""
    descriptor = record.get("020", b"\0")
    if descriptor[0] & 0x12 or (len(descriptor) > 1 and descriptor[1] & 0x80):
        return None
    address = _address(record, "220", "161", is_icao=True)
    if address is None:
        return None
    says: Says = {"address": address, **_when(record, ("140",), now)}
    height_m = 0.0
    if "090" in record and not record["090"][0] & 0xC0:
        says |= fields.level(fields.signed_bits(fields.number(record["090"]), 14))
        height_m = says["altitude_m"]
    elif "110" in record:
        height_m = fields.signed_bits(fields.number(record["110"]), 14) * 25 * FOOT_M
        says |= {"altitude_m": height_m, "datum": Datum.AMSL}
    if "040" in record:
        range_m, azimuth_deg = fields.polar_place(record["040"])
        place = radars.place(fields.source_of(record["010"]), range_m, azimuth_deg, height_m)
        says |= _at(place) if place is not None else {}
    if "200" in record:
        says |= fields.polar_velocity(record["200"])
    if "070" in record:
        says |= fields.squawk(record["070"])
    if "240" in record:
        says["callsign"] = callsign_of(fields.number(record["240"]))
    if "230" in record:
        # Flight status: 0 and 2 in the air, 1 and 3 on the ground, the others do not say.
        status = record["230"][0] >> 2 & 7
        says["is_on_ground"] = bool(status & 1) if status < 4 else None
    says["is_ended"] = _has_bit(record.get("170", b""), 1, 0x80)
    return says


def _track(record: Record, radars: Radars, now: int) -> Says | None:
    """062: a track that a system makes of several sources."""
    status = record.get("080", b"")
    if _has_bit(status, 1, 0x80):
        return None
    derived = parts_of(DERIVED, record["380"]) if "380" in record else {}
    address = _address(record, "", "040", is_icao=True, icao=derived.get(1))
    if address is None:
        return None
    says: Says = {"address": address, **_when(record, ("070",), now)}
    if "105" in record:
        says |= _at(fields.place_of(record["105"], 1 << 25))
    says |= _track_height(record)
    if "185" in record:
        says |= fields.cartesian_velocity(record["185"])
    if "220" in record:
        says |= fields.climb(fields.signed(record["220"]))
    if "060" in record:
        says |= fields.squawk(record["060"])
    says["callsign"] = _track_callsign(record, derived)
    says["is_ended"] = _has_bit(status, 1, 0x40)
    deviations = parts_of(ACCURACIES, record["500"]).get(1) if "500" in record else None
    if deviations is not None:
        both_m = hypot(fields.number(deviations[:2]), fields.number(deviations[2:])) * 0.5
        says["accuracy_m"] = both_m * _WITHIN_95 / 2**0.5
    return says


def _track_height(record: Record) -> Says:
    """The measured level, or else the one that was computed, or a satellite's height."""
    if "136" in record:
        return fields.level(fields.signed(record["136"]))
    if "135" in record:
        value = fields.number(record["135"])
        quarters = fields.signed_bits(value, 15)
        if value & 0x8000:
            return {"altitude_m": quarters * 25 * FOOT_M, "datum": Datum.AMSL}
        return fields.level(quarters)
    return fields.satellite_height(record["130"]) if "130" in record else {}


def _track_callsign(record: Record, derived: dict[int, bytes]) -> str:
    """What the aircraft sends, or what was identified, or what the flight plan says."""
    if 2 in derived:
        return callsign_of(fields.number(derived[2]))
    if "245" in record:
        return callsign_of(fields.number(record["245"][1:]))
    planned = parts_of(PLANNED, record["390"]).get(2) if "390" in record else None
    if planned is None:
        return ""
    callsign = planned.rstrip(b" \0")
    if callsign and not callsign.isalnum():
        raise Undecodable(Fault.OUT_OF_RANGE, "a callsign with what is no letter")
    return callsign.decode("ascii")


def _address(
    record: Record, icao_item: str, number_item: str, *, is_icao: bool, icao: bytes | None = None
) -> str | None:
    """The address of the aircraft, or else the number of the track, or None."""
    icao = icao if icao is not None else record.get(icao_item)
    if icao is not None and any(icao):
        return f"{'icao' if is_icao else 'other'}:{icao.hex()}"
    if number_item in record:
        return f"radar:{fields.source_of(record['010'])}/{fields.number(record[number_item])}"
    return None


def _when(record: Record, items: tuple[str, ...], now: int) -> Says:
    for item in items:
        if item in record:
            return {"at": fields.instant_of(record[item], now)}
    return {"at": now, "is_own_clock": True}


def _at(place: tuple[float, float]) -> Says:
    return {"lat_deg": place[0], "lon_deg": place[1]}


def _has_bit(data: bytes, octet: int, bit: int) -> bool:
    return len(data) > octet and bool(data[octet] & bit)


_READERS: Final[dict[int, Callable[[Record, Radars, int], Says | None]]] = {
    21: _adsb,
    34: _service,
    48: _target,
    62: _track,
}
