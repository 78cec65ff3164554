#!/usr/bin/env bash
# Runs the whole test suite many times, with one test at a time and with one per core, to find tests
# that pass only by luck.
#
#   tests/repeat.sh [TIMES]    20 times each unless told otherwise
#
# Everything is built once. The first failure ends the script with exit status 1, the number of the
# run and the output of the tests.
set -uo pipefail
cd "$(dirname "$0")/.."
source .ci/build.sh

times=${1:-20}
if ! [[ $times =~ ^[1-9][0-9]*$ ]] || [ $# -gt 1 ]; then
    echo "usage: tests/repeat.sh [TIMES]" >&2
    exit 2
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT

main() {
    cargo test --workspace --no-run --quiet || exit
    one_after_another "one test at a time" --test-threads=1
    one_after_another "tests side by side"
}

# one_after_another NAME [ARGUMENT OF THE TEST BINARIES]…
one_after_another() {
    local name=$1 run began
    shift
    for ((run = 1; run <= times; run++)); do
        began=$SECONDS
        if ! cargo test --workspace -- "$@" >"$log" 2>&1; then
            grep -v ' \.\.\. ok$' "$log" >&2
            echo "FAILED: $name, run $run of $times" >&2
            exit 1
        fi
        echo "$name, run $run of $times: $(passed) tests in $((SECONDS - began)) s"
    done
    echo "ok: $name, $times times in a row"
}

passed() {
    awk '/^test result: ok\./ { sum += $4 } END { print sum + 0 }' "$log"
}

main
