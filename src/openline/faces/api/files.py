"""The routes that give or take whole files: certificates and the courier's."""

import asyncio
import hashlib
from typing import Annotated, Any, Final, TypeVar

import msgspec
from litestar import Response, post
from litestar.datastructures import State
from litestar.params import Body, JSONBody, RawBody

from openline.adapters.wording import Wording
from openline.adapters.wording.proof import said_rows
from openline.app.export import Exporter
from openline.domain.limits import EVIDENCE_SIZE_BYTES_MAX
from openline.domain.record.report import claim_words
from openline.domain.record.verification import verify_certificate
from openline.engine.commands import ExportCourier, ImportCourier
from openline.faces.api import answers, examples
from openline.faces.api.describe import OCTETS, WRITING, described
from openline.faces.api.faults import BadRequest
from openline.faces.api.node import by_of, node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.api.schema import (
    AboutAnswer,
    AboutCapture,
    AboutDeclared,
    AboutFork,
    AboutInstant,
    AboutMessage,
    AboutReceipt,
    AboutWindow,
    CertificateOrder,
    CourierOrder,
)

_About = TypeVar(
    "_About",
    AboutAnswer,
    AboutCapture,
    AboutDeclared,
    AboutFork,
    AboutInstant,
    AboutMessage,
    AboutReceipt,
    AboutWindow,
)

COURIER_SIZE_BYTES_MAX: Final = 268_435_456
"""A courier carries what one memory of a machine holds easily: 256 MiB."""


@post(
    "/lines/{line:str}/certificates",
    operation_id="certify",
    tags=["files"],
    summary="Write a certificate",
    status_code=200,
    media_type=OCTETS,
    responses=described(None, "The file.", media_type=OCTETS, faults=WRITING),
)
async def certify(
    state: State, line: Line, data: Annotated[CertificateOrder, Body(examples=examples.ORDERS)]
) -> Response[bytes]:
    """A file by which an outsider can check what was said, received, or not said.

    It is verified offline: `openline verify FILE`. A `log-proof` is the text of C2SP's
    tlog-proof, for other people's tools; its extra data is the entry.
    """
    view_of(state, line)
    # Beside the loop: the first one of a long log reads all of it.
    async with node_of(state).exporting(line) as exporter:
        file = await asyncio.to_thread(certificate, exporter, data.kind, data.parameters)
    return Response(file, media_type=OCTETS)


@post(
    "/certificates/read",
    operation_id="readCertificate",
    tags=["files"],
    summary="Verify a certificate, whoever wrote it",
    status_code=200,
    request_max_body_size=EVIDENCE_SIZE_BYTES_MAX,
    responses=described(
        answers.CertificateRead,
        "The verdict with its steps.",
        example=examples.CERTIFICATE_READ,
        faults=(400, 401, 403, 413, 429, 503),
    ),
)
async def read_certificate(
    state: State, body: RawBody, language: Language = None
) -> dict[str, Any]:
    """The verdict on a file, step by step, as `openline verify` gives it.

    It rests on the file alone: nothing that this node holds is asked, and nothing of the
    file is kept. Compare the fingerprints of the root keys with what you know.
    """
    wording = wording_for(state, language)
    # Beside the loop: a large one has thousands of signatures.
    return await asyncio.to_thread(certificate_read, body, wording)


def certificate_read(file: bytes, wording: Wording) -> dict[str, Any]:
    """The verdict on a certificate, as the API tells it.

    Args:
        file: The whole file.
        wording: Says what the message in it says.

    Raises:
        CertificateUnreadable: It is no certificate, or was damaged.
    """
    report = verify_certificate(file)
    return {
        **report.to_json(),
        "claim_said": claim_words(report.claim),
        "said": list(said_rows(report, wording)),
        "sha256": hashlib.sha256(file).hexdigest(),
    }


def certificate(exporter: Exporter, kind: str, parameters: dict[str, Any]) -> bytes:
    """The certificate that is ordered.

    Raises:
        BadRequest: The parameters are not those of the kind.
        OurError: What it needs is not stored here.
    """
    match kind:
        case "message":
            message = _parameters(parameters, AboutMessage)
            return exporter.message(
                message.party,
                message.index,
                with_content=message.with_content,
                epoch=message.epoch,
            )
        case "log-proof":
            entry = _parameters(parameters, AboutMessage)
            return exporter.log_proof(entry.party, entry.index, epoch=entry.epoch).encode()
        case "receipt":
            receipt = _parameters(parameters, AboutReceipt)
            return exporter.receipt(
                receipt.party,
                receipt.index,
                receipt.holder,
                with_content=receipt.with_content,
                epoch=receipt.epoch,
            )
        case "lead-time":
            notice = _parameters(parameters, AboutReceipt)
            return exporter.lead_time(notice.party, notice.index, notice.holder, epoch=notice.epoch)
        case "no-answer":
            answer = _parameters(parameters, AboutAnswer)
            return exporter.no_answer(
                answer.party, answer.index, answer.until, answer.holder, epoch=answer.epoch
            )
        case "use":
            window = _parameters(parameters, AboutWindow)
            return exporter.use(window.party, window.from_, window.until)
        case "non-use":
            window = _parameters(parameters, AboutWindow)
            return exporter.non_use(window.party, window.from_, window.until)
        case "declared":
            declared = _parameters(parameters, AboutDeclared)
            return exporter.declared(declared.party, declared.at)
        case "capture":
            capture = _parameters(parameters, AboutCapture)
            return exporter.capture(capture.index, capture.holder)
        case "fork":
            return exporter.fork(_parameters(parameters, AboutFork).party)
        case _:
            return exporter.state(_parameters(parameters, AboutInstant).at)


def _parameters(given: dict[str, Any], structure: type[_About]) -> _About:
    try:
        return msgspec.convert(given, structure)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        field = f"parameters{where.rstrip('`')}"
        raise BadRequest(f"{field}: {what}.", "See /schema/openapi.json.", field) from None


@post(
    "/lines/{line:str}/courier/export",
    operation_id="exportCourier",
    tags=["files"],
    summary="Write what a courier takes along",
    status_code=200,
    media_type=OCTETS,
    responses=described(None, "The file.", media_type=OCTETS, faults=WRITING),
)
async def export_courier(state: State, line: Line, data: JSONBody[CourierOrder]) -> Response[bytes]:
    """One file with everything that a counterpart has not receipted yet."""
    view_of(state, line)
    running = node_of(state)
    file: bytes = await running.command(ExportCourier(line, data.party, by_of(running, None)))
    return Response(file, media_type=OCTETS)


@post(
    "/lines/{line:str}/courier/import",
    operation_id="importCourier",
    tags=["files"],
    summary="Take in what a courier brought",
    status_code=200,
    request_max_body_size=COURIER_SIZE_BYTES_MAX,
    responses=described(answers.Imported, "Done.", example=examples.IMPORTED, faults=WRITING),
)
async def import_courier(state: State, line: Line, body: RawBody) -> dict[str, Any]:
    """Take in a counterpart's file; every object in it proves itself, as on a circuit."""
    view_of(state, line)
    running = node_of(state)
    result = await running.command(ImportCourier(line, body, by_of(running, None)))
    return {"is_done": True, **(result if isinstance(result, dict) else {})}
