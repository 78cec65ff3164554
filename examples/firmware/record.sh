#!/usr/bin/env bash
# Runs the image that records its entries, and compares its logs with the server: every entry byte
# for byte, the digest after it included. Then `statevec-host replay` runs the recorded commands
# again: with the same plugins it finds no difference, and with a tally of which one character was
# changed it names the command and the field. Fails on any other result.
#
# record.sh terse does so with short texts on both sides.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/toolchain.sh"
form=${1:-default}
# The arguments of a form are several words, or none.
read -r -a host_features <<<"$(host_features "$form")"
read -r -a image_features <<<"$(image_features "$form")"

logs=$target_dir/logs
rm -rf "$logs"
mkdir -p "$logs"
firmware_cargo $machine build -p statevec-firmware --bin recorder "${image_features[@]}"
(cd "$logs" && emulate recorder >recorder.txt) || {
    cat "$logs/recorder.txt"
    echo "firmware: recording ended with an error"
    exit 1
}
check_log() {
    (cd "$logs" && cargo run --quiet --manifest-path "$here/Cargo.toml" \
        -p statevec-firmware-server "${host_features[@]}" --bin check-log -- "$@")
}
for plugin in bank tally; do
    check_log $plugin $plugin.txlog $plugin-recent.txlog | sed "s/^/firmware: $form: recorded: /"
done
# The comparison can fail: the log of one plugin is not the other's.
if check_log bank tally.txlog >"$logs/other.txt" 2>&1; then
    echo "firmware: a log of the tally passed for one of the bank"
    exit 1
fi

# The program replays the logs, with the plugins as shared libraries.
root=$(realpath "$here/../..")
cargo build --quiet --manifest-path "$root/Cargo.toml" -p statevec-host -p statevec-bank-so "${host_features[@]}"
cargo build --quiet --manifest-path "$here/Cargo.toml" -p statevec-tally-so "${host_features[@]}"
replay() {
    "$CARGO_TARGET_DIR/debug/statevec-host" replay "$logs/$1.txlog" --plugin "$2" --quiet
}
for plugin in bank tally; do
    replay $plugin "$CARGO_TARGET_DIR/debug/libstatevec_${plugin}_so.so" |
        sed -n "1s/^/firmware: $form: replay of $plugin: /p" | grep 'nothing differs' || {
        echo "firmware: the replay of $plugin differs"
        exit 1
    }
done

# A tally that counts one time too many.
changed=$target_dir/changed
rm -rf "$changed"
cp -r "$here" "$changed"
sed -i "s|path = \"\.\./\.\./|path = \"$root/|; s|path = \"\.\./|path = \"$root/examples/|" "$changed/Cargo.toml"
# A name of its own, since it is built beside the right one.
sed -i 's/^name = "statevec-tally-so"/name = "statevec-changed-tally-so"/' "$changed/tally/so/Cargo.toml"
sed -i 's/times().wrapping_add(1)/times().wrapping_add(2)/' "$changed/tally/src/lib.rs"
[ "$(cmp -l "$here/tally/src/lib.rs" "$changed/tally/src/lib.rs" | wc -l)" = 1 ] || {
    echo "firmware: the changed tally does not differ in one character"
    exit 1
}
cargo build --quiet --manifest-path "$changed/Cargo.toml" -p statevec-changed-tally-so "${host_features[@]}"
status=0
replay tally "$CARGO_TARGET_DIR/debug/libstatevec_changed_tally_so.so" >"$logs/changed.txt" 2>&1 || status=$?
[ $status = 3 ] && grep --quiet 'Count {"name":"apples".*field times' "$logs/changed.txt" || {
    cat "$logs/changed.txt"
    echo "firmware: the replay of a changed tally ended with status $status, not with its difference"
    exit 1
}
sed -n "s/^first difference: /firmware: $form: replay of a changed tally: /p" "$logs/changed.txt"
