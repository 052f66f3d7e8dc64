"""Examples of what the routes about forms answer, for the OpenAPI document."""

from typing import Final

from litestar.openapi.spec import Example

from openline.faces.api.form_answers import (
    CheckedMessage,
    Choice,
    FieldFault,
    FieldForm,
    FormField,
    FormRecord,
    Forms,
    MessageForm,
    Preview,
)

FORMS: Final = Forms(
    language="en",
    forms=[
        MessageForm(
            kind="WARNING",
            title="Warning",
            purpose="Warn of a danger now, as FLASH; or say that it is over.",
            fields=[
                FormField(
                    name="by",
                    label="Who speaks",
                    help="Who warns.",
                    form=FieldForm("record", record="By"),
                    left_out="NODE",
                ),
                FormField(
                    name="action",
                    label="What is asked for",
                    help="What is asked for.",
                    form=FieldForm("word", choices=[Choice("CLEAR", "leave the area")]),
                ),
            ],
            precedences=[Choice("FLASH", "FLASH")],
            answers=[],
            right="SPEAK",
            may_say=True,
            is_drafted=False,
            takes_two=False,
        )
    ],
    records={
        "By": FormRecord(
            fields=[
                FormField(
                    name="post",
                    label="Post",
                    help="The post's name in the Understanding.",
                    form=FieldForm("text", is_needed=True, chars_max=200),
                )
            ]
        )
    },
    urgent_words_max=200,
)

CHECKS: Final = [
    Example(
        summary="A query that is not filled in yet",
        value={"kind": "QUERY", "fields": {"question": "CONFIRM_NOTICE"}},
    )
]

CHECKED: Final = CheckedMessage(
    faults=[FieldFault("of", "of is missing.", "Name the notice.")],
    is_all=True,
    warnings=[],
    takes_two=False,
    conflicts=[],
    is_complete=True,
    room=None,
)

PREVIEW: Final = Preview(
    language="en", text="Query: please confirm what your notice says.\nNo answer is needed.\n"
)
