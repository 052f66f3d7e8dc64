#!/bin/sh
# Installs the system packages that Openline's targets use, and says which and why.
#
# Python with its venv module is needed by all; Chromium by the tests of the console, a receiver of
# aircraft by one test of feeds, faketime by one of clocks, coturn by those of calls through a relay,
# opus-tools by those of voice notes, PostgreSQL by those of the store in a database: without it
# they are skipped, and say so.
# PostGIS is needed only by `make bench`, which measures the conflict engine beside it and goes
# without it, and says so.
# What is here is left alone. Safe to run again; asks nothing.
set -eu
cd "$(dirname "$0")/.."

# package            what it is for
needed='
python3             runs Openline
python3-venv        makes .venv
'
if python=$(scripts/find-python.sh 2>/dev/null); then
    echo "system: Python is here ($("$python" --version))."
    needed=
fi

# The name without a version depends on the PostgreSQL that Debian or Ubuntu has. Tests and bench
# start servers of their own; the one that the package may set up is not touched.
compared='
postgresql-postgis  PostgreSQL with PostGIS: the store in a database, and a peer of the conflict engine
'
# Its library, and not its scripts: these may be there without it.
for library in /usr/lib/postgresql/*/lib/postgis-*.so; do
    if [ -e "$library" ]; then
        echo "system: PostGIS is here ($library)."
        compared=
    fi
done

driven='
chromium            the browser that the tests of the console drive
'
for browser in chromium chromium-browser; do
    if found=$(command -v "$browser"); then
        echo "system: Chromium is here ($found)."
        driven=
    fi
done

heard='
dump1090-mutability the receiver of aircraft that a test of feeds lets hear radio of its own
'
if found=$(command -v dump1090-mutability); then
    echo "system: dump1090-mutability is here ($found)."
    heard=
fi

set_back='
faketime            lets a test set the clock of a node that runs, by minutes and by years
'
for library in /usr/lib/*/faketime/libfaketimeMT.so.1; do
    if [ -e "$library" ]; then
        echo "system: faketime is here ($library)."
        set_back=
    fi
done

relayed='
coturn              a TURN relay: tests of calls through one start servers of their own
'
for relay in turnserver /usr/sbin/turnserver /usr/local/bin/turnserver; do
    if found=$(command -v "$relay"); then
        echo "system: coturn is here ($found)."
        relayed=
        break
    fi
done

spoken='
opus-tools          encoder and player of others, for tests of voice notes
'
if found=$(command -v opusenc); then
    echo "system: opus-tools are here ($found)."
    spoken=
fi

packages="$needed$driven$heard$set_back$relayed$spoken$compared"
names=$(printf '%s' "$packages" | awk 'NF { print $1 }')
if [ -z "$names" ]; then
    echo "system: nothing to install."
    exit 0
fi
echo "system: these packages are to be installed:"
printf '%s' "$packages" | sed -n '/./s/^/  /p'

# Says why nothing can be installed. That is a failure only if Python is missing.
cannot() {
    echo "system: $1" >&2
    [ -z "$needed" ] || exit 1
    echo "system: NOT INSTALLED, and gone without:$(printf '%s' "$driven$heard$set_back$relayed$spoken$compared" | awk 'NF { printf " %s", $1 }')" >&2
    exit 0
}

if ! command -v apt-get >/dev/null 2>&1; then
    cannot "apt-get is not here. Install the like of these with this system's own tool."
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        cannot "this needs root. Run it as root, or install sudo."
    fi
    as_root=sudo
fi

$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
# The names are split into words on purpose.
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $names

# The package starts a relay for everybody at once; whoever wants one sets it up first.
if [ -n "$relayed" ] && command -v systemctl >/dev/null 2>&1; then
    $as_root systemctl disable --now coturn >/dev/null 2>&1 ||
        echo "system: if this system has started coturn, stop it: tests start servers of their own." >&2
fi

scripts/find-python.sh >/dev/null
echo "system: done."
