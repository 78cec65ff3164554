#!/usr/bin/env bash
# Runs the image that records its entries, and compares its logs with the server: every entry byte
# for byte, the digest after it included. Fails on any difference.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/toolchain.sh"

logs=$target_dir/logs
rm -rf "$logs"
mkdir -p "$logs"
firmware_cargo $machine build --bin recorder
(cd "$logs" && emulate recorder >recorder.txt) || {
    cat "$logs/recorder.txt"
    echo "firmware: recording ended with an error"
    exit 1
}
check_log() {
    (cd "$logs" && cargo run --quiet --manifest-path "$here/Cargo.toml" \
        -p statevec-firmware-server --bin check-log -- "$@")
}
for plugin in bank tally; do
    check_log $plugin $plugin.txlog $plugin-recent.txlog | sed 's/^/firmware: recorded: /'
done
# The comparison can fail: the log of one plugin is not the other's.
if check_log bank tally.txlog >"$logs/other.txt" 2>&1; then
    echo "firmware: a log of the tally passed for one of the bank"
    exit 1
fi
