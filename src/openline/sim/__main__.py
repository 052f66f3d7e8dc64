"""`python -m openline.sim` is `openline sim`."""

import sys

from openline.faces.cli.main import main

if __name__ == "__main__":
    sys.argv.insert(1, "sim")
    main()
