"""Templates: where the parties to a new line may start their talks from.

Three templates for three sorts of line. Every number is a proposal, made so
that the parties have something to change: the figures of real arrangements
were never published. In the file each such value is labelled as a default.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.line.card import Card
from openline.domain.line.terms import (
    ANY,
    LeadTime,
    PartyTerms,
    Post,
    Separation,
    Timers,
    Understanding,
)

_NM_M: Final = 1_852
_POSTS: Final = (Post("chief", 3, "on call"), Post("commander", 2, "on call"), Post("watch", 1))


@dataclass(frozen=True, slots=True)
class Template:
    """The defaults of one sort of line.

    Attributes:
        name: Its name in the Understanding.
        about: For whom it is, in one sentence.
        scopes: Subjects that can be suspended alone, in order.
        separations: In order of their kinds.
        lead_times: In order of their categories.
        notices_live_max: Live notices that one party may have.
        timers: Times and counts.
        posts: Desks of every party, in order of their names.
    """

    name: str
    about: str
    scopes: tuple[str, ...]
    separations: tuple[Separation, ...]
    lead_times: tuple[LeadTime, ...]
    notices_live_max: int = 1_000
    timers: Timers = field(default_factory=Timers)
    posts: tuple[Post, ...] = _POSTS


def _separation(
    kind_a: str, kind_b: str, lateral_m: int, vertical_ft: int, minutes: int
) -> Separation:
    return Separation((kind_a, kind_b), lateral_m, round(vertical_ft * 3.048), minutes * MINUTE_MS)


AIR: Final = Template(
    name="air",
    about="Two or more air forces over one country.",
    scopes=("air_safety", "humanitarian", "incident_inquiry", "line_procedure"),
    separations=(
        _separation("air", "air", 5 * _NM_M, 1_000, 10),
        _separation("air", "missile", 10 * _NM_M, 5_000, 15),
        _separation("air", "unmanned", 3 * _NM_M, 1_000, 10),
        _separation(ANY, ANY, 5 * _NM_M, 1_000, 10),
        _separation("missile", "presence", 5_000, 60_000, 30),
    ),
    lead_times=(
        LeadTime(ANY, HOUR_MS),
        LeadTime("exercise", 42 * DAY_MS),
        LeadTime("flight", 30 * MINUTE_MS),
        LeadTime("hazard", 3 * DAY_MS),
        LeadTime("presence", 0),
        LeadTime("strike", 30 * MINUTE_MS),
        LeadTime("test_launch", 3 * DAY_MS),
    ),
)

HUMANITARIAN: Final = Template(
    name="humanitarian",
    about="An aid agency and the forces around its convoys and sites.",
    scopes=("air_safety", "ground_movement", "humanitarian", "incident_inquiry", "line_procedure"),
    separations=(
        _separation("air", "ground", 5_000, 10_000, 30),
        _separation("air", "presence", 3_000, 10_000, 30),
        _separation(ANY, ANY, 5_000, 10_000, 30),
        _separation("ground", "ground", 2_000, 1_000, 30),
        _separation("ground", "missile", 5_000, 60_000, 30),
        _separation("missile", "presence", 5_000, 60_000, 30),
    ),
    lead_times=(
        LeadTime(ANY, 48 * HOUR_MS),
        LeadTime("emergency_movement", 24 * HOUR_MS),
        LeadTime("movement", 48 * HOUR_MS),
        LeadTime("presence", 0),
        LeadTime("strike", 30 * MINUTE_MS),
        LeadTime("visit", 48 * HOUR_MS),
    ),
    notices_live_max=5_000,
)

MARITIME: Final = Template(
    name="maritime",
    about="Two navies in one strait.",
    scopes=("air_safety", "incident_inquiry", "line_procedure", "maritime"),
    separations=(
        _separation("air", "air", 5 * _NM_M, 1_000, 10),
        _separation("air", "maritime", 5 * _NM_M, 2_000, 10),
        _separation(ANY, ANY, 5 * _NM_M, 1_000, 15),
        _separation("maritime", "maritime", 2 * _NM_M, 500, 15),
        _separation("maritime", "missile", 10 * _NM_M, 60_000, 30),
    ),
    lead_times=(
        LeadTime(ANY, HOUR_MS),
        LeadTime("exercise", 42 * DAY_MS),
        LeadTime("firing", 3 * DAY_MS),
        LeadTime("hazard", 3 * DAY_MS),
        LeadTime("passage", 2 * HOUR_MS),
        LeadTime("test_launch", 3 * DAY_MS),
    ),
)

TEMPLATES: Final = {template.name: template for template in (AIR, HUMANITARIAN, MARITIME)}


def template_named(name: str) -> Template:
    """The template of that name.

    Raises:
        OurError: There is none.
    """
    if name not in TEMPLATES:
        raise OurError(f"There is no template {name!r}.", f"Choose one of {', '.join(TEMPLATES)}.")
    return TEMPLATES[name]


def template_understanding(template: str, line: str, cards: Sequence[Card]) -> Understanding:
    """A first version for the parties of the cards, with every value a default.

    Args:
        template: `air`, `humanitarian` or `maritime`.
        line: The new line's name.
        cards: One of each party, two at least, compared and found right.

    Raises:
        OurError: No such template, fewer than two parties, or two cards of one.
    """
    chosen = template_named(template)
    names = [card.party for card in cards]
    if len(set(names)) != len(names) or len(names) < 2:
        raise OurError(
            f"There are cards of {', '.join(names) or 'nobody'}.",
            "An Understanding needs the cards of two parties or more, one of each.",
        )
    languages = sorted({language for card in cards for language, _ in card.titles} or {"en"})
    # The common language of aviation and shipping comes first, if it is among them.
    languages.sort(key=lambda language: language != "en")
    parties = (_party(card, chosen, tuple(languages)) for card in cards)
    return Understanding(
        line=line,
        version=1,
        template=chosen.name,
        parties=tuple(sorted(parties, key=lambda party: party.name)),
        scopes=chosen.scopes,
        languages=tuple(languages),
        timers=chosen.timers,
        separations=chosen.separations,
        lead_times=chosen.lead_times,
        notices_live_max=chosen.notices_live_max,
    )


def _party(card: Card, template: Template, languages: tuple[str, ...]) -> PartyTerms:
    own = tuple(language for language, _ in card.titles)
    return PartyTerms(
        name=card.party,
        titles=card.titles,
        roots=card.roots,
        threshold=card.threshold,
        node=card.node,
        witness=card.witness,
        mirror=card.mirror,
        tls=card.tls,
        languages=own or languages[:1],
        posts=template.posts,
    )
