"""The verb `service`: what operators tell each other of the line's own working."""

from typing import Annotated, Any

from cyclopts import Parameter

from openline.domain.party import Precedence
from openline.domain.talk.service import ServiceOccasion
from openline.faces.cli.instants import instant_text
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Acting, Wait
from openline.faces.cli.saying import say_message

app = make_app("service", "")


@sole_verb(app)
def service(
    occasion: ServiceOccasion,
    text: str = "",
    /,
    *,
    circuit: str = "",
    from_: Annotated[str | None, Parameter(name="--from", allow_leading_hyphen=True)] = None,
    until: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    fallback: str = "",
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    r"""Say something about the working of the line: maintenance, an outage, trouble.

    The other side shows it as the cause of what it observes, as this party's
    word. The newest message about a circuit counts; RESTORED takes it back.
    Nothing political belongs here: that is a declaration.

    Example:
        openline service maintenance "New cable." --circuit primary --until +2h \
            --fallback secondary
        openline service restored --circuit primary

    Args:
        occasion: What it is about.
        text: In words.
        circuit: Which circuit; without it the whole line.
        from_: From when it is so: an instant, or +1h from now; without it from now on.
        until: Until when; without it nobody knows yet.
        fallback: The circuit to use meanwhile.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    fields: dict[str, Any] = {
        "occasion": occasion.name,
        "circuit": circuit,
        "fallback": fallback,
        "text": text,
        "language": language or client.config.language,
    }
    if from_ is not None:
        fields["valid_from"] = instant_text(from_)
    if until is not None:
        fields["valid_until"] = instant_text(until)
    say_message(
        options, "SERVICE", fields, client=client, precedence=Precedence.PRIORITY, wait_s=wait
    )
