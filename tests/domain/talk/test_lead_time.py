from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.instant import HOUR_MS, MINUTE_MS
from openline.domain.line.templates import template_understanding
from openline.domain.line.terms import LeadTime
from openline.domain.talk.lead_time import LeadClass, lead_class, lead_time_ms
from tests.domain.line.parties import two_cards

START = 1_491_528_600_000
ORDER = [LeadClass.AFTER_START, LeadClass.IMMINENT, LeadClass.SHORT_NOTICE, LeadClass.NORMAL]


@pytest.mark.parametrize(
    ("category", "lead_ms", "expected"),
    [
        ("strike", 30 * MINUTE_MS, LeadClass.NORMAL),
        ("strike", 30 * MINUTE_MS - 1, LeadClass.SHORT_NOTICE),
        ("strike", 5 * MINUTE_MS, LeadClass.SHORT_NOTICE),
        ("strike", 5 * MINUTE_MS - 1, LeadClass.IMMINENT),
        ("strike", 58_000, LeadClass.IMMINENT),
        ("strike", 1, LeadClass.IMMINENT),
        ("strike", 0, LeadClass.AFTER_START),
        ("strike", -HOUR_MS, LeadClass.AFTER_START),
        ("presence", 1, LeadClass.NORMAL),
        ("presence", 0, LeadClass.AFTER_START),
        ("of_a_new_sort", HOUR_MS, LeadClass.NORMAL),
        ("of_a_new_sort", HOUR_MS - 1, LeadClass.SHORT_NOTICE),
    ],
)
def test_the_class_follows_from_receipt_and_minimum(
    category: str, lead_ms: int, expected: LeadClass
) -> None:
    """Each side of each bound has its class, and an unknown category has that of any."""
    understanding = template_understanding("air", "syria-air", two_cards())
    assert lead_class(category, START, START - lead_ms, understanding) is expected


@given(st.integers(0, 2**40), st.integers(0, 2**40), st.integers(0, 10**9), st.integers(0, 10**9))
def test_an_earlier_receipt_never_has_a_worse_class(
    one: int, other: int, minimum_ms: int, imminent_ms: int
) -> None:
    """Whatever is agreed, of two receipts the earlier is classed at least as well."""
    agreed = template_understanding("air", "syria-air", two_cards())
    agreed = replace(
        agreed,
        lead_times=(LeadTime("any", minimum_ms),),
        timers=replace(agreed.timers, imminent_ms=imminent_ms),
    )
    early, late = sorted((one, other))
    classes = [ORDER.index(lead_class("any", 2**39, at, agreed)) for at in (early, late)]
    assert classes[0] >= classes[1]


def test_lead_time_is_start_minus_receipt() -> None:
    """A notice received 58 s before its window has a lead time of 58 s."""
    assert lead_time_ms(START, START - 58_000) == 58_000
