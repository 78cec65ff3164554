#!/usr/bin/env bash
# Runs the benchmark `recovery`, and finds the threads behind which its commands waited for a
# processor, in the kernel's trace of all changes of threads. Both write their section of README.md.
#
#   benches/waits.sh [FOLDER]
#
# The files lie in FOLDER (default: the system's folder for temporary files). The script must be
# allowed to trace the kernel. Exit status: 1 if a checkpoint had a processor for more than 1 ms
# while a command waited for it; 77 skipped.
set -euo pipefail
cd "$(dirname "$0")"
source ../.ci/debian.sh
source ../.ci/build.sh
need perf linux-perf || exit

main() {
    local parent=${1:-${TMPDIR:-/tmp}} status=0
    work=$(mktemp -d -p "$parent")
    trap 'rm -rf "$work"' EXIT
    cargo build --quiet --release --features peers --bin recovery
    perf record --quiet --all-cpus --mmap-pages 4096 --event sched:sched_switch --output "$work/trace" -- \
        "$CARGO_TARGET_DIR/release/recovery" "$parent"
    # perf warns that other kinds of events have no field "trace".
    perf script --input "$work/trace" --fields pid,cpu,time,trace 2>"$work/warnings" >"$work/changes"
    waits <"$work/changes" >"$work/table" || status=$?
    cat "$work/table"
    write_section
    return "$status"
}

# The threads floor, quiet and beside give the commands; -apart means on a processor of its own.
waits() {
    awk '
        # A thread leaves a processor to another one. It kept the processor from those that wait.
        {
            process = $1; cpu = $2; time = $3 * 1e6; before = value("prev_comm"); after = value("next_comm")
            for (waiting in at)
                if (at[waiting] == cpu) behind[waiting, kind(before)] += time - since[cpu]
            since[cpu] = time
            if (gives_commands(before)) {
                bench = process
                if (value("prev_state") ~ /^R/) begin_wait(before)
            }
            if (after in at) end_wait(after)
        }
        function value(key) {
            match($0, key "=[^ ]+")
            return substr($0, RSTART + length(key) + 1, RLENGTH - length(key) - 1)
        }
        function gives_commands(thread) { return thread ~ /^(floor|quiet|beside)(-apart)?$/ }
        function kind(thread) {
            return process == bench && thread ~ /^(checkpoint|txlog)$/ ? thread : "other"
        }
        function begin_wait(thread,    number) {
            at[thread] = cpu
            start[thread] = time
            for (number in kinds) behind[thread, kinds[number]] = 0
        }
        function end_wait(thread,    number) {
            delete at[thread]
            keep_longest(thread SUBSEP "all", time - start[thread])
            for (number in kinds) keep_longest(thread SUBSEP kinds[number], behind[thread, kinds[number]])
        }
        function keep_longest(key, took) { if (took > longest[key]) longest[key] = took }
        BEGIN { split("checkpoint txlog other", kinds, " ") }
        END {
            print "| thread | longest wait | behind a checkpoint | behind the log | behind others |"
            print "|---|--:|--:|--:|--:|"
            split("floor quiet beside floor-apart quiet-apart beside-apart", rows, " ")
            for (row = 1; row in rows; row++) {
                thread = rows[row]
                printf "| `%s` | %d µs | %d µs | %d µs | %d µs |\n", thread, longest[thread, "all"],
                    longest[thread, "checkpoint"], longest[thread, "txlog"], longest[thread, "other"]
                stalled = stalled || longest[thread, "checkpoint"] > 1000
            }
            exit stalled
        }'
}

write_section() {
    sed '/^<!-- waits: begin -->$/q' README.md >"$work/readme"
    cat "$work/table" >>"$work/readme"
    sed -n '/^<!-- waits: end -->$/,$p' README.md >>"$work/readme"
    cat "$work/readme" >README.md
}

main "$@"
