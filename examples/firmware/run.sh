#!/usr/bin/env bash
# Builds the firmware, runs it in QEMU, runs the same commands on the server's host, and compares:
# outcome by outcome, event by event, and the digest of all records. Fails on any difference.
#
# run.sh terse does so with short texts on both sides. Then it compares with the server's default
# form, too, except for the texts.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/toolchain.sh"
form=${1:-default}

# The arguments of a form are several words, or none.
read -r -a image_features <<<"$(image_features "$form")"
firmware_cargo $machine build -p statevec-firmware --bin statevec-firmware "${image_features[@]}"
emulate statevec-firmware >"$target_dir/firmware.txt" || {
    status=$?
    tail -n 3 "$target_dir/firmware.txt"
    echo "firmware: ended with status $status"
    exit 1
}
# server FORM: runs the commands on the server's host.
server() {
    local features
    read -r -a features <<<"$(host_features "$1")"
    cargo run --manifest-path "$here/Cargo.toml" -p statevec-firmware-server "${features[@]}" -- bank tally
}
compare() {
    if ! diff --unified --label server "$1" --label firmware "$2"; then
        echo "firmware: $form: differs from the server (- server, + firmware)"
        exit 1
    fi
}
server "$form" >"$target_dir/server-$form.txt"
compare "$target_dir/server-$form.txt" "$target_dir/firmware.txt"
if [ "$form" != default ]; then
    server default >"$target_dir/server-default.txt"
    without_texts() { sed -E 's/^([0-9]+ (rejected|failed) [0-9]+) .*/\1/' "$1"; }
    grep --quiet --extended-regexp '^[0-9]+ rejected [0-9]+ .' "$target_dir/firmware.txt" || {
        echo "firmware: $form: no outcome has a text"
        exit 1
    }
    compare <(without_texts "$target_dir/server-default.txt") <(without_texts "$target_dir/firmware.txt")
    echo "firmware: $form: the same as the server's default form, except for texts"
fi
count() { grep --count --extended-regexp "$1" "$target_dir/firmware.txt"; }
echo "firmware: $form: same as the server: $(count ' (committed|rejected) ') outcomes, $(count '^  event') events, $(count '^digest') digests of all records"
