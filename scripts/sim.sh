#!/bin/sh
# The longer run of the simulator: some ten line-years on two workers; or one run, as the words say.
set -eu
bin=${BIN:-.venv/bin}
if [ "$#" -gt 0 ]; then
  exec "$bin/openline" sim "$@"
fi

# Each worker has long runs, in which ticks are far apart, and short ones with the other faults.
worker() {
  "$bin/openline" sim --seed "$1" --runs 20 --days 90 --profile "$2" &&
    "$bin/openline" sim --seed "$1" --runs 6 --days 1 --profile "$3" &&
    "$bin/openline" sim --seed "$1" --runs 4 --days 0.2 --profile "$4"
}

worker 100 swarm swizzle byzantine &
first=$!
worker 200 restore upgrade busy &
second=$!
status=0
wait "$first" || status=1
wait "$second" || status=1
exit "$status"
