#!/usr/bin/env bash
# What the contract looks like on every target, and the tests on targets that this machine is not.
#
#   tests/targets.sh            compares with tests/golden/layout.tsv, and runs the foreign tests
#   tests/targets.sh --bless    rewrites the table
#
# 1. The package `statevec-layout` is compiled for every target, and with it core and its layout assertions. Its object file holds the layout of every type
#    as text, which the target's compiler wrote: it must be the target's column of the table. A compiler for a target is rustup's, if it has the
#    target, and else Debian's `rustc-web` with its own library sources, which needs no further download.
# 2. Core's tests, and those of the comparison with the published crates, run under qemu on a 32-bit and on a big-endian target: encodings
#    must not depend on either. What the C header says there is compared, too.
#
# What is missing is installed if this is Debian and we are root; what cannot be had is skipped, and the reason printed.
# Exit status: 0 all done was in order, 1 something differs, 77 everything was skipped.
set -uo pipefail
cd "$(dirname "$0")/.."

targets=(
    x86_64-unknown-linux-gnu
    i686-unknown-linux-gnu
    aarch64-unknown-linux-gnu
    thumbv6m-none-eabi
    thumbv7em-none-eabihf
    riscv32imac-unknown-none-elf
    wasm32-unknown-unknown
    s390x-unknown-linux-gnu
)
golden=tests/golden/layout.tsv
# A folder of its own: another compiler writes here, and should not disturb the usual one's work.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/targets"
# Nobody debugs what is built here, and most of the time goes into it.
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0 CARGO_INCREMENTAL=0
failed=0 done_any=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

main() {
    for target in "${targets[@]}"; do
        layout_of "$target" >"$work/$target" || rm -f "$work/$target"
    done
    if [ "${1:-}" = --bless ]; then
        bless
    else
        for target in "${targets[@]}"; do
            [ -f "$work/$target" ] && compare "$target"
        done
        foreign_tests i686-unknown-linux-gnu i686-linux-gnu qemu-i386
        foreign_tests s390x-unknown-linux-gnu s390x-linux-gnu qemu-s390x
    fi
    [ "$failed" = 0 ] || exit 1
    [ "$done_any" = 1 ] || exit 77
}

# The lines of a target's layout table, from the object file.
layout_of() {
    local target=$1 file="$CARGO_TARGET_DIR/$1/debug/libstatevec_layout.rlib"
    if ! compiler_for "$target"; then
        skipped "layout of $target" "neither rustup has this target nor is Debian's rustc-web with rust-web-src at hand"
        return 1
    fi
    if ! "${cargo[@]}" build --quiet -p statevec-layout --target "$target" "${build_std[@]}" >&2; then
        wrong "core does not compile for $target"
        return 1
    fi
    LC_ALL=C awk '/^begin of the layout table$/ { on = 1; next } /^end of the layout table$/ { exit } on' "$file"
}

compare() {
    local target=$1 column
    column=$(head -1 "$golden" | tr '\t' '\n' | grep -nx "$target" | cut -d: -f1)
    if diff <(tail -n +2 "$golden" | cut -f "1,2,$column") "$work/$target"; then
        in_order "layout of $target"
    else
        wrong "the layout of $target (>) is not that of $golden (<)"
    fi
}

bless() {
    local table="$work/table" target
    for target in "${targets[@]}"; do
        [ -f "$work/$target" ] || { wrong "no table without $target"; return; }
    done
    cut -f 1,2 "$work/${targets[0]}" >"$table"
    for target in "${targets[@]}"; do
        cut -f 3 "$work/$target" | paste "$table" - >"$work/next" && mv "$work/next" "$table"
    done
    { printf 'type\tfield'; printf '\t%s' "${targets[@]}"; printf '\n'; cat "$table"; } >"$golden"
    in_order "$golden written"
}

# foreign_tests TARGET GNU-TRIPLE QEMU
foreign_tests() {
    local target=$1 gnu=$2 qemu=$3 name
    name=$(tr a-z- A-Z_ <<<"$target")
    command -v "$gnu-gcc" >/dev/null || install "gcc-$gnu"
    command -v "$qemu" >/dev/null || install qemu-user
    if ! command -v "$gnu-gcc" >/dev/null || ! command -v "$qemu" >/dev/null; then
        skipped "tests on $target" "there is no $gnu-gcc to link them or no $qemu to run them"
        return
    fi
    if ! compiler_for "$target" std,panic_unwind,test; then
        skipped "tests on $target" "neither rustup has this target nor is Debian's rustc-web with rust-web-src at hand"
        return
    fi
    if ! [ -f "$work/$target" ]; then
        skipped "layout of $target in C" "there is none in Rust to compare it with"
    elif "$gnu-gcc" -std=c11 -Wall -Wextra -Werror -pedantic -I core/include -o "$work/layout" tests/c/layout.c &&
        "$qemu" -L "/usr/$gnu" "$work/layout" | diff "$work/$target" -; then
        in_order "layout of $target in C"
    else
        wrong "the layout of $target in C (>) is not that in Rust (<)"
    fi
    export "CARGO_TARGET_${name}_LINKER=$gnu-gcc" "CARGO_TARGET_${name}_RUNNER=$qemu -L /usr/$gnu"
    # An emulator is slow, and the same properties are tested at full length on the machine itself.
    export PROPTEST_CASES=64
    local core=(-p statevec-abi --lib --tests) compared=(-p statevec-tests --test 'layout_*' --test 'interop_*')
    if "${cargo[@]}" test --target "$target" "${build_std[@]}" "${core[@]}" &&
        "${cargo[@]}" test --target "$target" "${build_std[@]}" "${compared[@]}"; then
        in_order "tests on $target"
    else
        wrong "tests on $target"
    fi
}

# compiler_for TARGET [LIBRARIES]: sets `cargo` and `build_std` to what compiles for a target, with these libraries if they have to be built.
compiler_for() {
    local target=$1 libraries=${2:-core} libdir rustc
    cargo=(cargo) build_std=()
    libdir=$(rustc --print target-libdir --target "$target" 2>/dev/null) && [ -d "$libdir" ] && return
    rustc=$(debian_rustc) || { install rustc-web rust-web-src && rustc=$(debian_rustc); } || return
    cargo=(env RUSTC_BOOTSTRAP=1 "RUSTC=$rustc" cargo)
    build_std=("-Zbuild-std=$libraries")
}

# Debian's compiler, if its library sources are there, too.
debian_rustc() {
    local rustc sysroot
    rustc=$(dpkg -L rustc-web 2>/dev/null | grep -m1 '/bin/rustc$') || return
    sysroot=$("$rustc" --print sysroot) && [ -d "$sysroot/lib/rustlib/src/rust/library" ] && echo "$rustc"
}

install() {
    command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return
    echo "installing $*" >&2
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >"$work/apt" 2>&1 ||
        { tail -5 "$work/apt" >&2; return 1; }
}

in_order() { echo "ok: $1"; done_any=1; }
wrong() { echo "FAILED: $1" >&2; failed=1; }
skipped() { echo "skipped: $1, because $2" >&2; }

main "$@"
