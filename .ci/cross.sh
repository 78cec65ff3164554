# Builds for other targets, and reports on parts of a check. To be sourced by a bash script, after
# debian.sh, build.sh and toolchain.sh.
#
#   compiler_for TARGET [LIBRARIES]   chooses a compiler
#   in_order TEXT, wrong TEXT, skipped TEXT REASON   the result of a part
#   finish                            exits: 0 all parts passed, 1 one failed, 77 all were skipped

# All builds for other targets share this folder: dependencies that run at build time are compiled
# once.
export CARGO_TARGET_DIR=$CARGO_TARGET_DIR/cross
failed=0 done_any=0
# The first starts its own program again, which the machine cannot run without the emulator. The
# second does not end in qemu-i386 7.2.22, and ends in 0.1 s without an emulator.
not_under_qemu=(
    gate_of_a_leaked_runtime_ends_the_process_and_not_silently
    a_reason_is_written_as_something_else
)
# The emulator maps code without the right to execute it, so the kernel merges it with constants
# before it, and /proc/self/maps shows both as data. The loader would refuse such a library.
no_separate_code=-Clink-arg=-Wl,-z,noseparate-code

# compiler_for TARGET [LIBRARIES]: sets `cargo` and `build_std` to a command that compiles for a
# target. It is the first of these that can be had:
#   the user's toolchain;
#   a toolchain of the checks' own, of the same version: its libraries are compiled already;
#   Debian's `rustc-web`, which builds these libraries from its sources.
# On failure sets `why_not`.
compiler_for() {
    local target=$1 libraries=${2:-core} libdir version
    cargo=(cargo) build_std=()
    libdir=$(rustc --print target-libdir --target "$target" 2>/dev/null) && [ -d "$libdir" ] && return
    version=$(rustc --version | cut -d ' ' -f 2)
    if [ -z "${rustup_answer:-}" ] && rustup_answer=$(checks_toolchain "$version" "$target"); then
        cargo=(env "RUSTUP_HOME=$checks_rustup" "RUSTUP_TOOLCHAIN=$version" cargo)
        return
    fi
    # Asked once: the answer is the same for every target.
    if [ -z "${debian_answer:-}" ]; then
        debian_status=0
        debian_answer=$(debian_rustc) || debian_status=$?
    fi
    why_not="$rustup_answer, and $debian_answer"
    [ "$debian_status" = 0 ] || return
    cargo=(env RUSTC_BOOTSTRAP=1 "RUSTC=$debian_answer" cargo)
    build_std=("-Zbuild-std=$libraries")
}

in_order() { echo "ok: $1"; done_any=1; }
wrong() { echo "FAILED: $1" >&2; failed=1; }
skipped() { echo "skipped: $1, because $2" >&2; }

finish() {
    [ "$failed" = 0 ] || exit 1
    [ "$done_any" = 1 ] || exit 77
    exit 0
}
