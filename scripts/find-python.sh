#!/bin/sh
# Prints the path of a Python that can run Openline (3.11 or later, able to make a virtual
# environment), or says which were found, why each will not do, and what to install.
#
# PYTHON names one to use instead of looking for it.
set -u

question='
import sys
if sys.version_info < (3, 11):
    sys.exit("is Python %d.%d; 3.11 or later is needed" % sys.version_info[:2])
try:
    import ensurepip, venv
except ImportError as error:
    sys.exit("cannot make a virtual environment (%s)" % error)
print(sys.executable)
'

refused=
for name in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3 python}; do
    command -v "$name" >/dev/null 2>&1 || continue
    if answer=$("$name" -c "$question" 2>&1); then
        printf '%s\n' "$answer"
        exit 0
    fi
    refused="$refused
  $(command -v "$name"): $(printf '%s' "$answer" | tail -n 1)"
done

{
    if [ -n "$refused" ]; then
        echo "No Python here can run Openline:$refused"
    else
        echo "No Python was found${PYTHON:+ under the name $PYTHON}."
    fi
    echo "Install Python 3.11 or later with its venv module, or name one: make PYTHON=/path/to/python3.11"
    echo "On Debian and Ubuntu, 'make system' installs it."
} >&2
exit 1
