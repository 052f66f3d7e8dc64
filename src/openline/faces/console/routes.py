"""The routes of all pages, for the application that serves them."""

from typing import Final

from openline.faces.console import (
    act_pages,
    matter_pages,
    notice_pages,
    pages,
    pictures,
    proof_pages,
    statement_pages,
)

ROUTES: Final = (
    *pages.ROUTES,
    *notice_pages.ROUTES,
    *pictures.ROUTES,
    *matter_pages.ROUTES,
    *proof_pages.ROUTES,
    *statement_pages.ROUTES,
    *act_pages.ROUTES,
)
