"""Two verifiers, written apart from one specification, never say different things of a file."""

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from openline.app.export import Exporter
from openline.domain.record.certificate import CertificateUnreadable, parse_certificate
from openline.domain.record.envelope import parse_envelope
from openline.domain.talk.keys import KeyRole
from tests.domain.record.forks import CASES as FORKS
from tests.domain.record.forks import history as fork_history
from tests.domain.record.history import ALPHA, BRAVO, LINE, START, History
from tests.fuzz.forks import forks, judge_pair, pairs, put_together
from tests.fuzz.mutations import VECTORS, certificates, mutations, wrong
from tests.fuzz.second import JUDGED, as_row, first, judged, second

CASES: dict[str, Any] = json.loads(VECTORS.read_text())


def agree(files: list[bytes]) -> list[Any]:
    """What both verifiers say of each file; they must say the same."""
    ours = [first(file) for file in files]
    for one, answer in zip(ours, second(map(as_row, files)), strict=True):
        assert one == judged(answer)
    return ours


@pytest.mark.parametrize("kind", JUDGED)
def test_both_say_the_same_of_every_vector(kind: str) -> None:
    """Each certificate of the vectors has its verdict from the second verifier too."""
    cases = [
        case for case in CASES["certificates"] + CASES["altered"] if case["claim"]["kind"] == kind
    ]
    answers = second([{"file": case["base64"]} for case in cases])
    assert [answer["verdict"] for answer in answers] == [case["verdict"] for case in cases]


def test_both_say_the_same_of_named_keys_and_damage() -> None:
    """With root keys named, and of each damaged file, the second verifier says what it must."""
    files = certificates()
    pinned = CASES["pinned"]
    answers = second(as_row(files[case["of"]], case["pins"]) for case in pinned)
    assert [answer["verdict"] for answer in answers] == [case["verdict"] for case in pinned]
    damaged = []
    for case in CASES["unreadable"]:
        data = bytearray(files[case["of"]])
        if "at" in case:
            data[case["at"]] ^= case["xor"]
        else:
            data = data[: case["keep"]] + bytes.fromhex(case["then"])
        damaged.append(as_row(bytes(data)))
    assert {answer["verdict"] for answer in second(damaged)} == {"NOT VALID"}


def test_it_judges_no_kind_that_it_does_not_know() -> None:
    """Of a kind that it cannot judge it says just that, never that anything is proven."""
    others = [case for case in CASES["certificates"] if case["claim"]["kind"] not in JUDGED]
    assert {case["claim"]["kind"] for case in others} >= {"state", "lead_time"}
    answers = second([{"file": case["base64"]} for case in others])
    assert {answer["verdict"] for answer in answers} == {"OTHER KIND"}


@pytest.mark.parametrize("name", ["use", "receipt", "fork: two sizes", "fork: the next tick"])
def test_no_changed_byte_is_proven_with_another_meaning(name: str) -> None:
    """Of a certificate with one byte changed both say the same, and never more than is so.

    `python -m tests.fuzz` changes every byte of every kind.
    """
    file = certificates()[name]
    chance = Random(name)
    places = [*range(90), *sorted(chance.sample(range(90, len(file) - 32), 450))]
    found = mutations(file, [chance.randrange(1, 256)], places)
    assert len(found) == 540
    assert wrong(file, found) == []


@pytest.mark.parametrize("seed", range(2))
def test_both_say_the_same_of_forks_put_together(seed: int) -> None:
    """Of certificates of forks whose claims, pairs and proofs are of others both say the same.

    `python -m tests.fuzz forks` goes on for minutes.
    """
    answers = agree(list(islice(put_together(Random(seed)), 150)))
    assert "UNPROVEN" in answers
    assert any(isinstance(one, list) for one in answers)


def test_two_things_are_put_into_certificates_that_can_be_read() -> None:
    """What atheris changes stands in whole certificates: the two of each sort are judged there."""
    for pair in pairs():
        judge_pair(pair)
    with pytest.raises(CertificateUnreadable):
        judge_pair(b"")


@pytest.mark.parametrize("is_revoked", [False, True])
def test_both_say_the_same_of_forks_over_changed_and_lost_keys(is_revoked: bool) -> None:
    """A key that was changed later still convicts who had it, and one that was revoked nobody."""
    history = fork_history()
    by = history.key(BRAVO, KeyRole.NODE)
    if is_revoked:
        last = history.revoke_key(BRAVO, KeyRole.NODE, f"{BRAVO} node 2", 1, by)
    else:
        last = history.change_key(BRAVO, KeyRole.NODE, f"{BRAVO} node 2")
    history.run(5)
    message = Exporter(history.sides[ALPHA].store, ALPHA, LINE).message(BRAVO, last)
    evidence = parse_certificate(message).evidence
    own = [part for part in evidence.entries if parse_envelope(part.raw).header.party == BRAVO]
    evidence = replace(evidence, entries=tuple(own))
    files = [
        replace(
            one, evidence=replace(evidence, contradictions=one.evidence.contradictions)
        ).format()
        for one in forks()[: len(FORKS)]
    ]
    verdicts = {one if isinstance(one, str) else one[0] for one in agree(files)}
    assert verdicts == {"UNPROVEN" if is_revoked else "PROVEN"}


def spoken(seed: int) -> list[bytes]:
    """Certificates of a history in which keys change, one is stolen, and clocks lie."""
    chance = Random(seed)
    history = History()
    history.sides[ALPHA].offset_ms = chance.choice([0, 700, -1_500, 2_600])
    history.run(30)
    history.text(ALPHA)
    history.change_key(ALPHA, chance.choice([KeyRole.NODE, KeyRole.MIRROR]), f"new {seed}")
    history.run(20)
    stolen = history.text(ALPHA)
    history.text(BRAVO, "\u202enoted")
    history.run(10)
    if chance.randrange(2):
        thief = history.key(ALPHA, KeyRole.NODE)
        history.revoke_key(ALPHA, KeyRole.NODE, f"newer {seed}", stolen, thief)
    history.run(40)
    files = []
    for own, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
        export = Exporter(history.sides[own].store, own, LINE)
        files += [export.message(ALPHA, index) for index in (1, stolen)]
        files += [export.message(other, 1), export.receipt(own, 1)]
        start = START + chance.randrange(5_000, 60_000)
        for party in (own, other):
            files += [export.use(party, start, start + 20_000)]
            files += [export.non_use(party, start, start + 20_000)]
    return files


@pytest.mark.parametrize("seed", range(4))
def test_both_say_the_same_of_what_happened(seed: int) -> None:
    """Over changed, stolen and revoked keys and shifted clocks both give one verdict."""
    verdicts = {one if isinstance(one, str) else one[0] for one in agree(spoken(seed))}
    assert {"PROVEN"} < verdicts


def test_a_content_that_nobody_can_read_proves_who_said_it() -> None:
    """A message whose content is no map is receipted, certified and judged like any other."""
    history = History()
    history.run(20)
    said = [history._append(BRAVO, 10, content) for content in (b"\xf6", b"\xff", b"\xa0", b"")]
    history.run(20)
    export = Exporter(history.sides[ALPHA].store, ALPHA, LINE)
    files = [export.message(BRAVO, index) for index in said]
    assert {one[0] for one in agree(files)} == {"PROVEN"}
    assert first(export.declared(BRAVO, history.now - 10_000))[0] == "PROVEN"


def test_the_second_verifier_is_built_of_nothing_else() -> None:
    """It imports the curves and hashes of one library, and files of its own; no network."""
    for path in (Path(__file__).parents[2] / "console" / "verifier" / "src").glob("*.ts"):
        for row in path.read_text(encoding="utf-8").splitlines():
            if row.startswith("import ") or " from " in row:
                source = row.partition(' from "')[2] or row.partition('import "')[2]
                assert not source or source.startswith(
                    ("./", "@noble/", "virtual:catalogues", "node:readline")
                ), (path.name, row)
        text = path.read_text(encoding="utf-8")
        assert not any(word in text for word in ("fetch(", "XMLHttp", "WebSocket", "innerHTML"))
