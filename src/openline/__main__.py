"""`python -m openline`: the command line."""

from openline.faces.cli.main import main

if __name__ == "__main__":
    main()
