#!/usr/bin/env bash
# Runs the tests under instruments: memory errors, leaks, undefined behaviour of C, and type layouts
# that the compiler may choose.
#
#   tests/sanitizers.sh [PART]…    all parts unless some are named
#
# address     The workspace's tests, with libraries, child processes and doctests, under
#             AddressSanitizer with leak detection, and at the same time with the layout of every
#             type shuffled, except where `repr` rules it. Nightly.
# c           The C plugin and the C host under AddressSanitizer and UndefinedBehaviorSanitizer.
# memcheck    The release build of the command line, with a plugin loaded, under valgrind: commands,
#             rejections, refusals.
# randomized  The assertions about layout under seven more shuffles; then hosts and plugins of
#             different shuffles together. Nightly.
#
# Each instrument must first find a planted error. Missing Debian packages are installed. If a tool
# cannot be had, the part is skipped.
# Exit status: 0 all parts that ran passed, 1 something is wrong, 77 everything was skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
source .ci/debian.sh
source .ci/build.sh

parts=(address c memcheck randomized)
target_dir=$CARGO_TARGET_DIR
commands=examples/bank/commands.jsonl
# AddressSanitizer cannot run these tests.
not_under_address=(
    # A C host that is not instrumented cannot load an instrumented library.
    the_c_host_runs_the_bank_otherwise_than_before
    table_of_results_is_that_of_the_hosts
    every_seeded_defect_of_a_host_is_found
    # A process has one AddressSanitizer, and this test loads that of the C compiler.
    a_c_plugin_leaks_or_touches_memory_that_is_not_its_own
    # It limits the address space, of which the sanitizer needs terabytes.
    command_that_runs_out_of_memory_stops_the_engine_whatever_the_plugin_makes_of_it
    # `check` limits the address space of its processes, and measures their memory.
    check_arguments::
    defects::
    interrupted::
    misbehaviour::
    passing::
    passing_c::
    process_ends::
    the_program_s_readme_shows_what_the_program_prints
    the_page_on_determinism_is_not_true
    # valgrind cannot run a program that AddressSanitizer instruments.
    figures_are_those_of_the_commands
    # They measure the memory of the process, and the sanitizer keeps what is freed.
    committed_giant_gives_back_what_is_not_records
    rejected_giant_gives_its_memory_back
    clients_that_do_not_read_their_stream_cost_little_and_lose_it
    slow_clients_lose_their_connection_and_others_are_served
    # faketime is loaded before the sanitizer, which calls it before it can answer.
    entries_are_the_same_whatever_the_clock_says_and_it_may_go_back
    # It stands before `dlopen` as the sanitizer does, and counts crashes that that one reports.
    mutated_file_crashes_the_host
    # It hides /proc, which the sanitizer reads when a process starts.
    a7_missing_proc
)
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
        # A part exports variables, so it gets a process of its own.
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
    # Suppressions match names of functions, which this program finds.
    need llvm-symbolizer llvm || true
    need_for_tests
    # A plugin's library leaves the sanitizer's functions undefined; the program that loads it
    # exports them, and them only: the linker keeps all that is exported. The stack walk at each
    # allocation needs frame pointers.
    flags -Zsanitizer=address '-Clink-arg=-Wl,--export-dynamic-symbol=__asan_*' -Cforce-frame-pointers=yes
    probe_address || return
    # One suite shows both kinds of errors. Half of all shuffles leave a type of two fields as it
    # is; the part `randomized` tries more of them.
    flags "$RUSTFLAGS" -Zrandomize-layout -Zlayout-seed=1
    export CARGO_TARGET_DIR="$target_dir/sanitizers/address"
    export LSAN_OPTIONS="suppressions=$PWD/tests/leaks.supp:print_suppressions=0"
    # The derives run inside the compiler, and their tests expect the stable compiler's words.
    echo "not run under AddressSanitizer: statevec-abi-derive ${not_under_address[*]}"
    tests --workspace --exclude statevec-abi-derive -- "${not_under_address[@]/#/--skip=}" &&
        tests --manifest-path benches/Cargo.toml
}

# Checks that AddressSanitizer and its leak detection work here. Leak detection may be forbidden, or
# may lack a program that finds the names of functions.
probe_address() {
    # shellcheck disable=SC2086
    if ! rustc $RUSTFLAGS -o "$work/probe" "$(probe_source)" 2>"$work/log"; then
        skipped "rustc does not link AddressSanitizer: $(tail -1 "$work/log")"
    elif "$work/probe" 2>"$work/log" || ! grep -q heap-use-after-free "$work/log"; then
        wrong "AddressSanitizer overlooks a use after free"
    elif "$work/probe" leak 2>"$work/log" || ! grep -q 'detected memory leaks' "$work/log"; then
        skipped_leaks "$(grep -m1 -E 'LeakSanitizer|ptrace' "$work/log" || echo "it overlooks a leak")"
    elif ! grep -q leaked_by_the_probe "$work/log"; then
        skipped_leaks "its report does not name the function; llvm-symbolizer would"
    fi
}

skipped_leaks() {
    echo "skipped: leak detection, because $1" >&2
    export ASAN_OPTIONS=detect_leaks=0
}

c() {
    need_for_tests
    # For all packages, because cargo chooses features for all packages of a command: the usual
    # tests have built these then.
    tests --workspace --test 'c_*' || return
    # The tests pass if a compiler or a sanitizer is missing, and print that they skipped it.
    ! grep '^skipped:' "$work/log" || return 77
}

memcheck() {
    need valgrind valgrind libc6-dbg || return
    probe_memcheck || return
    # In two commands: in one, the plugin would get the features that the program needs.
    cargo build --quiet --release -p statevec-host &&
        cargo build --quiet --release -p statevec-bank-so || return
    local program="$target_dir/release/statevec-host"
    local bank="$target_dir/release/libstatevec_bank_so.so" malformed="$work/malformed" digest
    digest=$(sha256sum <"$bank" | cut -d ' ' -f 1)
    echo '{"command":"Deposit"' >"$malformed"
    under_memcheck 0 "$program" inspect "$bank" &&
        under_memcheck 0 "$program" run --plugin "$bank" --commands "$commands" --quiet &&
        under_memcheck 0 "$program" run --plugin "$bank" --sha256 "$digest" --commands "$commands" --quiet &&
        under_memcheck 2 "$program" run --plugin "$bank" --commands "$malformed" &&
        under_memcheck 2 "$program" run --plugin "$bank" --commands "$commands" --config 'no setting' &&
        under_memcheck 1 "$program" inspect "$program"
}

# under_memcheck EXIT-STATUS COMMAND…
under_memcheck() {
    local expected=$1 status=0
    shift
    echo "valgrind $*"
    # Memory that is still reachable at the end stays allocated on purpose.
    valgrind --quiet --error-exitcode=99 --leak-check=full \
        --errors-for-leak-kinds=definite,indirect,possible "$@" >"$work/out" 2>"$work/log" || status=$?
    [ "$status" = "$expected" ] || { cat "$work/log" >&2; wrong "exit status $status instead of $expected"; }
}

probe_memcheck() {
    rustc -o "$work/probe" "$(probe_source)" || return
    under_memcheck 99 "$work/probe" && under_memcheck 99 "$work/probe" leak
}

randomized() {
    nightly && probe_shuffled || return
    local seed of_host of_plugin
    # The compiler evaluates core's assertions about layout, so a check is enough.
    for seed in 2 3 4 5 6 7 8; do
        shuffled "$seed" && cargo check --quiet -p statevec-abi || return
    done
    # Within one shuffle both sides agree on every layout, even where no `repr` rules it.
    for seed in 2 3; do
        shuffled "$seed" && cargo build --quiet -p statevec-host -p statevec-bank-so || return
        # The next shuffle overwrites them.
        mkdir "$work/$seed" && cp "$(built statevec-host)" "$(built libstatevec_bank_so.so)" "$work/$seed" ||
            return
    done
    for of_host in 2 3; do
        for of_plugin in 2 3; do
            "$work/$of_host/statevec-host" run --plugin "$work/$of_plugin/libstatevec_bank_so.so" \
                --commands "$commands" --quiet >"$work/$of_host$of_plugin" || return
            cmp "$work/22" "$work/$of_host$of_plugin" || return
        done
    done
    echo "hosts and plugins of different shuffles understand each other"
    # The tests that the part `address` leaves out.
    shuffled 2 && tests -p statevec-tests -p statevec-host --test c_host --test c_plugin --test engine_memory
}

# shuffled SEED: the crates of the workspace get shuffled layouts; only their types cross the
# boundary. Dependencies are compiled once for all shuffles, because cargo calls a workspace wrapper
# for the workspace's crates only, and tells their artefacts apart by its path.
shuffled() {
    export CARGO_TARGET_DIR="$target_dir/sanitizers/layout"
    export RUSTC_WORKSPACE_WRAPPER="$CARGO_TARGET_DIR/shuffled-$1"
    mkdir -p "$CARGO_TARGET_DIR"
    # With a target, cargo compiles a program, and else code that runs inside the compiler.
    cat >"$RUSTC_WORKSPACE_WRAPPER" <<SH
#!/bin/sh
case " \$* " in *" --target "*) exec "\$@" -Zrandomize-layout -Zlayout-seed=$1 ;; esac
exec "\$@"
SH
    chmod +x "$RUSTC_WORKSPACE_WRAPPER"
    echo "layouts shuffled by seed $1"
}

# Checks that different seeds give different layouts.
probe_shuffled() {
    local seed
    cat >"$work/fields.rs" <<'RUST'
use std::mem::offset_of;

struct Fields { a: u32, b: u32, c: u32, d: u32, e: u32, f: u32 }

fn main() {
    let at = [offset_of!(Fields, a), offset_of!(Fields, b), offset_of!(Fields, c)];
    println!("{at:?} {:?}", [offset_of!(Fields, d), offset_of!(Fields, e), offset_of!(Fields, f)]);
}
RUST
    for seed in 2 3; do
        shuffled "$seed" && "$RUSTC_WORKSPACE_WRAPPER" rustc --target "$CARGO_BUILD_TARGET" \
            -Adead_code -o "$work/fields" "$work/fields.rs" && "$work/fields" >"$work/fields-$seed" || return
    done
    ! cmp --quiet "$work/fields-2" "$work/fields-3" || wrong "two seeds give the same layout"
}

built() { echo "$CARGO_TARGET_DIR/$CARGO_BUILD_TARGET/debug/$1"; }

# --- shared by the parts

nightly() {
    # A rustc that is not rustup's takes +nightly for a file.
    if [[ $(rustc +nightly --version 2>/dev/null) != *-nightly* ]]; then
        skipped "there is no nightly toolchain (rustup toolchain install nightly)"
        return
    fi
    export RUSTUP_TOOLCHAIN=nightly
    # With a target, the flags apply to the programs only, and not to code that runs inside the
    # compiler. As a variable, the target also applies to what the tests build.
    CARGO_BUILD_TARGET=$(rustc -vV | sed -n 's/^host: //p')
    export CARGO_BUILD_TARGET
    echo "$(rustc --version), $CARGO_BUILD_TARGET"
}

flags() {
    export RUSTFLAGS="$*" RUSTDOCFLAGS="$*"
    echo "RUSTFLAGS=$RUSTFLAGS"
}

# Runs cargo test, and prints only failures and a count.
tests() {
    local passed
    echo "cargo test $*"
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
