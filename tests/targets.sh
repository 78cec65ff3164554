#!/usr/bin/env bash
# Compares the layout of the contract on every target, and runs tests on foreign targets.
#
#   tests/targets.sh            compares with tests/golden/layout.tsv, and runs the foreign tests
#   tests/targets.sh --bless    rewrites the table
#
# 1. The package `statevec-layout` is compiled for every target, and with it core and its layout
#    assertions. The target's compiler writes the layout of every type as text into the object file.
#    The text must equal the target's column of the table. If rustup has not installed a target,
#    `compiler_for` of .ci/cross.sh finds another compiler.
# 2. The tests of core and of the comparison with the published crates run on a 32-bit and on a
#    big-endian target: encodings must not depend on either. A C program prints the layouts that the
#    C header gives there. What this machine cannot run, qemu runs.
#
# Missing Debian packages are installed. If a tool cannot be had, the part is skipped.
# Exit status: 0 all parts passed, 1 something differs, 77 everything was skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
source .ci/debian.sh
source .ci/build.sh
source .ci/toolchain.sh
source .ci/cross.sh

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
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

main() {
    local target
    build_layouts
    for target in "${targets[@]}"; do
        layout_of "$target" >"$work/$target" || rm -f "$work/$target"
    done
    if [ "${1:-}" = --bless ]; then
        bless
    else
        for target in "${targets[@]}"; do
            [ -f "$work/$target" ] && compare "$target"
        done
        foreign_tests i686-unknown-linux-gnu i686-linux-gnu i386 qemu-i386
        foreign_tests s390x-unknown-linux-gnu s390x-linux-gnu s390x qemu-s390x
    fi
    finish
}

# Builds the layouts of all targets that need Debian's compiler with one command, so that no
# processor idles. A failure is reported by layout_of, which builds the targets one by one.
build_layouts() {
    local target arguments=() chosen=()
    for target in "${targets[@]}"; do
        compiler_for "$target" || continue
        [ ${#build_std[@]} = 0 ] || arguments+=(--target "$target") chosen=("${cargo[@]}")
    done
    [ ${#arguments[@]} = 0 ] ||
        "${chosen[@]}" build --quiet -p statevec-layout "${arguments[@]}" -Zbuild-std=core 2>/dev/null
}

# Prints the lines of a target's layout table, from the object file.
layout_of() {
    local target=$1 file="$CARGO_TARGET_DIR/$1/debug/libstatevec_layout.rlib"
    if ! compiler_for "$target"; then
        skipped "layout of $target" "$why_not"
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

# foreign_tests TARGET GNU-TRIPLE ARCHITECTURE QEMU
foreign_tests() {
    local target=$1 gnu=$2 architecture=$3 qemu=$4 name reason
    name=$(tr a-z- A-Z_ <<<"$target")
    # The compiler only recommends its C library, so the library must be named.
    reason=$(need "$gnu-gcc" "gcc-$gnu" "libc6-dev-$architecture-cross" && need "$qemu" qemu-user) || {
        skipped "tests on $target" "${reason#skipped, because }"
        return
    }
    if ! compiler_for "$target" std,panic_unwind,test; then
        skipped "tests on $target" "$why_not"
        return
    fi
    # The library of a foreign target lies in a folder of its own.
    local there="-Wl,--dynamic-linker=$(dynamic_linker "$gnu-gcc" "$gnu") -Wl,-rpath,/usr/$gnu/lib" runner=
    local -a c=("$gnu-gcc" -std=c11 -Wall -Wextra -Werror -pedantic -I core/include $there)
    "${c[@]}" -o "$work/layout" tests/c/layout.c || { wrong "the C header on $target"; return; }
    "$work/layout" >/dev/null 2>&1 || runner="$qemu -L /usr/$gnu"
    if ! [ -f "$work/$target" ]; then
        skipped "layout of $target in C" "there is none in Rust to compare it with"
    elif $runner "$work/layout" | diff "$work/$target" -; then
        in_order "layout of $target in C"
    else
        wrong "the layout of $target in C (>) is not that in Rust (<)"
    fi
    export "CARGO_TARGET_${name}_LINKER=$gnu-gcc"
    export "CARGO_TARGET_${name}_RUSTFLAGS=$no_separate_code$(printf ' -Clink-arg=%s' $there)"
    [ -z "$runner" ] || export "CARGO_TARGET_${name}_RUNNER=$runner"
    # An emulator is slow. The machine's own tests check the same properties with more cases.
    export PROPTEST_CASES=64
    local core=(-p statevec-abi --lib --tests)
    local compared=(-p statevec-tests --test 'layout_*' --test 'interop_*')
    local command=("${cargo[@]}" test --target "$target" "${build_std[@]}")
    local left_out=()
    [ -z "$runner" ] || left_out=("${not_under_qemu[@]/#/--skip=}")
    if "${command[@]}" "${core[@]}" -- "${left_out[@]}" &&
        "${command[@]}" "${compared[@]}"; then
        in_order "tests on $target"
    else
        wrong "tests on $target"
    fi
}

# dynamic_linker COMPILER GNU-TRIPLE: the file that starts programs of the target.
dynamic_linker() {
    local name
    name=$(echo 'int main(void) { return 0; }' | "$1" -xc - -o "$work/empty" &&
        LC_ALL=C readelf -l "$work/empty" | sed -n 's/.*program interpreter: .*\/\(.*\)\]/\1/p')
    echo "/usr/$2/lib/$name"
}

main "$@"
