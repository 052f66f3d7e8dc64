"""Prints the OpenAPI document without a node.

`python -m openline.faces.api.document` writes it to standard output. The console's types
are generated from it, so that page and node share one vocabulary.
"""

import sys

from msgspec import json

from openline.faces.api.app import openapi_document

if __name__ == "__main__":
    sys.stdout.buffer.write(json.encode(openapi_document()))
