"""The verb `tier`: lift a matter to a higher tier, give it back, see whom to tell."""

from collections.abc import Iterator
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number

from openline.domain.party import Precedence
from openline.faces.cli.instants import instant_text
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, OnLine, Wait
from openline.faces.cli.output import emit
from openline.faces.cli.saying import reference_of, say_message

app = make_app(
    "tier",
    """\
    Lift a matter to a higher tier, and give it back.

    A tier is added, and none is left out: who had the matter keeps it. What nobody
    answers in time is lifted by its clocks; here an officer does so before.
    """,
)

Tier = Annotated[int, Parameter(validator=Number(gte=1, lte=4))]


@verb(app, name="raise")
def lift(
    serial: str,
    tier: Tier,
    why: str,
    /,
    *,
    deadline: str | None = None,
    stays: str = "",
    language: str | None = None,
    precedence: Precedence = Precedence.IMMEDIATE,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Lift a query, a warning, a notice or any other message to a tier.

    Example:
        openline tier raise ALPHA-0014 2 "The time of decision is near." --deadline +20min

    Args:
        serial: What is lifted: its serial, or a notice's id.
        tier: To which tier, 2 to 4.
        why: In words.
        deadline: By when it must be settled there: an instant, or +20min from now.
        stays: What stays with the lower tiers, in words.
        language: Language of the words; without it the language of node.toml.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _say("ESCALATED", serial, tier, why, deadline, stays, language, precedence, wait, options)


@verb(app, name="return")
def give_back(
    serial: str,
    why: str,
    /,
    *,
    tier: Tier = 1,
    stays: str = "",
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Give back what we lifted; the tier that has it says so.

    Example:
        openline tier return ALPHA-0014 "Settled between the commanders." \
--by "commander/Gen. Lee"

    Args:
        serial: What was lifted.
        why: In words.
        tier: To which tier it goes back.
        stays: What stays with the lower tiers, in words.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _say("RETURNED", serial, tier, why, None, stays, language, Precedence.PRIORITY, wait, options)


@verb(app)
def tell(
    tier: Tier = 1,
    /,
    *,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show which of our posts are to be told now of what has come to a tier.

    Example:
        openline tier tell 2

    Args:
        tier: To which tier something came.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    answer = client.get("/lines", line, "tell", tier=tier)
    emit(answer, _tell_rows(answer["posts"]), as_json=options.json)


def _tell_rows(posts: list[dict[str, Any]]) -> Iterator[str]:
    for one in posts:
        on_call = ", on call: outside its hours of watch" if one["is_on_call"] else ""
        yield f"tier {one['tier']}  {one['post']}{on_call}"


def _say(
    change: str,
    serial: str,
    tier: int,
    why: str,
    deadline: str | None,
    stays: str,
    language: str | None,
    precedence: Precedence,
    wait: float,
    options: Acting,
) -> None:
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    fields: dict[str, Any] = {
        "of": of,
        "change": change,
        "tier": tier,
        "why": why,
        "stays": stays,
        "language": language or client.config.language,
    }
    if deadline is not None:
        fields["deadline"] = instant_text(deadline)
    say_message(
        options, "ESCALATION", fields, client=client, line=line, precedence=precedence,
        reply_to=of, wait_s=wait,
    )  # fmt: skip
