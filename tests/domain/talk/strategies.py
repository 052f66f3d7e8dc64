"""Strategies that draw every message, with wild texts or with plain ones."""

import string
import unicodedata

from hypothesis import strategies as st

from openline.domain.line.understanding import RootSignature
from openline.domain.record.signing import PublicKeys
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from openline.domain.talk.agreement import Adoption, Amendment
from openline.domain.talk.body import By, Reference
from openline.domain.talk.check import LineCheck, LineCheckReply, Occasion, ScopeStatus
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.escalation import Escalation, Lift
from openline.domain.talk.explanation import Explanation
from openline.domain.talk.keys import Epoch, KeyChange, KeyRevoke, KeyRole
from openline.domain.talk.notice import (
    Certainty,
    Notice,
    Operation,
    Place,
    Releasability,
    SpeaksFor,
)
from openline.domain.talk.query import AnswerCode, Query, QueryAnswer, Question, Sighting
from openline.domain.talk.receipt import Read, ReadBack, ReadBackVerdict
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.text import Text, Translation
from openline.domain.talk.warning import Action, Warning
from openline.domain.talk.watch import Change, Watch

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

messages = st.one_of(
    notices,
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
    st.builds(Adoption, data=st.binary(min_size=1, max_size=9), signatures=root_signatures),
    st.builds(Amendment, data=st.binary(min_size=1, max_size=9), signatures=root_signatures),
)
