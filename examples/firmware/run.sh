#!/usr/bin/env bash
# Builds the firmware, runs it in QEMU, runs the same commands on the server's host, and compares:
# outcome by outcome, event by event, and the digest of all records. Fails on any difference.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/toolchain.sh"

firmware_cargo $machine build --bin statevec-firmware
emulate statevec-firmware >"$target_dir/firmware.txt" || {
    status=$?
    tail -n 3 "$target_dir/firmware.txt"
    echo "firmware: ended with status $status"
    exit 1
}
cargo run --manifest-path "$here/Cargo.toml" -p statevec-firmware-server -- bank tally >"$target_dir/server.txt"

if ! diff --unified --label server "$target_dir/server.txt" --label firmware "$target_dir/firmware.txt"; then
    echo "firmware: differs from the server (- server, + firmware)"
    exit 1
fi
count() { grep --count --extended-regexp "$1" "$target_dir/firmware.txt"; }
echo "firmware: same as the server: $(count ' (committed|rejected) ') outcomes, $(count '^  event') events, $(count '^digest') digests of all records"
