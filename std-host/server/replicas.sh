#!/usr/bin/env bash
# Starts three NATS nodes and three replicas of the bank on this machine, sends commands, kills a node
# and a replica meanwhile, and shows that all digests are equal.
#
#   std-host/server/replicas.sh          ends when the digests were shown
#   std-host/server/replicas.sh --keep   leaves nodes and replicas running until Ctrl-C
#
# It needs nats-server (Debian has it), curl and cargo. NATS_SERVER names another server program.
set -euo pipefail
cd "$(dirname "$0")/../.."

nats=${NATS_SERVER:-nats-server}
work=$(mktemp -d)
urls=nats://127.0.0.1:24221,nats://127.0.0.1:24222,nats://127.0.0.1:24223
declare -A processes
trap 'kill -9 "${processes[@]}" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT

main() {
    cargo build --quiet -p statevec-server -p statevec-bank-so
    target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
    for number in 1 2 3; do node "$number"; done
    until (server init-stream) >"$work/init" 2>&1; do sleep 0.5; done
    cat "$work/init"
    for number in 1 2 3; do replica "$number"; done
    for number in 1 2 3; do ready "$number"; done

    send 1 1000
    echo "killing node 2 and replica 3"
    kill -9 "${processes[node2]}" "${processes[replica3]}"
    wait "${processes[node2]}" "${processes[replica3]}" 2>/dev/null || true
    send 1 1000
    echo "starting both again"
    node 2
    replica 3
    ready 3
    send 2 1000
    show
    [ "${1:-}" != --keep ] || { echo "http://127.0.0.1:17341/ shows the first one; Ctrl-C ends all"; wait; }
}

# A process of its own, whose number a signal reaches.
server() {
    exec "$target/debug/statevec-server" "$@" --nats "$urls" --stream BANK
}

node() {
    cat >"$work/node$1.conf" <<-END
	server_name: node$1
	listen: 127.0.0.1:2422$1
	jetstream { store_dir: "$work/node$1" }
	cluster {
	    name: bank, listen: 127.0.0.1:2522$1
	    routes: [nats://127.0.0.1:25221, nats://127.0.0.1:25222, nats://127.0.0.1:25223]
	}
	END
    "$nats" -c "$work/node$1.conf" -l "$work/node$1.log" &
    processes[node$1]=$!
}

replica() {
    server --plugin "$target/debug/libstatevec_bank_so.so" --data "$work/replica$1" \
        --listen "127.0.0.1:1734$1" --replica-name "replica$1" --advertise "http://127.0.0.1:1734$1" \
        2>>"$work/replica$1.log" &
    processes[replica$1]=$!
}

ready() {
    until curl -sf "http://127.0.0.1:1734$1/health" >/dev/null; do sleep 0.2; done
}

# send REPLICA COMMANDS: a request that fails is sent again with its key, and runs once.
send() {
    local part key i
    for ((part = 0; part < $2 / 100; part++)); do
        for ((i = 1; i <= 100; i++)); do
            echo "{\"command\":\"Deposit\",\"payload\":{\"account_id\":$i,\"amount\":$((part + 1))}}"
        done >"$work/commands"
        key=$RANDOM-$SECONDS-$part
        until curl -sf "http://127.0.0.1:1734$1/commands" -H 'Content-Type: application/x-ndjson' \
            -H "Idempotency-Key: $key" --data-binary "@$work/commands" >/dev/null; do
            sleep 0.5
        done
    done
    echo "sent $2 commands to replica $1"
}

show() {
    local number place
    for number in 1 2 3; do
        until [ "$(field "$number" ext_seq)" = "$(field 2 ext_seq)" ]; do sleep 0.2; done
        place="ext_seq $(field "$number" ext_seq), digest $(field "$number" digest)"
        echo "replica $number: $place"
        places+=("$place")
    done
    [ "$(printf '%s\n' "${places[@]}" | sort -u | wc -l)" = 1 ] || { echo "they differ" >&2; exit 1; }
    echo "all digests are equal"
}
places=()

# field REPLICA NAME: of its own description, which comes before those of the others.
field() {
    curl -s "http://127.0.0.1:1734$1/replicas" | sed "s/\"others\".*//; s/.*\"$2\":\"\{0,1\}\([^,\"]*\).*/\1/"
}

main "$@"
