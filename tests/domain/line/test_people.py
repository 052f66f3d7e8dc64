"""People: what each role may do, whole, and when two names are one person's."""

import pytest

from openline.domain.line.people import (
    MAY,
    PERSON,
    Person,
    Right,
    Role,
    may,
    same_name,
    who_may,
)

EXPECTED = {
    Role.OBSERVER: "READ AUDIT",
    Role.LINGUIST: "READ TRANSLATE",
    Role.COMMUNICATOR: "READ SERVE",
    Role.WATCH_OFFICER: "READ TRANSLATE SERVE SPEAK DRAFT RELEASE",
    Role.COMMANDER: "READ TRANSLATE SERVE SPEAK DRAFT RELEASE DECLARE",
    Role.ADMINISTRATOR: "READ AUDIT PEOPLE KEYS",
}


@pytest.mark.parametrize("role", Role, ids=lambda role: role.name)
@pytest.mark.parametrize("right", Right, ids=lambda right: right.name)
def test_every_role_and_right(role: Role, right: Right) -> None:
    """Each role gives exactly the rights that the table above lists."""
    assert may([role], right) is (right.name in EXPECTED[role].split())
    assert Person("A", (role,), ("desk",)).may(right) is may([role], right)
    assert not Person("A", (role,), ("desk",), is_disabled=True).may(right)


def test_every_right_is_given_by_a_role() -> None:
    """No right is given to nobody, and an error can say to whom it is given."""
    assert {right for rights in MAY.values() for right in rights} == set(Right)
    assert who_may(Right.DECLARE) == "commander"
    assert who_may(Right.TRANSLATE) == "linguist or watch_officer or commander"


def test_roles_add_up() -> None:
    """Who has two roles may do what either lets do."""
    both = (Role.OBSERVER, Role.ADMINISTRATOR)
    assert may(both, Right.PEOPLE)
    assert not may(both, Right.SPEAK)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Capt. Smith", "capt.  SMITH ", True),
        ("Capt. Smith", "Capt. Smyth", False),
        ("Ｃapt. Smith", "Capt. Smith", True),
        ("Майор Иванов", "МАЙОР ИВАНОВ", True),
        ("Strauß", "STRAUSS", True),
    ],
)
def test_names_are_compared_plainly(one: str, other: str, expected: bool) -> None:
    """Capitals, widths and spaces make no other person."""
    assert same_name(one, other) is expected


def test_a_person_is_written_and_read() -> None:
    """A person is the same after being written as a value and as JSON."""
    person = Person("Capt. Smith", (Role.LINGUIST, Role.WATCH_OFFICER), ("air-desk",), True)
    assert PERSON.from_value(PERSON.to_value(person), "") == person
    assert PERSON.from_json(PERSON.to_json(person), "") == person
