#!/bin/sh
# Writes requirements/*.txt anew from pyproject.toml: every version pinned, every file hashed,
# for every platform and Python from 3.11 on, without the address it came from.
#
# usage: scripts/lock.sh [--upgrade]        (make lock, make lock ARGS=--upgrade)
# UV names the resolver; `make lock` installs it from requirements/lock.txt.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}

# Only the resolver's own defaults count: no configuration of the machine may leak into a lock.
unset UV_INDEX UV_INDEX_URL UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_CONSTRAINT

compile() {
    output=requirements/$1.txt
    shift
    echo "lock: $output" >&2
    "$uv" --no-config pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
        --output-file "$output" "$@" >/dev/null
}

# Each set takes the versions of the one before it, so that they can share one environment.
compile run pyproject.toml --constraint requirements/bounds.in "$@"
compile postgresql pyproject.toml --extra postgresql --constraint requirements/run.txt "$@"
compile console pyproject.toml --extra console --constraint requirements/run.txt "$@"
compile test pyproject.toml --extra test --extra oracles --extra fast --extra trafilatura \
    --extra peers --extra postgresql --constraint requirements/console.txt "$@"
compile check pyproject.toml --extra test --extra oracles --extra fast --extra trafilatura \
    --extra peers --extra postgresql --extra check --constraint requirements/test.txt "$@"
compile fuzz pyproject.toml --extra test --extra fuzz --constraint requirements/check.txt "$@"
compile build requirements/build.in --constraint requirements/check.txt "$@"
compile lock requirements/lock.in "$@"
compile taky requirements/taky.in "$@"
