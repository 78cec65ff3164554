#!/usr/bin/env bash
# Checks a server with requests that schemathesis makes from the description that it serves:
#
#   tests/openapi/check.sh SERVER PLUGIN [EXAMPLES]
#
# SCHEMATHESIS names the program. The first run must have all that the description allows accepted,
# and all else refused (strict.py); the second one sends bodies of every kind.
set -euo pipefail
server=$(realpath "$1") plugin=$(realpath "$2") examples=${3:-100}
hooks=$(realpath "$(dirname "$0")")
schemathesis=${SCHEMATHESIS:-schemathesis}
folder=$(mktemp -d)
trap '[ -z "${process:-}" ] || kill "$process" 2>/dev/null || true; rm -rf "$folder"' EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$server" --plugin "$plugin" --data "$folder/data" --listen "127.0.0.1:$port" 2>"$folder/log" &
process=$!
check() {
    "$schemathesis" run "http://127.0.0.1:$port/openapi.json" --max-examples "$examples" \
        --seed 1 --request-timeout 10 --wait-for-schema 20 --no-color "$@"
}
cd "$folder"
export PYTHONPATH=$hooks
SCHEMATHESIS_HOOKS=strict check
SCHEMATHESIS_HOOKS=waiting check --exclude-checks positive_data_acceptance

kill -TERM "$process"
wait "$process"
if grep -q panicked "$folder/log"; then
    cat "$folder/log"
    exit 1
fi
