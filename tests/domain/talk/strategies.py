"""Strategies that draw every message, with wild texts or with plain ones."""

import string
import unicodedata
from typing import Any

from hypothesis import strategies as st

from openline.domain.line.people import Role
from openline.domain.line.understanding import RootSignature
from openline.domain.record.signing import PublicKeys
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from openline.domain.talk.agreement import Adoption, Amendment
from openline.domain.talk.body import By, Reference
from openline.domain.talk.call_record import (
    Authenticated,
    CallAction,
    CallRecord,
    ReadBackPoint,
    RecordMode,
    Speaker,
)
from openline.domain.talk.check import (
    CheckTranslation,
    LineCheck,
    LineCheckReply,
    Occasion,
    ScopeStatus,
)
from openline.domain.talk.code_book import Acts
from openline.domain.talk.coded import Coded, SlotValue
from openline.domain.talk.contact import Contact, ContactAnswer, ContactReply, Medium
from openline.domain.talk.correction import Correction
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.escalation import Escalation, Lift
from openline.domain.talk.evidence import Evidence
from openline.domain.talk.explanation import Explanation
from openline.domain.talk.incident import (
    Act,
    Incident,
    Inquiry,
    Mode,
    Occurrence,
    Stage,
)
from openline.domain.talk.incident import Agreement as Accord
from openline.domain.talk.incident import Sort as Happened
from openline.domain.talk.keys import Epoch, KeyChange, KeyRevoke, KeyRole
from openline.domain.talk.media import Candidate, CandidateKind, Media
from openline.domain.talk.movement import Movement, Sort, Vehicle, Waypoint
from openline.domain.talk.notice import (
    Certainty,
    Notice,
    Operation,
    Place,
    Releasability,
    SpeaksFor,
)
from openline.domain.talk.passed_on import Level, PassedOn
from openline.domain.talk.protest import Paper, Protest
from openline.domain.talk.query import AnswerCode, Query, QueryAnswer, Question, Sighting
from openline.domain.talk.query_ack import QueryAck
from openline.domain.talk.readout import (
    Readout,
    ReadoutMode,
    ReadoutStep,
    ReadoutText,
    TextDigest,
)
from openline.domain.talk.receipt import Read, ReadBack, ReadBackVerdict
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.resumption import ResumptionOffer
from openline.domain.talk.roster import Listed, Roster
from openline.domain.talk.service import Service, ServiceOccasion
from openline.domain.talk.shared_track import Belief, Claim, SharedTrack
from openline.domain.talk.signed_act import ActSignature, Part, SignedAct
from openline.domain.talk.site import Removal, Site, SiteOperation, Sites, Verification
from openline.domain.talk.telephone import Call, CallStep, Ring
from openline.domain.talk.text import Text, Translation
from openline.domain.talk.translation import LaterTranslation
from openline.domain.talk.violation import Violation, ViolationAct
from openline.domain.talk.voice_note import VoiceNote
from openline.domain.talk.warning import Action, Warning
from openline.domain.talk.watch import Change, Watch
from openline.domain.talk.zone import Agreement, Zone, ZoneOperation, ZoneRule

_WILD = st.characters(exclude_categories=("Cs", "Cc"))


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


labels = st.text(_WILD, max_size=20).map(_nfc)
needed_labels = labels.filter(str.strip)
texts = st.text(_WILD | st.just("\n"), max_size=60).map(_nfc)
needed_texts = texts.filter(str.strip)
names = st.text("abcdefghij_", min_size=1, max_size=9).map(lambda name: "a" + name)
languages = st.sampled_from(["en", "ru", "ar"])
instants = st.integers(0, 2**63 - 1) | st.integers(1_400_000_000_000, 1_900_000_000_000)
name_sets = st.lists(names, unique=True, max_size=4).map(lambda drawn: tuple(sorted(drawn)))

bys = st.builds(By, post=needed_labels, officer=needed_labels)
references = st.builds(
    Reference, party=st.sampled_from(["alpha.example", "bravo"]), index=st.integers(0, 2**53)
)
altitudes = st.builds(
    Altitude,
    datum=st.sampled_from([Datum.AMSL, Datum.AGL, Datum.WGS84]),
    value=st.integers(-10_000, 10_000_000),
) | st.builds(Altitude, datum=st.just(Datum.FLIGHT_LEVEL), value=st.integers(0, 999))
positions = st.tuples(
    st.integers(-900_000_000, 900_000_000), st.integers(-1_800_000_000, 1_800_000_000)
)
volumes = st.builds(
    Volume,
    shape=st.sampled_from(Shape),
    vertices=st.lists(positions, min_size=1, max_size=5).map(tuple),
    radius_m=st.integers(0, 500_000),
    lower=st.none() | altitudes,
    upper=st.none() | altitudes,
    valid_from=instants,
    valid_until=instants,
)
notice_ids = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=8)
statuses = st.lists(
    st.builds(ScopeStatus, scope=names, status=st.sampled_from(Status)),
    max_size=3,
    unique_by=lambda entry: entry.scope,
).map(lambda drawn: tuple(sorted(drawn, key=lambda entry: entry.scope)))
root_signatures = st.lists(
    st.builds(
        RootSignature,
        party=needed_labels,
        root=st.binary(min_size=32, max_size=32),
        signature=st.binary(min_size=64, max_size=64),
    ),
    max_size=3,
    unique_by=lambda one: (one.party, one.root),
).map(lambda drawn: tuple(sorted(drawn)))
public_keys = st.builds(
    PublicKeys,
    ed25519=st.binary(min_size=32, max_size=32),
    mldsa44=st.just(bytes(1312)),
)

notices = st.builds(
    Notice,
    by=bys,
    notice_id=notice_ids,
    category=names,
    kind=names,
    volumes=st.lists(volumes, max_size=3).map(tuple),
    place=st.builds(Place, words=labels, reference=labels),
    activity=texts,
    version=st.integers(1, 1_000_000),
    operation=st.sampled_from(Operation),
    scope=names,
    objects=labels,
    language=languages,
    contact=labels,
    certainty=st.sampled_from(Certainty),
    speaks_for=st.sampled_from(SpeaksFor),
    hazards=st.lists(needed_labels, max_size=3).map(tuple),
    third_party=labels,
    releasability=st.sampled_from(Releasability),
    exercise=st.booleans(),
)

slot_values = st.one_of(
    st.builds(SlotValue),
    st.builds(SlotValue, words=needed_labels),
    st.builds(SlotValue, position=positions),
    st.builds(SlotValue, at=instants),
    st.builds(SlotValue, minutes=st.integers(0, 10_080)),
    st.builds(SlotValue, count=st.integers(0, 1_000_000)),
    st.builds(SlotValue, serial=references),
    st.builds(SlotValue, tier=st.integers(1, 9)),
    st.builds(SlotValue, circuit=needed_labels, words=st.none() | needed_labels),
)

talks = st.one_of(
    st.builds(
        Coded,
        by=bys,
        number=st.integers(1, 999),
        slots=st.lists(slot_values, max_size=6).map(tuple),
        book=st.binary(min_size=32, max_size=32),
        acts=st.sampled_from(Acts),
        exercise=st.booleans(),
    ),
    st.builds(
        Correction,
        by=bys,
        of=references,
        field=needed_labels,
        old=texts,
        new=texts,
        cause=needed_texts,
        language=languages,
    ),
    st.builds(QueryAck, by=bys, of=references),
    st.builds(
        PassedOn,
        by=bys,
        of=references,
        level=st.sampled_from(Level),
        passed_at=instants,
        to=labels,
        text=texts,
        language=languages,
    ),
    st.builds(
        SharedTrack,
        by=bys,
        track=needed_labels,
        what=labels,
        seen_at=instants,
        position=positions,
        altitude=st.none() | altitudes,
        course_deg=st.none() | st.integers(0, 359),
        speed_kt=st.none() | st.integers(1, 5_000),
        accuracy_m=st.none() | st.integers(0, 50_000),
        claim=st.sampled_from(Claim),
        belief=st.sampled_from(Belief),
        text=texts,
        language=languages,
        exercise=st.booleans(),
    ),
    st.builds(
        LaterTranslation,
        by=bys,
        of=references,
        language=languages,
        text=needed_texts,
        translator=needed_labels,
        is_machine=st.booleans(),
        reviewed_by=st.none() | needed_labels,
        certified_by=st.none() | needed_labels,
    ),
)
"""Messages about words: coded, corrected, asked about, passed on, translated."""

signed_acts = st.builds(
    SignedAct,
    token=st.binary(min_size=16, max_size=16),
    at=instants,
    roster=st.integers(0, 2**53),
    size=st.integers(0, 2**53),
    signatures=st.builds(
        ActSignature,
        part=st.sampled_from(Part),
        key=st.binary(min_size=8, max_size=8),
        authenticator_data=st.binary(min_size=37, max_size=60),
        client_data=st.binary(min_size=1, max_size=60),
        signature=st.binary(min_size=8, max_size=72),
    ).map(lambda one: (one,)),
)
_ice = st.text("abcXYZ019+/", min_size=22, max_size=30)
_candidates = st.builds(
    Candidate,
    kind=st.sampled_from(CandidateKind),
    address=st.sampled_from(("198.51.100.7", "2606:2800:220:1::1", "10.0.0.1", "127.0.0.1")),
    port=st.integers(1, 65_535),
    priority=st.integers(0, 2**32 - 1),
)
medias = st.builds(
    Media,
    fingerprint=st.binary(min_size=32, max_size=32),
    ice_user=_ice,
    ice_password=_ice,
    candidates=st.lists(_candidates, max_size=2).map(tuple),
)
rosters = st.builds(
    Roster,
    by=bys,
    relying_party=needed_labels,
    origins=needed_labels.map(lambda one: (one,)),
    people=st.lists(
        st.builds(
            Listed,
            name=needed_labels,
            posts=st.just(("air-desk", "commander")),
            roles=st.lists(st.sampled_from(Role), min_size=1, unique=True).map(sorted).map(tuple),
            keys=st.binary(min_size=1, max_size=128).map(lambda key: (key,)),
        ),
        max_size=3,
        unique_by=lambda one: one.name,
    )
    .map(lambda people: sorted(people, key=lambda one: one.name))
    .map(tuple),
)
evidences = st.lists(
    st.builds(
        Evidence,
        sha256=st.binary(min_size=32, max_size=32),
        size_bytes=st.integers(0, 2**30),
        what=needed_labels,
    ),
    max_size=2,
).map(tuple)
incident_ids = st.sampled_from(["ALPHA-I-0001", "B-7-I-1234567"])
label_rows = st.lists(needed_labels, max_size=2).map(tuple)
abouts = st.lists(references, max_size=2).map(tuple)
areas = st.lists(volumes, max_size=1).map(tuple)
incidents = st.builds(
    Incident,
    by=bys,
    incident=incident_ids,
    stage=st.sampled_from(Stage),
    sort=st.sampled_from(Happened),
    happened_at=instants,
    place=labels,
    volumes=areas,
    own_objects=label_rows,
    other_objects=label_rows,
    events=st.lists(st.builds(Occurrence, at=instants, what=needed_labels), max_size=2).map(tuple),
    harm=texts,
    measures=texts,
    facts=texts,
    assessment=texts,
    evidence=evidences,
    articles=label_rows,
    about=abouts,
    is_urgent=st.booleans(),
    language=languages,
    exercise=st.booleans(),
)
inquiries = st.builds(
    Inquiry,
    by=bys,
    incident=incident_ids,
    act=st.sampled_from(Act),
    mode=st.none() | st.sampled_from(Mode),
    lead=labels,
    due_at=st.none() | instants,
    questions=label_rows,
    findings=texts,
    agreement=st.none() | st.sampled_from(Accord),
    of=st.none() | references,
    facts_agreed=label_rows,
    facts_differing=label_rows,
    disagreement=texts,
    measures=texts,
    evidence=evidences,
    text=texts,
    language=languages,
)
violations = st.builds(
    Violation,
    by=bys,
    act=st.sampled_from(ViolationAct),
    articles=label_rows,
    text=texts,
    happened_at=st.none() | instants,
    ended_at=st.none() | instants,
    place=labels,
    volumes=areas,
    zone=labels,
    incident=st.just("") | incident_ids,
    about=abouts,
    evidence=evidences,
    reply_by=st.none() | instants,
    of=st.none() | references,
    language=languages,
    exercise=st.booleans(),
)
protests = st.builds(
    Protest,
    by=bys,
    paper=st.sampled_from(Paper),
    text=needed_texts,
    subject=labels,
    articles=label_rows,
    demands=label_rows,
    due_at=st.none() | instants,
    also_by=labels,
    incident=st.just("") | incident_ids,
    about=abouts,
    of=st.none() | references,
    is_withdrawn=st.booleans(),
    language=languages,
)

party_names = st.sampled_from(["alpha.example", "bravo"])
some_labels = st.lists(needed_labels, max_size=3).map(tuple)


def sorted_by_language(drawn: list[Any]) -> tuple[Any, ...]:
    """In the order in which they are signed."""
    return tuple(sorted(drawn, key=lambda one: one.language))


contact_messages = st.one_of(
    st.builds(
        Contact,
        by=bys,
        tier=st.integers(1, 4),
        subject=needed_labels,
        times=st.sets(instants, min_size=1, max_size=8).map(lambda drawn: tuple(sorted(drawn))),
        persons=some_labels,
        medium=st.sampled_from(Medium),
        language=languages,
        spoken_in=languages,
        interpreters=some_labels,
        record_mode=st.sampled_from(RecordMode),
        readout_mode=st.none() | st.sampled_from(ReadoutMode),
        weekly_until=st.none() | instants,
        reply_by=st.none() | instants,
        text=texts,
        of=st.none() | references,
        exercise=st.booleans(),
    ),
    st.builds(
        ContactReply,
        by=bys,
        of=references,
        answer=st.sampled_from(ContactAnswer),
        at=st.none() | instants,
        times=st.sets(instants, max_size=8).map(lambda drawn: tuple(sorted(drawn))),
        weekly_until=st.none() | instants,
        reply_by=st.none() | instants,
        missed_by=st.sets(party_names).map(lambda drawn: tuple(sorted(drawn))),
        persons=some_labels,
        text=texts,
        language=languages,
    ),
    st.builds(
        CallRecord,
        by=bys,
        call_id=needed_labels,
        started_at=instants,
        ended_at=instants,
        initiator=party_names,
        persons=st.lists(
            st.builds(Speaker, party=party_names, name=needed_labels), min_size=1, max_size=3
        ).map(tuple),
        authenticated=st.sampled_from(Authenticated),
        interpreters=some_labels,
        spoken_in=languages,
        is_unverified=st.booleans(),
        mode=st.sampled_from(RecordMode),
        points=st.lists(needed_texts, max_size=3).map(tuple),
        read_backs=st.lists(
            st.builds(ReadBackPoint, value=needed_texts, is_confirmed=st.booleans()), max_size=2
        ).map(tuple),
        actions=st.lists(
            st.builds(
                CallAction, party=party_names, what=needed_texts, due_at=st.none() | instants
            ),
            max_size=2,
        ).map(tuple),
        next_contact_at=st.none() | instants,
        recording=st.none() | st.binary(min_size=32, max_size=32),
        text=texts,
        language=languages,
        of=st.none() | references,
    ),
    st.builds(
        Readout,
        by=bys,
        step=st.sampled_from(ReadoutStep),
        of=references,
        mode=st.none() | st.sampled_from(ReadoutMode),
        texts=st.lists(
            st.builds(ReadoutText, language=languages, text=needed_texts),
            max_size=3,
            unique_by=lambda one: one.language,
        ).map(sorted_by_language),
        digests=st.lists(
            st.builds(TextDigest, language=languages, sha256=st.binary(min_size=32, max_size=32)),
            max_size=3,
            unique_by=lambda one: one.language,
        ).map(sorted_by_language),
        initiated_by=st.none() | party_names,
        held_at=st.none() | instants,
        embargo_until=st.none() | instants,
        agree_by=st.none() | instants,
        text=texts,
        language=languages,
    ),
)

# What breaks a rule, such as one person who is both of two, is no message that anybody can send.
messages = st.one_of(
    notices,
    talks,
    incidents,
    inquiries,
    violations,
    protests,
    contact_messages,
    st.builds(
        Text,
        by=bys,
        language=languages,
        text=needed_texts,
        exercise=st.booleans(),
        translations=st.lists(
            st.builds(
                Translation,
                language=languages,
                text=needed_texts,
                translator=needed_labels,
                is_machine=st.booleans(),
                reviewed_by=st.none() | needed_labels,
                certified_by=st.none() | needed_labels,
            ),
            max_size=2,
        ).map(tuple),
    ),
    st.builds(Read, by=bys, of=references),
    st.builds(
        ReadBack, by=bys, of=references, verdict=st.sampled_from(ReadBackVerdict), digest=texts
    ),
    st.builds(
        Response,
        by=bys,
        of=references,
        answer=st.sampled_from(Answer),
        text=texts,
        language=languages,
        holding_until=st.none() | instants,
    ),
    st.builds(
        Declaration,
        by=bys,
        released_by=bys,
        scopes=name_sets.filter(bool),
        status=st.sampled_from(Status),
        effective_at=instants,
        reason=needed_texts,
        language=languages,
        conditions=texts,
        kept_open=name_sets,
        signed=st.none() | signed_acts,
        article=st.none() | needed_labels,
        demands=st.none() | needed_texts,
        also_delivered_by=st.none() | needed_labels,
    ),
    st.builds(
        Service,
        by=bys,
        occasion=st.sampled_from(ServiceOccasion),
        valid_from=instants,
        valid_until=st.none() | instants,
        circuit=labels,
        fallback=labels,
        text=texts,
        language=languages,
    ),
    st.builds(
        ResumptionOffer,
        by=bys,
        scopes=name_sets.filter(bool),
        proposed_at=instants,
        text=needed_texts,
        language=languages,
        conditions=texts,
        reply_by=st.none() | instants,
    ),
    st.builds(
        LineCheck,
        by=bys,
        number=st.integers(1, 2**32),
        occasion=st.sampled_from(Occasion),
        text=texts,
        language=languages,
        circuits=st.lists(needed_labels, max_size=3).map(tuple),
        statuses=statuses,
        next_check_at=st.none() | instants,
        translations=st.none()
        | st.lists(
            st.builds(
                CheckTranslation,
                language=languages,
                text=needed_texts,
                translator=needed_labels,
                certified_by=labels,
            ),
            min_size=1,
            max_size=2,
        ).map(tuple),
    ),
    st.builds(
        LineCheckReply,
        by=bys,
        number=st.integers(1, 2**32),
        readability=st.integers(1, 5),
        echo=texts,
        statuses=statuses,
    ),
    st.builds(
        KeyChange,
        by=bys,
        role=st.sampled_from(KeyRole),
        keys=st.none() | public_keys,
        tls=st.none() | st.binary(min_size=1, max_size=9),
        proof=st.binary(max_size=64),
    ),
    st.builds(
        KeyRevoke,
        by=bys,
        role=st.sampled_from(KeyRole),
        revoked=st.binary(min_size=8, max_size=8),
        from_index=st.integers(0, 2**53),
        reason=needed_texts,
        keys=st.none() | public_keys,
        tls=st.none() | st.binary(min_size=1, max_size=9),
        signatures=root_signatures,
    ),
    st.builds(
        Epoch,
        by=bys,
        origin=needed_labels,
        previous_size=st.integers(0, 2**53),
        previous_root=st.binary(min_size=32, max_size=32),
        reason=needed_texts,
        understanding=st.binary(min_size=32, max_size=32),
        node=public_keys,
        witness=public_keys,
        mirror=public_keys,
        tls=st.binary(min_size=1, max_size=9),
        signatures=root_signatures,
    ),
    st.builds(
        Query,
        by=bys,
        question=st.sampled_from(Question),
        text=texts,
        language=languages,
        objects=st.lists(
            st.builds(
                Sighting,
                what=labels,
                count=st.none() | st.integers(1, 1_000_000),
                seen_at=st.none() | instants,
                course_deg=st.none() | st.integers(0, 359),
            ),
            max_size=3,
        ).map(tuple),
        place=labels,
        volumes=st.lists(volumes, max_size=2).map(tuple),
        intention=texts,
        decision_at=st.none() | instants,
        reply_by=st.none() | instants,
        of=st.none() | references,
        is_closed=st.booleans(),
        exercise=st.booleans(),
    ),
    st.builds(
        QueryAnswer,
        by=bys,
        of=references,
        code=st.sampled_from(AnswerCode),
        speaks_for=st.lists(st.sampled_from(SpeaksFor), unique=True).map(sorted).map(tuple),
        valid_until=st.none() | instants,
        holding_until=st.none() | instants,
        basis=texts,
        caveats=texts,
        request=texts,
        text=texts,
        language=languages,
    ),
    st.builds(
        Warning,
        by=bys,
        action=st.sampled_from(Action),
        what=needed_texts,
        place=needed_labels,
        volumes=st.lists(volumes, max_size=2).map(tuple),
        happens_at=st.none() | instants,
        at_risk=texts,
        call_back=labels,
        language=languages,
        of=st.none() | references,
        is_over=st.booleans(),
        exercise=st.booleans(),
    ),
    st.builds(
        Explanation,
        by=bys,
        concern=needed_texts,
        activity=labels,
        place=labels,
        seen_from=st.none() | instants,
        seen_until=st.none() | instants,
        documents=st.lists(needed_labels, max_size=2).map(tuple),
        text=texts,
        language=languages,
    ),
    rosters,
    st.builds(
        Watch,
        by=bys,
        change=st.sampled_from(Change),
        post=needed_labels,
        officer=needed_labels,
        since=instants,
        planned_until=st.none() | instants,
        languages=st.lists(languages, unique=True).map(lambda drawn: tuple(sorted(drawn))),
        communicator=labels,
        relieved=labels,
        brief=st.none() | st.binary(min_size=32, max_size=32),
        remark=texts,
        language=languages,
    ),
    st.builds(
        Escalation,
        by=bys,
        of=references,
        change=st.sampled_from(Lift),
        tier=st.integers(1, 4),
        why=needed_texts,
        deadline=st.none() | instants,
        stays=texts,
        language=languages,
    ),
    st.builds(
        Ring,
        by=bys,
        post=needed_labels,
        subject=needed_labels,
        scope=labels,
        spoken_in=languages,
        media=st.none() | medias,
        about=st.none() | references,
        language=languages,
        exercise=st.booleans(),
    ),
    st.builds(
        Call,
        by=bys,
        of=references,
        step=st.sampled_from(CallStep),
        media=st.none() | medias,
        seen=st.none() | st.binary(min_size=32, max_size=32),
        text=texts,
        language=languages,
    ),
    st.builds(
        VoiceNote,
        by=bys,
        spoken_in=languages,
        packets=st.lists(st.binary(max_size=9).map(lambda sound: b"\xf8" + sound), min_size=1).map(
            tuple
        ),
        about=st.none() | references,
        text=texts,
        language=languages,
        exercise=st.booleans(),
    ),
    st.builds(Adoption, data=st.binary(min_size=1, max_size=9), signatures=root_signatures),
    st.builds(Amendment, data=st.binary(min_size=1, max_size=9), signatures=root_signatures),
).filter(lambda message: not any(message.rules()))

# Sites, zones and movements.

_versions = st.integers(1, 1_000_000)
_places = st.builds(Place, words=labels, reference=labels)
_releases = st.sampled_from(Releasability)
_titles = st.dictionaries(languages, needed_labels, max_size=3).map(
    lambda drawn: tuple(sorted(drawn.items()))
)
_volume_lists = st.lists(volumes, max_size=2).map(tuple)
_verifications = st.builds(
    Verification,
    who=needed_labels,
    how=labels,
    at=instants,
    picture=st.none() | st.binary(min_size=32, max_size=32),
)
_sites = st.builds(
    Site,
    site_id=notice_ids,
    names=_titles,
    kind=names,
    position=positions,
    version=_versions,
    function=labels,
    radius_m=st.integers(0, 500_000),
    volumes=_volume_lists,
    listed_at=instants,
    valid_until=instants,
    focal_point=labels,
    verification=st.none() | _verifications,
    is_protected=st.booleans(),
    place=_places,
    releasability=_releases,
    remark=labels,
)
site_messages = st.builds(
    Sites,
    by=bys,
    operation=st.sampled_from(SiteOperation),
    sites=st.lists(_sites, max_size=3).map(tuple),
    removed=st.lists(st.builds(Removal, site_id=notice_ids, version=_versions), max_size=2).map(
        tuple
    ),
    reason=texts,
    scope=names,
    language=languages,
    exercise=st.booleans(),
)
zone_messages = st.builds(
    Zone,
    by=bys,
    zone_id=notice_ids,
    operation=st.sampled_from(ZoneOperation),
    version=_versions,
    rule=st.none() | st.sampled_from(ZoneRule),
    volumes=_volume_lists,
    place=_places,
    name=labels,
    text=texts,
    authority=labels,
    posture=labels,
    applies_to=name_sets,
    is_unilateral=st.booleans(),
    valid_until=st.none() | instants,
    language=languages,
    exercise=st.booleans(),
    agrees=st.none()
    | st.builds(Agreement, of=references, hash=st.binary(min_size=32, max_size=32)),
    scope=names,
    releasability=_releases,
)
_waypoints = st.builds(
    Waypoint,
    position=positions,
    arrives_at=instants,
    leaves_at=instants,
    name=labels,
    via=st.lists(positions, max_size=2).map(tuple),
)
movement_messages = st.builds(
    Movement,
    by=bys,
    movement_id=notice_ids,
    route=st.lists(_waypoints, max_size=3).map(tuple),
    half_width_m=st.integers(0, 50_000),
    version=_versions,
    operation=st.sampled_from(Operation),
    sort=st.sampled_from(Sort),
    kind=names,
    scope=names,
    lower=st.none() | altitudes,
    upper=st.none() | altitudes,
    tolerance_ms=st.integers(0, 86_400_000),
    vehicles=st.lists(
        st.builds(Vehicle, kind=labels, plate=labels, marking=labels, roof_marking=labels),
        max_size=2,
    ).map(tuple),
    people=st.none() | st.integers(0, 1_000_000),
    lead_contact=labels,
    purpose=texts,
    is_emergency=st.booleans(),
    speaks_for=st.sampled_from(SpeaksFor),
    third_party=labels,
    place=_places,
    language=languages,
    releasability=_releases,
    exercise=st.booleans(),
)
messages = messages | site_messages | zone_messages | movement_messages
