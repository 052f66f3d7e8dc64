"""`python -m openline`: the command line."""

import sys

from openline.faces.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
