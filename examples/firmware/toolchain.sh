# Finds what builds and runs the firmware. To be sourced: defines `firmware_cargo TARGET ARGS…`, `can_build TARGET`, `image TARGET NAME` and `emulate NAME`, or
# ends with "skipped", the reason and exit status 77.
#
# In this order, what is there:
#   rustup, the target installed    rustup target add thumbv7em-none-eabihf
#   Rust's core as source           rustup component add rust-src, or Debian's apt-get install rustc-web rust-web-src; a stable compiler builds it
#                                   when told that it may (RUSTC_BOOTSTRAP). The linker is rustup's rust-lld, or Debian's (apt-get install lld).

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target_dir=${CARGO_TARGET_DIR:-$here/target}
export CARGO_TARGET_DIR=$target_dir
mkdir -p "$target_dir"
machine=thumbv7em-none-eabihf

skip() {
    echo "firmware: skipped, because $1"
    exit 77
}

for tool in cargo nm size; do
    command -v $tool >/dev/null || skip "there is no $tool"
done

find_linker() {
    local linker
    for linker in "$sysroot"/lib/rustlib/*/bin/rust-lld "$(command -v ld.lld || true)"; do
        if [ -x "$linker" ]; then
            echo "$linker"
            break
        fi
    done
}

sysroot=$(rustc --print sysroot 2>/dev/null || true)
compiler=rustc
linker=
if [ ! -d "$sysroot/lib/rustlib/$machine" ]; then
    if [ ! -d "$sysroot/lib/rustlib/src/rust/library/core" ]; then
        compiler=/usr/bin/rustc
        [ -x $compiler ] && [ -d /usr/lib/rustlib/src/rust/library/core ] ||
            skip "there is no core for $machine: rustup target add $machine, or apt-get install rustc-web rust-web-src"
    fi
    linker=$(find_linker)
    [ -n "$linker" ] || skip "there is no linker: rustup brings rust-lld, and apt-get install lld another"
fi

# Whether there is a core for a target, or one can be built.
can_build() {
    [ -n "$linker" ] || [ -d "$sysroot/lib/rustlib/$1" ]
}

# Runs cargo on this workspace for a target, in release. `libraries=core,alloc firmware_cargo …` also
# builds `alloc`, where the libraries are built from source.
firmware_cargo() {
    local target=$1 variables=() arguments=()
    shift
    if [ -n "$linker" ]; then
        local linker_of=CARGO_TARGET_${target//-/_}_LINKER
        variables=(RUSTC="$compiler" RUSTC_BOOTSTRAP=1 "${linker_of^^}=$linker")
        arguments=("-Zbuild-std=${libraries:-core}" -Zbuild-std-features=optimize_for_size)
    fi
    env "${variables[@]}" cargo "$@" --manifest-path "$here/Cargo.toml" --release --target "$target" "${arguments[@]}"
}

# Where an image lies.
image() {
    echo "$target_dir/$1/release/$2"
}

# Runs an image of the Cortex-M4, each instruction in the same time.
emulate() {
    timeout 120 qemu-system-arm -M mps2-an386 -cpu cortex-m4 -icount shift=6 -nographic \
        -semihosting-config enable=on,target=native -kernel "$(image $machine "$1")" </dev/null
}
