#!/usr/bin/env bash
# Checks every promise about plugins in firmware: the same outcomes, events and records as on the
# server, on Cortex-M4, Armv6-M and RISC-V; no allocator; budgets of flash and stack. Prints a
# summary, and fails when a promise is broken. A part that cannot run here is skipped with the
# reason.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/toolchain.sh"
log=$target_dir/check.log

fail() {
    echo "firmware: $1"
    exit 1
}

# The images have no clippy of their own: their target's core is built by another compiler.
cargo fmt --manifest-path "$here/Cargo.toml" --check
cargo clippy --manifest-path "$here/Cargo.toml" --all-targets -p statevec-firmware-server -p statevec-tally -p statevec-tally-so -p statevec-transcript -- -D warnings

# The default form comes last, and leaves its images and programs behind.
for form in terse default; do
    "$here/run.sh" $form
    "$here/record.sh" $form
done
firmware_cargo $machine build --bins -p statevec-firmware
cargo test --manifest-path "$here/Cargo.toml" -p statevec-firmware-server --tests

# No allocator: no symbol of one is in the image, and a crate that needs one cannot be linked in.
symbols=$(nm --demangle "$(image $machine statevec-firmware)") || fail "nm cannot read the image"
grep --quiet statevec_abi <<<"$symbols" || fail "the image has no symbols to look at"
if grep --extended-regexp '__rust_(no_)?alloc|__rg_|\balloc::' <<<"$symbols"; then
    fail "an allocator is linked in"
fi
if firmware_cargo $machine build --bin statevec-firmware --features alloc-in-graph >"$log" 2>&1; then
    fail "an image with alloc in its graph was built"
fi
grep --quiet --extended-regexp "can't find crate for .alloc|no global memory allocator found" "$log" || {
    tail -n 20 "$log"
    fail "a build with alloc in its graph failed for another reason"
}
echo "firmware: no allocator: no symbol, and alloc in the graph does not build"

# A boxed plugin in an image with a heap: the server's outcomes, and after each command the heap is
# back where it was (the image itself ends with status 3 otherwise).
libraries=core,alloc firmware_cargo $machine build -p statevec-firmware-heap
emulate statevec-firmware-heap >"$target_dir/heap.txt" || fail "the image with a heap ended with status $?"
heap=$(grep '^heap: ' "$target_dir/heap.txt") || fail "the image with a heap does not report it"
cargo run --manifest-path "$here/Cargo.toml" -p statevec-firmware-server -- inventory >"$target_dir/heap-server.txt"
diff --unified --label server "$target_dir/heap-server.txt" --label firmware <(grep -v '^heap: ' "$target_dir/heap.txt") ||
    fail "the boxed plugin differs from the server"
echo "firmware: boxed plugin: the same as the server; $heap"

cargo test --manifest-path "$here/../../Cargo.toml" -p statevec-abi --features terse --test terse --test layers
"$here/report.sh" --check

# compare_on TARGET QEMU-PROGRAM DEBIAN-PACKAGE QEMU-ARGUMENT…: builds the image for another target,
# and compares its run with the server's.
compare_on() {
    local target=$1 qemu=$2 package=$3 reason
    shift 3
    if ! can_build "$target"; then
        echo "firmware: $target: skipped, because its target is not installed: rustup target add $target"
        return
    fi
    firmware_cargo "$target" build -p statevec-firmware --bin statevec-firmware --bin small --bin empty
    if ! reason=$(need "$qemu" "$package"); then
        echo "firmware: $target: built and linked; not run, because ${reason#skipped, because }"
        return
    fi
    timeout 120 "$qemu" "$@" -nographic -semihosting-config enable=on,target=native \
        -kernel "$(image "$target" statevec-firmware)" </dev/null >"$target_dir/$target.txt"
    diff --unified --label server "$target_dir/server-default.txt" --label "$target" "$target_dir/$target.txt" ||
        fail "$target differs from the server"
    echo "firmware: $target: the same as the server; core, store and a small plugin add $(added_on "$target") bytes of flash"
}

# Bytes of flash that StateVec adds to an image of a target.
added_on() {
    size "$(image "$1" small)" "$(image "$1" empty)" | awk 'NR == 2 { small = $1 + $2 } NR == 3 { print small - $1 - $2 }'
}

# Armv6-M: no compare-exchange, as on the Cortex-M0 and the RP2040. The Cortex-M3 runs its
# instructions.
compare_on thumbv6m-none-eabi qemu-system-arm qemu-system-arm -M mps2-an385 -cpu cortex-m3
compare_on riscv32imac-unknown-none-elf qemu-system-riscv32 qemu-system-misc -M virt -bios none
