#!/usr/bin/env bash
# Fuzzing: inputs that nobody thought of, against promises that hold for all of them. tests/fuzz/README.md says which.
#
#   tests/fuzz.sh                            every target for a fixed number of executions, from a fixed seed
#   tests/fuzz.sh --long SECONDS [TARGET…]   targets, or all of them, for so many seconds each; what is found on the way is kept in tests/fuzz/found
#   tests/fuzz.sh --keep [TARGET…]           adds to the corpus what long runs found, as far as it reaches code that nothing in the corpus does
#
# Targets: schema_json json_commands payloads error_buffer tables store txlog_entries txlog_frames
#
# It needs a nightly toolchain and a C++ compiler (for libFuzzer), and cargo-fuzz, which is installed if it is missing. Without a nightly toolchain
# the corpus is replayed by the usual compiler.
# Exit status: 0 nothing was found, 1 something was, or does not build, 2 wrong arguments, 77 skipped.
set -uo pipefail
cd "$(dirname "$0")/.."

targets=(schema_json json_commands payloads error_buffer tables store txlog_entries txlog_frames)
# Executions without arguments: together some 20 seconds on each of two processors.
declare -A runs=([schema_json]=40000 [json_commands]=15000 [payloads]=40000 [error_buffer]=40000 [tables]=40000 [store]=15000
    [txlog_entries]=40000 [txlog_frames]=40000)
declare -A max_len=([schema_json]=8192 [json_commands]=1024 [payloads]=512 [error_buffer]=1024 [tables]=512 [store]=1024
    [txlog_entries]=1024 [txlog_frames]=1024)
folder=tests/fuzz
manifest=$folder/Cargo.toml
parallel=2
# Nobody debugs what is built here, and incremental compilation does not pay for code that is built once.
export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0 CARGO_TERM_COLOR=never
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

main() {
    local seconds
    case ${1:-} in
        '') chosen=("${targets[@]}") ;;
        --help | -h) sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "$0"; return 0 ;;
        --long)
            [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || wrong_arguments "--long takes a number of seconds"
            seconds=$2
            choose "${@:3}"
            ;;
        --keep) choose "${@:2}" ;;
        *) wrong_arguments "unknown argument $1" ;;
    esac
    prepare || return
    case ${1:-} in
        '') check_code || return 1; each run_fixed ;;
        --long) each run_long "$seconds" ;;
        --keep) each keep ;;
    esac
}

choose() {
    chosen=("$@")
    [ $# -gt 0 ] || chosen=("${targets[@]}")
    local target
    for target in "${chosen[@]}"; do
        [ -n "${runs[$target]:-}" ] || wrong_arguments "there is no target $target; there are ${targets[*]}"
    done
}

wrong_arguments() {
    echo "$1; see tests/fuzz.sh --help" >&2
    exit 2
}

# The tools, and the targets built with them.
prepare() {
    command -v c++ >/dev/null || { skipped "there is no C++ compiler (c++) to build libFuzzer with"; return; }
    if ! cargo +nightly --version >/dev/null 2>&1; then
        cargo test --locked --manifest-path "$manifest" || return 1
        skipped "there is no nightly toolchain: rustup toolchain install nightly. The corpus was replayed without it"
        return
    fi
    if ! cargo fuzz --version >/dev/null 2>&1; then
        echo "installing cargo-fuzz: cargo install cargo-fuzz --locked"
        cargo install cargo-fuzz --locked >"$work/install" 2>&1 || {
            tail -3 "$work/install" >&2
            skipped "cargo-fuzz is missing and cannot be installed"
            return
        }
    fi
    cargo +nightly fuzz build --fuzz-dir "$folder" >"$work/build" 2>&1 || {
        tail -40 "$work/build" >&2
        echo "FAILED: the fuzz targets do not build" >&2
        return 1
    }
}

skipped() {
    echo "skipped, because $1"
    return 77
}

# A workspace of its own, so that the usual checks do not reach it.
check_code() {
    cargo fmt --manifest-path "$manifest" --check &&
        cargo clippy --quiet --locked --manifest-path "$manifest" --all-targets -- -D warnings
}

# each COMMAND…: runs a command for every chosen target, a few at a time.
each() {
    local target failed=0
    for target in "${chosen[@]}"; do
        while [ "$(jobs -rp | wc -l)" -ge "$parallel" ]; do
            wait -n || failed=1
        done
        "$@" "$target" &
    done
    while [ -n "$(jobs -p)" ]; do
        wait -n || failed=1
    done
    return "$failed"
}

run_fixed() {
    mkdir "$work/new-$1"
    fuzz "$1" "$work/new-$1" "$folder/corpus/$1" -- -runs="${runs[$1]}" -seed=1
}

run_long() {
    mkdir -p "$folder/found/$2"
    fuzz "$2" "$folder/found/$2" "$folder/corpus/$2" -- -max_total_time="$1"
}

# fuzz TARGET CORPUS… -- OPTION…: one run of libFuzzer, and a line about it.
fuzz() {
    local target=$1 log="$work/$1.log" dictionary=()
    [[ $target != *json* ]] || dictionary=("-dict=$folder/json.dict")
    if cargo +nightly fuzz run --fuzz-dir "$folder" "$@" -max_len="${max_len[$target]}" -timeout=20 -rss_limit_mb=4096 \
        -print_final_stats=1 "${dictionary[@]}" >"$log" 2>&1; then
        printf 'ok: %-14s %9s executions, %5s edges of code, nothing found\n' "$target" "$(figure number_of_executed_units)" \
            "$(sed -n 's/.*DONE *cov: \([0-9]*\).*/\1/p' "$log")"
    else
        grep -A 4 'panicked at' "$log" >&2 || tail -40 "$log" >&2
        grep -E '^SUMMARY|cargo fuzz run|cargo fuzz tmin' "$log" >&2
        echo "FAILED: $target, after $(figure number_of_executed_units) executions; $folder/README.md says how to reproduce it" >&2
        return 1
    fi
}

figure() {
    sed -n "s/^stat::$1: *//p" "$log"
}

keep() {
    local target=$1 corpus="$folder/corpus/$1" short="$work/short-$1" edges_only=() before
    [ -d "$folder/found/$target" ] || { echo "$target: no long run has found anything"; return; }
    mkdir -p "$corpus" "$short"
    before=$(find "$corpus" -type f | wc -l)
    # A few short files are worth more than many long ones. There are so many ways through a text or a table that of those only the edges count,
    # and not how often each is taken.
    [[ $target != *json* && $target != tables ]] || edges_only=(-use_counters=0)
    find "$folder/found/$target" -type f -size -1025c -exec cp -t "$short" {} +
    cargo +nightly fuzz run --fuzz-dir "$folder" "$target" "$corpus" "$short" -- -set_cover_merge=1 "${edges_only[@]}" \
        -max_len="${max_len[$target]}" >"$work/$target.log" 2>&1 || { tail -20 "$work/$target.log" >&2; return 1; }
    echo "$target: $before files before, $(find "$corpus" -type f | wc -l) now"
}

# On one line, so that an edit meanwhile does not change what is left to run.
main "$@"; exit
