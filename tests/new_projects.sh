#!/usr/bin/env bash
# Makes a project of each form outside the checkout, and runs all that its README names: build,
# tests, lints, a run, a recorded run and its replay. Firmware runs in QEMU if its tools are here.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
source "$repository/.ci/debian.sh"
source "$repository/.ci/build.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The projects share dependencies with each other and with the repository.
cargo build --quiet --release --manifest-path "$repository/Cargo.toml" -p statevec-host
export PATH=$CARGO_TARGET_DIR/release:$PATH
cd "$work"

statevec-host new my-ledger --with-firmware --statevec "$repository"
statevec-host new boxed-ledger --boxed --statevec "$repository"
for project in my-ledger boxed-ledger; do
    (cd "$project" && ./ci.sh)
    statevec-host run --plugin "$project" --commands "$project/commands.jsonl" --quiet >outcomes.jsonl
    diff "$repository/std-host/templates/shared/expected.jsonl" outcomes.jsonl
done

need make make || exit
statevec-host new c-ledger --c
make -C c-ledger
make -C c-ledger check

# Ends the subshell with status 77 and a reason if there are no tools.
run_firmware() (
    source "$repository/examples/firmware/toolchain.sh"
    here=$work/my-ledger/firmware
    firmware_cargo "$machine" build --quiet
    emulate my-ledger-firmware
)
printed=$(run_firmware) && status=0 || status=$?
printf '%s\n' "$printed"
[ $status = 77 ] || {
    [ $status = 0 ]
    grep -qx '1 committed, 1 event' <<<"$printed"
    grep -q '^2 .*item 7 has fewer than 61$' <<<"$printed"
}
echo "new: projects of 3 forms build, pass their tests, run and replay"
