"""The routes that give or take whole files: certificates and the courier's."""

from typing import Annotated, Any, Final

from litestar import Response, post
from litestar.datastructures import State
from litestar.params import Body

from openline.engine.commands import ExportCourier, ImportCourier
from openline.faces.api import answers, examples
from openline.faces.api.describe import WRITING, described
from openline.faces.api.node import node_of, view_of
from openline.faces.api.reading import Line
from openline.faces.api.schema import CertificateOrder, CourierOrder

COURIER_SIZE_BYTES_MAX: Final = 268_435_456
"""A courier carries what one memory of a machine holds easily: 256 MiB."""

OCTETS: Final = "application/octet-stream"


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

    It is verified offline: `openline verify FILE`.
    """
    view_of(state, line)
    raise NotImplementedError


@post(
    "/lines/{line:str}/courier/export",
    operation_id="exportCourier",
    tags=["files"],
    summary="Write what a courier takes along",
    status_code=200,
    media_type=OCTETS,
    responses=described(None, "The file.", media_type=OCTETS, faults=WRITING),
)
async def export_courier(state: State, line: Line, data: CourierOrder) -> Response[bytes]:
    """One file with everything that a counterpart has not receipted yet."""
    view_of(state, line)
    file: bytes = await node_of(state).command(ExportCourier(line, data.party))
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
async def import_courier(
    state: State, line: Line, data: Annotated[bytes, Body(media_type=OCTETS)]
) -> dict[str, Any]:
    """Take in a counterpart's file; every object in it proves itself, as on a circuit."""
    view_of(state, line)
    result = await node_of(state).command(ImportCourier(line, data))
    return {"is_done": True, **(result if isinstance(result, dict) else {})}
