"""The story of 7 and 8 April 2017 over central Syria, told as a reconstruction.

What is known of those two days is short: a warning ahead of a strike on an air
base where people of the other side were, and the announcement that flight
safety would be suspended from midnight, while contact went on. Everything else
here, officers, words, numbers, other flights, is made up to fill the forms.

Times. The record cannot be made to lie: every message has the time of today.
So the story has a clock of its own, told beside each step, and two kinds of
time meet in the record as they are. Windows of notices lie as far ahead of now
as they lay ahead then, in real minutes: the lead time, its class and its
certificate are true. What lies between two steps is left out, and the hours to
midnight are told as seconds.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from openline.adapters.clock import wall_clock_ms
from openline.adapters.wording import Wording
from openline.domain.instant import HOUR_MS, MINUTE_MS, SECOND_MS, format_instant
from openline.domain.line.terms import Understanding
from openline.domain.space.conflict import Finding, Verdict
from openline.domain.talk.volumes import VOLUME
from openline.faces.cli.notice_form import NoticeForm
from openline.faces.demo.burst import Burst
from openline.faces.demo.data import lay_out, reference_points
from openline.faces.demo.founding import EDGE_MS, compressed
from openline.faces.demo.proof import Proof
from openline.faces.demo.read_back import digest_words
from openline.faces.demo.stage import LANGUAGES, Plot, Stage
from openline.faces.demo.station import Said, Station
from openline.faces.demo.story import await_quietly

LINE: Final = "syria-air"
SCOPE: Final = "air_safety"

TITLE: Final = "RECONSTRUCTION: 7 and 8 April 2017 over central Syria"
ABOUT: Final = (
    "Two nodes that do not trust each other run on this machine and say what two headquarters "
    "might have said. The places are real; officers, words and numbers are made up, and nothing "
    "here is a record of those days. All that is said is marked: RECONSTRUCTION, РЕКОНСТРУКЦИЯ.",
    "Two clocks: before each step stands the time of the story (070012Z APR 17). The record "
    "itself has the real time of today. A window lies as many minutes ahead of now as it lay "
    "ahead then, so lead times are real; the time between two steps is left out, and the hours "
    "before midnight pass in seconds.",
)

TEXT: Final = (
    "Made for a reconstruction of 7 and 8 April 2017; it binds nobody.\n"
    "Составлено для реконструкции событий 7 и 8 апреля 2017 года; никого не обязывает."
)

LEAD_MS: Final = 28 * MINUTE_MS
MIDNIGHT_AFTER_MS: Final = 8 * SECOND_MS
QUIET_MS: Final = 3 * SECOND_MS

_ALPHA_COMMANDER: Final = {"post": "commander", "officer": "Col. Reyes"}
_BRAVO_COMMANDER: Final = {"post": "commander", "officer": "полковник Белов"}
_BRAVO_WATCH: Final = {"post": "watch", "officer": "майор Орлов"}


def terms(understanding: Understanding) -> Understanding:
    """What the parties change in the draft: places, short ticks, their words."""
    return replace(
        understanding,
        timers=compressed(understanding.timers),
        reference_points=reference_points(),
        text=TEXT,
    )


class Shayrat:
    """The story, step by step.

    Args:
        stage: The nodes.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._story = stage.story
        self._alpha, self._bravo = stage.alpha, stage.bravo
        self._proof = Proof(stage, LINE)
        plans = stage.root / "plans"
        self._plans = {
            station: lay_out(f"{station.name.lower()}.geojson", plans) for station in stage.both
        }
        self._opened_at = 0
        self._notice_id = ""

    def play(self) -> None:
        """Tell all of it.

        Raises:
            NotAsTold: A step does not hold.
            OurError: A node refuses what it should not, or does not answer.
        """
        # The ticks before the first message bound the use of the line on the early side.
        self._opened_at = wall_clock_ms() - EDGE_MS
        almond = "RECONSTRUCTION. The almond is in flower."
        self._check_line("062355Z APR 17", self._alpha, almond, "ACTIVE")
        self._give_presence()
        self._mistype()
        notice = self._warn()
        self._find_conflicts()
        self._query(notice)
        self._read_back(notice)
        self._answer(notice)
        self._kill()
        midnight_at = self._announce()
        self._certify_exchange(notice, midnight_at)
        self._take_effect()
        self._refuse_new_business()
        spring = "РЕКОНСТРУКЦИЯ. Весной дни длиннее."
        self._check_line("080900Z APR 17", self._bravo, spring, "PARTIALLY_SUSPENDED")
        self._keep_contact()
        self._certify_silence()

    # 7 April, after midnight.

    def _check_line(self, when: str, asker: Station, text: str, word: str) -> None:
        stage, story = self._stage, self._story
        answerer = stage.other(asker)
        with story.step(
            when, f"{asker.name} checks the line; a person at {answerer.name} answers."
        ):
            check = stage.say(asker, "LINE_CHECK", {"text": text, "language": asker.language})
            number = answerer.message(check.party, check.index)["body"]["number"]
            fields = {"number": number, "readability": 5, "echo": text}
            stage.say(answerer, "LINE_CHECK_REPLY", fields, reply_to=check.reference)
            for station in stage.both:
                marks = station.message(check.party, check.index)["marks"]["answered"]
                story.demand(
                    [mark["said"] for mark in marks] == ["5"],
                    f"{station.name}'s node shows {check.serial} as answered by a person: 5 of 5.",
                    marks,
                )
            shown = f"Both nodes display the line as {word}."
            story.await_(lambda: stage.display(word), shown)

    def _give_presence(self) -> None:
        stage, story = self._stage, self._story
        with story.step(
            "070000Z APR 17", "Bravo gives notice of people at Shayrat and of two flights."
        ):
            ids = [
                self._issue(self._bravo, "presence", 5 * MINUTE_MS, 24 * HOUR_MS).notice_id,
                self._issue(self._bravo, "to Shayrat", 30 * MINUTE_MS, 45 * MINUTE_MS).notice_id,
                self._issue(self._bravo, "to Palmyra", 31 * MINUTE_MS, 45 * MINUTE_MS).notice_id,
            ]
            for station in stage.both:
                listed = [one["notice_id"] for one in station.notices(live=True)]
                story.demand(listed == ids, f"{station.name}'s node lists the same three.", listed)
            for name in ids[:2]:
                index = self._alpha.notice(self._bravo.party, name)["index"]
                stage.say(self._alpha, "READ", {"of": {"party": self._bravo.party, "index": index}})
            stage.demand_same_conflicts(0, "None of them meets anything.")

    def _mistype(self) -> None:
        story = self._story
        with story.step(
            "070009Z APR 17", "Alpha drafts its notice; the place in words is typed 9 km off."
        ):
            fields = self._draft(
                self._alpha, "Area around Shayrat", LEAD_MS, 30 * MINUTE_MS,
                place="9 km south-west of Shayrat air base",
            )  # fmt: skip
            before = self._sizes()
            story.refuses(
                lambda: self._alpha.say("NOTICE", fields, precedence="FLASH"),
                "km from there",
                "The release is refused: the words and the area are in different places.",
            )
            story.demand(self._sizes() == before, "Nothing was recorded on either node.")

    def _warn(self) -> Said:
        stage, story = self._stage, self._story
        with story.step("070012Z APR 17", "The words are corrected; the notice goes out as FLASH."):
            fields = self._draft(
                self._alpha, "Area around Shayrat", LEAD_MS, 30 * MINUTE_MS,
                place="at Shayrat air base",
            )  # fmt: skip
            met = self._alpha.check(fields)
            story.demand(
                len(met) == 2,
                "Before release the node shows the two notices of Bravo it meets.",
                met,
            )
            said = stage.say(self._alpha, "NOTICE", fields, precedence="FLASH")
            self._notice_id = said.notice_id
            for station in stage.both:
                notice = station.notice(said.party, said.notice_id)
                lead_ms = notice["lead_time_ms"] or 0
                story.demand(
                    notice["lead_class"] == "SHORT_NOTICE" and abs(lead_ms - LEAD_MS) < MINUTE_MS,
                    f"{station.name}'s node: received {lead_ms // MINUTE_MS} min "
                    f"{lead_ms % MINUTE_MS // SECOND_MS} s before its window; agreed are 30 min: "
                    "SHORT_NOTICE.",
                    notice,
                )
            return said

    def _find_conflicts(self) -> None:
        stage, story = self._stage, self._story
        with story.step("070012Z APR 17", "Each node finds the conflicts by itself."):
            found = stage.demand_same_conflicts(
                2,
                "Both nodes have found the same two conflicts, to the millimetre and millisecond.",
            )
            for conflict in found:
                self._tell_conflict(conflict)
            names = sorted(side["notice_id"] for one in found for side in one["sides"])
            flights = [one["notice_id"] for one in self._bravo.notices() if one["kind"] == "air"]
            story.demand(
                flights[1] not in names, "The flight to Palmyra is clear, and not among them."
            )
            for station in stage.both:
                alarms = [one["name"] for one in station.alarms()]
                story.demand(
                    alarms.count("CONFLICT") == 2,
                    f"{station.name}'s node raises both alarms.",
                    alarms,
                )

    def _query(self, notice: Said) -> None:
        stage, story = self._stage, self._story
        of = {"of": notice.reference}
        with story.step(
            "070014Z APR 17", "Bravo's officer reads it and asks; Alpha answers in words."
        ):
            stage.say(self._bravo, "READ", of)
            asked = "РЕКОНСТРУКЦИЯ. Откроется ли окно раньше? Затронуты ли другие места?"
            question = stage.say(
                self._bravo,
                "RESPONSE",
                {**of, "answer": "QUERIED", "text": asked, "language": "ru"},
                precedence="FLASH",
            )
            self._demand_notice_state("QUERIED")
            text = {
                "language": "en",
                "text": "RECONSTRUCTION. Not earlier than the notice says. No other place.",
                "translations": [
                    {
                        "language": "ru",
                        "text": "РЕКОНСТРУКЦИЯ. Не раньше, чем указано. Других мест нет.",
                        "translator": "Sgt. Lind",
                    }
                ],
                "exercise": True,
            }
            stage.say(self._alpha, "TEXT", text, precedence="FLASH", reply_to=question.reference)

    def _read_back(self, notice: Said) -> None:
        stage, story = self._stage, self._story
        with story.step("070016Z APR 17", "Bravo reads the values back as its node holds them."):
            heard, meant = (self._digest(station) for station in (self._bravo, self._alpha))
            values = {"verdict": "I_READ_BACK", "digest": f"{heard}\nRECONSTRUCTION."}
            of = {"of": notice.reference}
            stage.say(self._bravo, "READ_BACK", {**of, **values}, precedence="FLASH")
            story.demand(
                heard == meant, "Alpha's node reads the same values from its own copy.", meant
            )
            stage.say(self._alpha, "READ_BACK", {**of, "verdict": "CORRECT"}, precedence="FLASH")

    def _answer(self, notice: Said) -> None:
        stage, story = self._stage, self._story
        with story.step(
            "070021Z APR 17", "Bravo cancels its flight to Shayrat, and notes the notice."
        ):
            flight = next(
                one for one in self._bravo.notices(live=True)
                if one["kind"] == "air" and one["conflicts"]
            )  # fmt: skip
            kept = {name: value for name, value in flight["content"].items() if name != "by"}
            cancelled = {
                **kept,
                "operation": "CANCEL",
                "version": flight["version"] + 1,
                "volumes": [],
                "activity": "РЕКОНСТРУКЦИЯ. Рейс отменён.",
            }
            stage.say(self._bravo, "NOTICE", cancelled, precedence="IMMEDIATE")
            left = stage.demand_same_conflicts(
                1, "That conflict has ended on both nodes; one is left."
            )
            kinds = [self._bravo.notice(one["party"], one["notice_id"])["kind"]
                     for one in left[0]["sides"]]  # fmt: skip
            story.demand("presence" in kinds, "It is the one with the people at Shayrat.", kinds)
            words = "РЕКОНСТРУКЦИЯ. Принято к сведению. Людей выводим из района."
            fields = {
                "of": notice.reference, "answer": "NOTED", "text": words, "language": "ru",
            }  # fmt: skip
            stage.say(self._bravo, "RESPONSE", fields, precedence="FLASH")
            self._demand_notice_state("NOTED")

    # A node is lost, and comes back.

    def _kill(self) -> None:
        story = self._story
        with story.step(
            "070035Z APR 17",
            "Alpha's node is killed with SIGKILL while it is saying one text after another.",
        ):
            burst = Burst(self._alpha)
            shown = burst.interrupt_by(self._alpha.kill)
            killed = time.monotonic()
            story.teller.row(
                f"Killed after {len(burst.recorded)} texts were recorded and {len(shown)} messages "
                "of Alpha were shown as delivered."
            )
            story.await_(
                lambda: self._bravo.word() == "LOST", "Bravo's node says that the line is LOST."
            )
            story.teller.row(f"That took {time.monotonic() - killed:.1f} s.")
            waiting = self._bravo.say(
                "TEXT",
                {"language": "ru", "text": "РЕКОНСТРУКЦИЯ. Вас не слышим.", "exercise": True},
                waits=False,
            )
            marks = self._bravo.message(waiting.party, waiting.index)["marks"]
            story.demand(
                not marks["delivered"], f"{waiting.serial} is recorded, and not shown as delivered."
            )
            self._come_back(killed)
            self._demand_nothing_lost(burst, shown, waiting)

    def _come_back(self, killed: float) -> None:
        stage, story = self._stage, self._story
        start = time.monotonic()
        self._alpha.launch()
        self._alpha.await_up()
        await_quietly(stage.are_active, "The line is ACTIVE again.")
        story.tally.further["back_s"] = round(time.monotonic() - start, 2)
        story.tally.further["killed"] = 1
        story.demand(
            self._alpha.state()["can_sign"],
            f"Started again, it signs once Bravo has confirmed what it said: ACTIVE after "
            f"{time.monotonic() - start:.1f} s.",
        )

    def _demand_nothing_lost(self, burst: Burst, shown: dict[int, str], waiting: Said) -> None:
        stage, story = self._stage, self._story
        stage.demand_same_record(
            "Both nodes hold the same record; no serial is missing or used twice."
        )
        held = {one["index"]: one["kind"] for one in self._bravo.messages()
                if one["party"] == self._alpha.party}  # fmt: skip
        story.demand(
            all(held.get(index) == kind for index, kind in shown.items()),
            f"All {len(shown)} messages that Alpha had shown as delivered are at Bravo.",
        )
        kept = all(
            station.message(self._alpha.party, index)["body"]["text"] == text
            for station in stage.both
            for index, text in burst.recorded.items()
        )
        story.demand(
            kept, f"All {len(burst.recorded)} texts that it had recorded are on both nodes."
        )
        marks = self._bravo.message(waiting.party, waiting.index)["marks"]
        story.demand(
            self._alpha.party in marks["delivered"],
            f"{waiting.serial} has been delivered meanwhile.",
        )

    # The evening, and midnight.

    def _announce(self) -> int:
        stage, story = self._stage, self._story
        with story.step(
            "071430Z APR 17", "Bravo announces: flight safety is suspended from midnight."
        ):
            midnight_at = (wall_clock_ms() + MIDNIGHT_AFTER_MS) // 100 * 100
            fields = {
                "by": _BRAVO_COMMANDER,
                "released_by": _BRAVO_COMMANDER,
                "scopes": [SCOPE],
                "status": "SUSPENDED",
                "effective_at": format_instant(midnight_at),
                "reason": "РЕКОНСТРУКЦИЯ событий 7 апреля 2017 года. После удара по авиабазе "
                "действие положений о безопасности полётов приостанавливается с полуночи.",
                "conditions": "РЕКОНСТРУКЦИЯ. Об условиях стороны говорят друг с другом.",
                "language": "ru",
            }
            story.refuses(
                lambda: self._bravo.say("DECLARATION", fields, precedence="IMMEDIATE"),
                "second person",
                "One person alone cannot release it.",
            )
            fields["released_by"] = _BRAVO_WATCH
            said = stage.say(self._bravo, "DECLARATION", fields, precedence="IMMEDIATE")
            stage.demand_state(
                self._bravo.party, SCOPE, "SUSPENSION_PENDING", "ACTIVE",
                "announced is not suspended: SUSPENSION_PENDING, and the line is ACTIVE.",
            )  # fmt: skip
            stage.say(self._alpha, "READ", {"of": said.reference, "by": _ALPHA_COMMANDER})
            return midnight_at

    def _take_effect(self) -> None:
        stage, story = self._stage, self._story
        with story.step(
            "080000Z APR 17", "Midnight: the suspension takes effect, for Bravo's part alone."
        ):
            stage.demand_state(
                self._bravo.party, SCOPE, "SUSPENDED", "PARTIALLY_SUSPENDED",
                f"Bravo's {SCOPE} is SUSPENDED, the line PARTIALLY_SUSPENDED.",
            )  # fmt: skip
            stage.demand_state(
                self._alpha.party, SCOPE, "IN_FORCE", "PARTIALLY_SUSPENDED",
                f"Alpha's own {SCOPE} is IN_FORCE as before.",
            )  # fmt: skip
            story.await_(
                lambda: "STATE_CHANGED" in [one["name"] for one in self._alpha.alarms()],
                "Alpha's node raises an alarm.",
            )

    def _refuse_new_business(self) -> None:
        story = self._story
        with story.step(
            "080030Z APR 17", "Bravo's desk tries to give a new notice in what it suspended."
        ):
            fields = self._draft(self._bravo, "after midnight", HOUR_MS, HOUR_MS)
            before = self._sizes()
            story.refuses(
                lambda: self._bravo.say("NOTICE", fields, precedence="PRIORITY"),
                "SUSPENDED",
                "It is refused, with the reason.",
            )
            story.demand(self._sizes() == before, "Nothing was recorded on either node.")

    def _keep_contact(self) -> None:
        stage = self._stage
        with self._story.step("080905Z APR 17", "Contact has not stopped either."):
            text = {
                "language": "en",
                "text": "RECONSTRUCTION. This line is answered here at all times.",
                "translations": [
                    {
                        "language": "ru",
                        "text": "РЕКОНСТРУКЦИЯ. Здесь отвечают в любое время.",
                        "translator": "Sgt. Lind",
                    }
                ],
                "exercise": True,
            }
            stage.say(self._alpha, "TEXT", text)
            stage.demand_same_record("Both nodes hold the same record.")

    # What outsiders can check.

    def _certify_exchange(self, notice: Said, midnight_at: int) -> None:
        story = self._story
        closed_at = wall_clock_ms() - EDGE_MS
        with story.step(
            "071500Z APR 17", "Certificates of the hour of exchange (070000Z-070100Z)."
        ):
            story.teller.row(
                f"In the record that hour lies between {format_instant(self._opened_at)} and "
                f"{format_instant(closed_at)}. Every certificate is verified offline, by another "
                "process."
            )
            story.teller.end()
            self._certify_notice(notice)
            self._certify_use(closed_at)
            at = midnight_at - MIDNIGHT_AFTER_MS // 2
            await_quietly(lambda: wall_clock_ms() > at + EDGE_MS, "Time passes.")
            self._proof.prove(
                "state-before", self._alpha, "state", "--at", format_instant(at),
                what="Between the announcement and midnight the line was ACTIVE.",
                shows={"word": "ACTIVE"},
            )  # fmt: skip

    def _certify_notice(self, notice: Said) -> None:
        proof, alpha = self._proof, self._alpha
        proof.prove("message", alpha, "message", notice.serial, what="Alpha said it.")
        proof.prove("receipt", alpha, "receipt", notice.serial, what="Bravo received it.")
        proof.prove(
            "lead-time", alpha, "lead-time", notice.serial,
            what="It came about half an hour ahead, by Bravo's clock: SHORT_NOTICE.",
            shows={"lead_class": "SHORT_NOTICE"},
        )  # fmt: skip

    def _certify_use(self, closed_at: int) -> None:
        proof, alpha, bravo = self._proof, self._alpha, self._bravo
        window = _window_words(self._opened_at, closed_at)
        proof.prove("use-alpha", bravo, "use", alpha.party, *window, what="Alpha used the line.")
        proof.prove("use-bravo", alpha, "use", bravo.party, *window, what="Bravo used the line.")
        proof.refute(
            "non-use-alpha", bravo, "non-use", alpha.party, *window,
            what="That Alpha did not use it is refuted, by Alpha's own signatures.",
        )  # fmt: skip

    def _certify_silence(self) -> None:
        story, alpha, bravo = self._story, self._alpha, self._bravo
        with story.step(
            "080910Z APR 17", "Nobody says anything for a while; that can be proven as well."
        ):
            start_at = wall_clock_ms() + EDGE_MS
            end_at = start_at + QUIET_MS
            window = _window_words(start_at, end_at)
            story.teller.row(
                f"The quiet window: {format_instant(start_at)} to {format_instant(end_at)}."
            )
            story.teller.end()
            await_quietly(lambda: wall_clock_ms() > end_at + EDGE_MS, "Time passes.")
            for station, holder in ((bravo, alpha), (alpha, bravo)):
                self._proof.prove(
                    f"non-use-{station.name.lower()}", holder, "non-use", station.party, *window,
                    what=f"{station.name} said nothing in that window: SILENT. {holder.name} can "
                    "show it.",
                    shows={"finding": "SILENT"},
                )  # fmt: skip
            self._proof.prove(
                "state-after", bravo, "state", "--at", format_instant((start_at + end_at) // 2),
                what="After midnight it was PARTIALLY_SUSPENDED: neither ACTIVE nor closed.",
                shows={"word": "PARTIALLY_SUSPENDED"},
            )  # fmt: skip

    # What the steps are made of.

    def _draft(
        self, station: Station, name: str, ahead_ms: int, for_ms: int, *, place: str | None = None
    ) -> dict[str, Any]:
        """The form of a notice from the party's plan, its window so far ahead of now."""
        # The next full minute: a date-time group has no seconds.
        start = -(-(wall_clock_ms() + ahead_ms) // MINUTE_MS) * MINUTE_MS
        form = NoticeForm(
            file=self._plans[station],
            only=(name,),
            from_=format_instant(start),
            until=format_instant(start + for_ms),
            place=place,
            exercise=True,
        )
        [fields] = form.drafts(station.language)
        return fields

    def _issue(self, station: Station, name: str, ahead_ms: int, for_ms: int) -> Said:
        fields = self._draft(station, name, ahead_ms, for_ms)
        return self._stage.say(station, "NOTICE", fields, precedence="IMMEDIATE")

    def _sizes(self) -> list[int]:
        """How much each node has recorded of its own."""
        return [station.state()["out_size"] for station in self._stage.both]

    def _demand_notice_state(self, state: str) -> None:
        for station in self._stage.both:
            notice = station.notice(self._alpha.party, self._notice_id)
            self._story.demand(
                notice["state"] == state,
                f"{station.name}'s node shows {self._notice_id} as {state}.",
                notice["state"],
            )

    def _tell_conflict(self, conflict: Mapping[str, Any]) -> None:
        """A conflict as both nodes word it."""
        position = (conflict["closest"]["lat_e7"], conflict["closest"]["lon_e7"])
        finding = Finding(
            Verdict(conflict["verdict"]), conflict["separation_m"], conflict["vertical_gap_dm"],
            conflict["time_gap_ms"], conflict["overlap_from"], conflict["overlap_until"], position,
        )  # fmt: skip
        names = [side["notice_id"] for side in conflict["sides"]]
        english, russian = (
            Wording(language).finding(finding, names[0], names[1]) for language in LANGUAGES
        )
        self._story.teller.both(
            (f"{self._alpha.name}'s node, {LANGUAGES['en']}", [english]),
            (f"{self._bravo.name}'s node, {LANGUAGES['ru']}", [russian]),
        )

    def _digest(self, station: Station) -> str:
        """The critical values of Alpha's notice, from a node's own copy of it."""
        content = station.notice(self._alpha.party, self._notice_id)["content"]
        points = station.understanding().reference_points
        [volume] = (VOLUME.from_json(one, "volume") for one in content["volumes"])
        return digest_words(volume, points)


def _window_words(start_at: int, end_at: int) -> tuple[str, ...]:
    return "--from", format_instant(start_at), "--until", format_instant(end_at)


def plot() -> Plot:
    """The story and what it needs."""
    return Plot("shayrat", TITLE, ABOUT, LINE, terms, lambda stage: Shayrat(stage).play())
