#!/usr/bin/env bash
# Fuzzing: generated inputs, and promises that hold for all of them. tests/fuzz/README.md lists the
# promises.
#
#   tests/fuzz.sh                            every target for a fixed number of executions, from a
#                                            fixed seed; then the corpus without libFuzzer
#   tests/fuzz.sh --long SECONDS [TARGET…]   targets, or all of them, for so many seconds each;
#                                            keeps new inputs in tests/fuzz/found
#   tests/fuzz.sh --keep [TARGET…]           adds inputs of long runs to the corpus if they reach
#                                            code that no input of the corpus reaches
#   tests/fuzz.sh --once TARGET FILE…        runs single inputs
#   tests/fuzz.sh --shorten TARGET FILE      looks for a shorter input with the same failure
#
# Targets: schema_json json_commands payloads error_buffer tables store txlog_entries txlog_frames data_files
#
# It needs a nightly toolchain and a C++ compiler (for libFuzzer). A missing Debian package is
# installed. Without nightly only the corpus is run, by the stable compiler.
# Exit status: 0 nothing was found, 1 something was, or does not build, 2 wrong arguments,
# 77 skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
source .ci/debian.sh
source .ci/build.sh

targets=(schema_json json_commands payloads error_buffer tables store txlog_entries txlog_frames data_files)
# Executions without arguments: together some 20 seconds on each of two processors.
declare -A runs=(
    [schema_json]=40000 [json_commands]=15000 [payloads]=40000
    [error_buffer]=40000 [tables]=40000 [store]=15000
    [txlog_entries]=40000 [txlog_frames]=40000 [data_files]=10000
)
declare -A max_len=(
    [schema_json]=8192 [json_commands]=1024 [payloads]=512
    [error_buffer]=1024 [tables]=512 [store]=1024
    [txlog_entries]=1024 [txlog_frames]=1280 [data_files]=4200
)
# AddressSanitizer, and the counters and comparisons that libFuzzer reads.
instrumented=(
    --cfg fuzzing
    -Zsanitizer=address
    -Cpasses=sancov-module
    -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares
    -Cllvm-args=-sanitizer-coverage-stack-depth
    -Cllvm-args=-simplifycfg-branch-fold-threshold=0
    -Cdebug-assertions
    -Ccodegen-units=1
)
folder=tests/fuzz
manifest=$folder/Cargo.toml
parallel=2
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
        --once | --shorten)
            [ $# -ge 3 ] || wrong_arguments "$1 takes a target and a file"
            choose "$2"
            ;;
        *) wrong_arguments "unknown argument $1" ;;
    esac
    need c++ g++ || return
    # The check of the code and the corpus need no nightly compiler.
    if [ $# = 0 ]; then
        check_code || return 1
    fi
    prepare || return
    case ${1:-} in
        '') each run_fixed ;;
        --long) each run_long "$seconds" ;;
        --keep) each keep ;;
        --once) "$programs/$2" "${@:3}" ;;
        --shorten)
            mkdir -p "$folder/artifacts/$2"
            "$programs/$2" -minimize_crash=1 -runs=100000 -artifact_prefix="$folder/artifacts/$2/" "$3"
            ;;
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

# Builds the targets and unpacks the corpus.
prepare() {
    if [[ $(rustc +nightly --version 2>/dev/null) != *-nightly* ]]; then
        skipped "there is no nightly toolchain (rustup toolchain install nightly)"
        return
    fi
    local host
    # With a target, the flags do not apply to code that runs inside the compiler.
    host=$(rustc +nightly -vV | sed -n 's/^host: //p')
    programs=$CARGO_TARGET_DIR/fuzz/$host/release
    RUSTFLAGS="${instrumented[*]}" CARGO_TARGET_DIR="$CARGO_TARGET_DIR/fuzz" cargo +nightly build \
        --release --locked --manifest-path "$manifest" --bins --target "$host" >"$work/build" 2>&1 || {
        tail -40 "$work/build" >&2
        echo "FAILED: the fuzz targets do not build" >&2
        return 1
    }
    # Every library brings its own copy of some globals of the sanitizer's.
    export ASAN_OPTIONS="detect_odr_violation=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
    local target
    for target in "${chosen[@]}"; do
        "$programs/pack" unpack "$target" "$work/corpus/$target" || return 1
    done
}

skipped() {
    echo "skipped, because $1"
    return 77
}

# The fuzz targets are a workspace of their own, which the other steps do not check.
check_code() {
    local listed
    listed=$(printf 'fuzz_targets/%s.rs\n' "${targets[@]}" | sort)
    diff <(cd $folder && printf '%s\n' fuzz_targets/*.rs | sort) - <<<"$listed" || {
        echo "FAILED: tests/fuzz.sh (>) does not list the targets that there are (<)" >&2
        return 1
    }
    cargo fmt --manifest-path "$manifest" --check &&
        cargo clippy --quiet --locked --manifest-path "$manifest" --all-targets -- -D warnings &&
        cargo test --quiet --locked --manifest-path "$manifest"
}

# each COMMAND…: runs a command for every chosen target, two at a time.
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
    fuzz "$1" "$work/new-$1" "$work/corpus/$1" -runs="${runs[$1]}" -seed=1
}

run_long() {
    mkdir -p "$folder/found/$2"
    fuzz "$2" "$folder/found/$2" "$work/corpus/$2" -max_total_time="$1"
}

# fuzz TARGET FOLDER… OPTION…: one run of libFuzzer, and a line about it.
fuzz() {
    local target=$1 log="$work/$1.log" dictionary=()
    shift
    [[ $target != *json* ]] || dictionary=("-dict=$folder/json.dict")
    mkdir -p "$folder/artifacts/$target"
    if "$programs/$target" "$@" -max_len="${max_len[$target]}" -timeout=20 -rss_limit_mb=4096 \
        -artifact_prefix="$folder/artifacts/$target/" -print_final_stats=1 "${dictionary[@]}" >"$log" 2>&1; then
        printf 'ok: %-14s %9s executions, %5s edges of code, nothing found\n' "$target" \
            "$(figure number_of_executed_units)" "$(sed -n 's/.*DONE *cov: \([0-9]*\).*/\1/p' "$log")"
    else
        grep -A 4 'panicked at' "$log" >&2 || tail -40 "$log" >&2
        grep -E '^SUMMARY|^artifact_prefix' "$log" >&2
        echo "FAILED: $target, after $(figure number_of_executed_units) executions; $folder/README.md" \
            "tells how to reproduce it" >&2
        return 1
    fi
}

figure() {
    sed -n "s/^stat::$1: *//p" "$log"
}

keep() {
    local target=$1 corpus="$work/corpus/$1" short="$work/short-$1" edges_only=() before
    [ -d "$folder/found/$target" ] || { echo "$target: no long run has found anything"; return; }
    mkdir -p "$short"
    before=$(find "$corpus" -type f | wc -l)
    # A few short files are worth more than many long ones. There are so many ways through a text or
    # a table that only its edges count, and not how often each is taken.
    [[ $target != *json* && $target != tables ]] || edges_only=(-use_counters=0)
    find "$folder/found/$target" -type f -size -1025c -exec cp -t "$short" {} +
    "$programs/$target" "$corpus" "$short" -set_cover_merge=1 "${edges_only[@]}" \
        -max_len="${max_len[$target]}" >"$work/$target.log" 2>&1 || { tail -20 "$work/$target.log" >&2; return 1; }
    echo "$target: $before inputs before"
    "$programs/pack" replace "$target" "$corpus"
}

# One line, so that an edit of this file during a run does not change the rest of the run.
main "$@"; exit
