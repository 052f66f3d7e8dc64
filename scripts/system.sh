#!/bin/sh
# Installs the system packages that Openline's targets use, and says which and why.
#
# Today that is only Python with its venv module, and only where it is missing: databases,
# browsers and packet tools are not used by any test yet. Safe to run again; asks nothing.
set -eu
cd "$(dirname "$0")/.."

if python=$(scripts/find-python.sh 2>/dev/null); then
    echo "system: Python is here ($("$python" --version)); nothing else is used; nothing to install."
    exit 0
fi

# package            what it is for
packages='
python3             runs Openline
python3-venv        makes .venv
'

names=$(printf '%s' "$packages" | awk 'NF { print $1 }')
echo "system: these packages are to be installed:"
printf '%s' "$packages" | sed -n '/./s/^/  /p'

if ! command -v apt-get >/dev/null 2>&1; then
    echo "system: apt-get is not here. Install the like of these with this system's own tool." >&2
    exit 1
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "system: this needs root. Run it as root, or install sudo." >&2
        exit 1
    fi
    as_root=sudo
fi

$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
# The names are split into words on purpose.
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $names

scripts/find-python.sh >/dev/null
echo "system: done."
