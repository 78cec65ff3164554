#!/usr/bin/env bash
# What only instruments see: memory errors, leaks, undefined behaviour of C, and types whose layout is left to the compiler.
#
#   tests/sanitizers.sh [PART]…    all parts unless told otherwise
#
# address     The workspace's tests, with libraries, child processes and doctests, under AddressSanitizer and its leak detection. Nightly.
# c           The C plugin and the C host under AddressSanitizer and UndefinedBehaviorSanitizer.
# memcheck    The release build of the command line, with a plugin loaded, under valgrind: commands, rejections, refusals.
# randomized  The workspace's tests with the layout of every type shuffled, except where `repr` rules it; then hosts and plugins of different shuffles
#             together. Nightly.
#
# Each instrument must first find what is wrong on purpose. What is missing is not installed: the part is skipped, and says why.
# Exit status: 0 all that was done was in order, 1 something is wrong, 77 everything was skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never

parts=(address c memcheck randomized)
excluded=(--exclude statevec-abi-derive)
target_dir=$(realpath -m "${CARGO_TARGET_DIR:-target}")
commands=examples/bank/commands.jsonl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

main() {
    local part began status summary=() failed=0 done_any=0
    for part in "$@"; do
        [[ " ${parts[*]} " == *" $part "* ]] || { echo "$part is none of ${parts[*]}" >&2; exit 2; }
    done
    [ $# = 0 ] || parts=("$@")
    for part in "${parts[@]}"; do
        echo "--- $part"
        began=$SECONDS status=0
        # In a process of its own: what a part exports is the part's.
        ("$part") || status=$?
        case $status in
            0) summary+=("ok: $part, $((SECONDS - began)) s") done_any=1 ;;
            77) summary+=("skipped: $part") ;;
            *) summary+=("FAILED: $part, $((SECONDS - began)) s") failed=1 ;;
        esac
    done
    echo "---"
    printf '%s\n' "${summary[@]}"
    [ "$failed" = 0 ] || exit 1
    [ "$done_any" = 1 ] || exit 77
}

address() {
    nightly || return
    # A plugin's library leaves the sanitizer's functions undefined: it finds them in the program that loads it.
    # Frame pointers: what walks the stack of each allocation needs them, and so do the names in the list of suppressions.
    flags -Zsanitizer=address -Clink-arg=-Wl,--export-dynamic -Cforce-frame-pointers=yes
    probe_address || return
    export CARGO_TARGET_DIR="$target_dir/sanitizers/address"
    export LSAN_OPTIONS="suppressions=$PWD/tests/leaks.supp:print_suppressions=0"
    local elsewhere=(
        # A C host that is not instrumented cannot load a library that is.
        the_c_host_runs_the_bank_otherwise_than_before
        # A process has one AddressSanitizer, and this test brings that of the C compiler.
        a_c_plugin_leaks_or_touches_memory_that_is_not_its_own
    )
    echo "left to the part c: ${elsewhere[*]}"
    tests --workspace "${excluded[@]}" -- "${elsewhere[@]/#/--skip=}"
}

# Whether AddressSanitizer and its leak detection work here; the latter may be forbidden, or have nothing that tells it the names of functions.
probe_address() {
    # shellcheck disable=SC2086
    if ! rustc $RUSTFLAGS -o "$work/probe" "$(probe_source)" 2>"$work/log"; then
        skipped "rustc does not link AddressSanitizer: $(tail -1 "$work/log")"
    elif "$work/probe" 2>"$work/log" || ! grep -q heap-use-after-free "$work/log"; then
        wrong "AddressSanitizer overlooks a use after free"
    elif "$work/probe" leak 2>"$work/log" || ! grep -q 'detected memory leaks' "$work/log"; then
        skipped_leaks "$(grep -m1 -E 'LeakSanitizer|ptrace' "$work/log" || echo "it overlooks a leak")"
    elif ! grep -q leaked_by_the_probe "$work/log"; then
        skipped_leaks "its report does not name the function; llvm-symbolizer or addr2line would"
    fi
}

skipped_leaks() {
    echo "skipped: leak detection, because $1" >&2
    export ASAN_OPTIONS=detect_leaks=0
}

c() {
    tests -p statevec-tests --test 'c_*' || return
    # The tests themselves know what they need, and pass without it.
    ! grep '^skipped:' "$work/log" || return 77
}

memcheck() {
    command -v valgrind >/dev/null || { skipped "there is no valgrind"; return; }
    probe_memcheck || return
    # One by one: built together, the plugin would get the features of the program.
    cargo build --quiet --release -p statevec-host && cargo build --quiet --release -p statevec-bank-so || return
    local program="$target_dir/release/statevec-host" bank="$target_dir/release/libstatevec_bank_so.so" malformed="$work/malformed"
    echo '{"command":"Deposit"' >"$malformed"
    under_memcheck 0 "$program" inspect "$bank" &&
        under_memcheck 0 "$program" run --plugin "$bank" --commands "$commands" --quiet &&
        under_memcheck 0 "$program" run --plugin "$bank" --sha256 "$(sha256sum <"$bank" | cut -d ' ' -f 1)" --commands "$commands" --quiet &&
        under_memcheck 2 "$program" run --plugin "$bank" --commands "$malformed" &&
        under_memcheck 2 "$program" run --plugin "$bank" --commands "$commands" --config 'no setting' &&
        under_memcheck 1 "$program" inspect "$program"
}

# under_memcheck EXIT-STATUS COMMAND…
under_memcheck() {
    local expected=$1 status=0
    shift
    echo "valgrind $*"
    # What is still reachable at the end stays mapped on purpose.
    valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible "$@" \
        >"$work/out" 2>"$work/log" || status=$?
    [ "$status" = "$expected" ] || { cat "$work/log" >&2; wrong "exit status $status instead of $expected"; }
}

probe_memcheck() {
    rustc -o "$work/probe" "$(probe_source)" || return
    under_memcheck 99 "$work/probe" && under_memcheck 99 "$work/probe" leak
}

randomized() {
    nightly || return
    local seed of_host of_plugin
    shuffled 1 && tests --workspace "${excluded[@]}" || return
    # Half of all shuffles leave a type of two fields as it is. The assertions about layout in core need no more than a look from the compiler.
    for seed in 2 3 4 5 6 7 8; do
        shuffled "$seed" && cargo check --quiet -p statevec-abi || return
    done
    # Within one shuffle a type that both sides share has one layout, right or wrong.
    for seed in 1 2; do
        shuffled "$seed" && cargo build --quiet -p statevec-host -p statevec-bank-so || return
    done
    for of_host in 1 2; do
        for of_plugin in 1 2; do
            "$(built "$of_host" statevec-host)" run --plugin "$(built "$of_plugin" libstatevec_bank_so.so)" \
                --commands "$commands" --quiet >"$work/$of_host$of_plugin" || return
            cmp "$work/11" "$work/$of_host$of_plugin" || return
        done
    done
    echo "hosts and plugins of different shuffles understand each other"
}

# Each shuffle has a folder of its own, so that neither builds anew what the other has built.
shuffled() {
    flags -Zrandomize-layout "-Zlayout-seed=$1"
    export CARGO_TARGET_DIR="$target_dir/sanitizers/layout-$1"
}

built() { echo "$target_dir/sanitizers/layout-$1/$CARGO_BUILD_TARGET/debug/$2"; }

# --- what the parts share

nightly() {
    # A rustc that is not rustup's takes this for a file, and has no complaint.
    if [[ $(rustc +nightly --version 2>/dev/null) != *-nightly* ]]; then
        skipped "there is no nightly toolchain (rustup toolchain install nightly)"
        return
    fi
    # Nobody debugs what is built here, and most of the time goes into it.
    export RUSTUP_TOOLCHAIN=nightly CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0
    # With a target, flags are for the programs alone, not for what runs inside the compiler; and as a variable it is also for what tests build.
    CARGO_BUILD_TARGET=$(rustc -vV | sed -n 's/^host: //p')
    export CARGO_BUILD_TARGET
    echo "$(rustc --version), $CARGO_BUILD_TARGET"
}

flags() {
    export RUSTFLAGS="$*" RUSTDOCFLAGS="$*"
    echo "RUSTFLAGS=$RUSTFLAGS"
}

# Runs cargo test, and shows what fails.
tests() {
    local passed
    echo "cargo test $*"
    [[ "$*" != *--exclude* ]] || echo "not statevec-abi-derive: it runs inside the compiler, and its tests hold the stable compiler's words"
    if ! cargo test --no-fail-fast "$@" >"$work/log" 2>&1; then
        grep -vE ' \.\.\. ok$|^$|^running |^test result: ok|^ +(Compiling|Running|Doc-tests) ' "$work/log" >&2
        return 1
    fi
    passed=$(awk '/^test result: ok\./ { sum += $4 } END { print sum + 0 }' "$work/log")
    echo "$passed tests passed"
    [ "$passed" -gt 0 ]
}

# A program that uses memory after it was freed, or else leaks some.
probe_source() {
    cat >"$work/probe.rs" <<'RUST'
use std::hint::black_box;

fn main() {
    if std::env::args().count() > 1 {
        return leaked_by_the_probe();
    }
    let freed = Box::into_raw(Box::new(1_u64));
    drop(unsafe { Box::from_raw(freed) });
    black_box(unsafe { freed.read_volatile() });
}

#[inline(never)]
fn leaked_by_the_probe() {
    // Many, because a pointer to the last may be left on the stack.
    for _ in 0..100 {
        black_box(Box::leak(Box::new(1_u64)));
    }
}
RUST
    echo "$work/probe.rs"
}

wrong() { echo "FAILED: $1" >&2; return 1; }
skipped() { echo "skipped, because $1" >&2; return 77; }

main "$@"
