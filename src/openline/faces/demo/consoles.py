"""The two consoles of a demo, and the links that sign in at them once.

A watch officer and a commander are added on each side, as an administrator would with
`openline people`; the commander is there to release what takes two persons.
"""

from typing import Final

from openline.faces.demo.stage import Stage
from openline.faces.demo.station import Station
from openline.faces.demo.teller import Teller

_WATCH: Final = (["WATCH_OFFICER"], ["watch"])
_COMMANDER: Final = (["COMMANDER"], ["commander"])
_COMMANDERS: Final = {"alpha.example": "Col. Reyes", "bravo.example": "полковник Белов"}


def open_consoles(stage: Stage) -> dict[str, str]:
    """Add the people of both sides; by side a link for its watch officer.

    Raises:
        OurError: A node refuses, or does not answer.
    """
    return {station.name: _open(station) for station in stage.both}


def tell_consoles(links: dict[str, str], teller: Teller) -> None:
    """Print where the consoles are, and what to do when a link is used up."""
    teller.say(
        "The consoles: each link signs the watch officer of one side in, once. A desk that nobody "
        "touches for ten minutes locks; another link opens it: openline people link, below."
    )
    for name, link in links.items():
        teller.row(f"{name}: {link}")
    teller.end()


def _open(station: Station) -> str:
    commander = _COMMANDERS.get(station.party, f"Commander of {station.party}")
    people = [(station.officer, *_WATCH), (commander, *_COMMANDER)]
    known = station.people()
    for name, roles, posts in people:
        if name not in known:
            station.add_person(name, roles, posts)
    return station.link(station.officer)
