# Finds the tools that build and run the firmware. To be sourced by a bash script.
#
#   firmware_cargo TARGET ARGS…   runs cargo on this workspace for a target, in release
#   can_build TARGET              whether there is a core library for a target
#   image TARGET NAME             prints the path of an image
#   image_features FORM           prints cargo's arguments for the images in a form: `default`, or
#                                 `terse` (short texts, no schema JSON)
#   host_features FORM            prints those for programs of the server with the same texts
#   emulate NAME                  runs an image of the Cortex-M4
#
# Without the tools, ends the script with "skipped, because …" and exit status 77.
#
# A target that rustup has installed is built as usual (rustup target add thumbv7em-none-eabihf).
# Otherwise its core library is built from source: of rustup (rustup component add rust-src), or of
# Debian's rustc-web and rust-web-src. RUSTC_BOOTSTRAP lets a stable compiler do that. The linker is
# rustup's rust-lld or Debian's lld. Debian packages are installed if they are missing.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../.ci/debian.sh"
source "$here/../../.ci/build.sh"
# Reports and transcripts.
target_dir=$CARGO_TARGET_DIR/firmware
mkdir -p "$target_dir"
# Host programs share the folder of the main workspace; images share that of all builds for other
# targets.
image_dir=$CARGO_TARGET_DIR/cross
machine=thumbv7em-none-eabihf

skip() {
    echo "firmware: skipped, because $1"
    exit 77
}

# need_or_skip PROGRAM PACKAGE…
need_or_skip() {
    local reason
    reason=$(need "$@") || skip "${reason#skipped, because }"
}

need_or_skip nm binutils
need_or_skip qemu-system-arm qemu-system-arm

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
        compiler=$(debian_rustc) || skip "rustup has no target $machine, and $compiler"
    fi
    linker=$(find_linker)
    if [ -z "$linker" ]; then
        need_or_skip ld.lld lld
        linker=$(find_linker)
    fi
fi

can_build() {
    [ -n "$linker" ] || [ -d "$sysroot/lib/rustlib/$1" ]
}

# `libraries=core,alloc firmware_cargo …` also builds `alloc`, where the libraries are built from
# source.
firmware_cargo() {
    local target=$1 variables=() arguments=()
    shift
    if [ -n "$linker" ]; then
        local linker_of=CARGO_TARGET_${target//-/_}_LINKER
        variables=(RUSTC="$compiler" RUSTC_BOOTSTRAP=1 "${linker_of^^}=$linker")
        arguments=("-Zbuild-std=${libraries:-core}" -Zbuild-std-features=optimize_for_size)
    fi
    env "${variables[@]}" CARGO_TARGET_DIR="$image_dir" cargo "$@" --manifest-path "$here/Cargo.toml" \
        --release --target "$target" "${arguments[@]}"
}

image_features() {
    [ "$1" != terse ] || echo "--features terse,no-schema-json"
}

host_features() {
    [ "$1" != terse ] || echo "--features statevec-abi/terse"
}

image() {
    echo "$image_dir/$1/release/$2"
}

# Each instruction takes the same time.
emulate() {
    timeout 120 qemu-system-arm -M mps2-an386 -cpu cortex-m4 -icount shift=6 -nographic \
        -semihosting-config enable=on,target=native -kernel "$(image $machine "$1")" </dev/null
}
