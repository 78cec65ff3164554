#!/usr/bin/env bash
# Uses the server as its clients do:
#
#   tests/server.sh [PART]…    both parts unless some are named
#
# openapi    Requests that schemathesis makes from the description that the server serves.
# page       The page in headless Chromium, without a token and with one. SCREENSHOTS names a folder
#            for pictures at three widths, light and dark.
#
# Tools are installed from Debian, PyPI and npm; schemathesis and playwright-core go into the target
# folder. If a tool cannot be had, the part is skipped.
# Exit status: 0 all parts that ran passed, 1 something is wrong, 77 everything was skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
source .ci/debian.sh
source .ci/build.sh

tools=$CARGO_TARGET_DIR/tools
# It runs on the Node.js 18 of Debian 12.
playwright_version=1.60.0
playwright=$tools/playwright-$playwright_version
server=$CARGO_TARGET_DIR/debug/statevec-server
plugin=$CARGO_TARGET_DIR/debug/libstatevec_bank_so.so
work=$(mktemp -d)
process=
trap '[ -z "$process" ] || kill "$process"; rm -rf "$work"' EXIT

main() {
    local part status done_any=0 failed=0
    [ $# -gt 0 ] || set -- openapi page
    cargo build --quiet -p statevec-server -p statevec-bank-so || exit 1
    for part in "$@"; do
        case $part in
            openapi | page) ;;
            *) echo "$part is neither openapi nor page" >&2; exit 2 ;;
        esac
        echo "--- $part"
        "part_$part"
        status=$?
        [ "$status" = 77 ] || done_any=1
        [ "$status" = 0 ] || [ "$status" = 77 ] || failed=1
    done
    [ "$failed" = 0 ] || exit 1
    [ "$done_any" = 1 ] || exit 77
}

part_openapi() {
    local said
    need python3 python3 python3-venv || return
    [ -x "$tools/schemathesis/bin/schemathesis" ] || said=$(
        exec 2>&1
        python3 -m venv "$tools/schemathesis" &&
            "$tools/schemathesis/bin/pip" install --quiet 'schemathesis==4.32.*'
    ) || {
        rm -rf "$tools/schemathesis"
        echo "skipped, because schemathesis cannot be installed: $(tail -1 <<<"$said")"
        return 77
    }
    SCHEMATHESIS=$tools/schemathesis/bin/schemathesis \
        std-host/server/tests/openapi/check.sh "$server" "$plugin" 60
}

part_page() {
    local said
    need chromium chromium fonts-dejavu-core && need node nodejs && need npm npm || return
    [ -d "$playwright/node_modules" ] || said=$(
        npm install --prefix "$playwright" --no-audit --no-fund "playwright-core@$playwright_version" 2>&1
    ) || {
        echo "skipped, because npm does not install playwright-core: $(grep -m1 error <<<"$said")"
        return 77
    }
    echo "a-secret-of-the-page-test" >"$work/token"
    use_page && use_page --token-file "$work/token" && use_page_of_replica
}

use_page_of_replica() {
    local nats url=nats://127.0.0.1:24333 status
    need nats-server nats-server || return 0
    nats-server -a 127.0.0.1 -p 24333 -js -sd "$work/nats" -l "$work/nats.log" &
    nats=$!
    until "$server" init-stream --nats "$url" --stream BANK --stream-replicas 1 >/dev/null 2>&1; do
        sleep 0.5
    done
    REPLICAS=1 use_page --nats "$url" --stream BANK
    status=$?
    kill "$nats"
    return "$status"
}

# use_page [OPTION OF THE SERVER]…
use_page() {
    local folder status address token=
    [ "${1:-}" != --token-file ] || token=$2
    folder=$(mktemp -d -p "$work")
    "$server" --plugin "$plugin" --data "$folder/data" --listen 127.0.0.1:0 "$@" 2>"$folder/log" &
    process=$!
    # The server prints its address when it is ready.
    address=$(timeout 20 tail --follow --lines=+1 --pid="$process" "$folder/log" |
        grep --max-count=1 --only-matching 'ready: http://[^/]*/')
    address=${address#ready: }
    PLAYWRIGHT=$playwright/node_modules/playwright-core timeout 120 node \
        std-host/server/tests/page.mjs "$address" "${SCREENSHOTS:-$folder}" ${token:+"$(cat "$work/token")"}
    status=$?
    kill -TERM "$process"
    wait "$process" || status=1
    process=
    [ "$status" = 0 ] && echo "the page works${1:+ with $1}" || cat "$folder/log"
    return "$status"
}

main "$@"
