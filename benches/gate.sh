#!/usr/bin/env bash
# Fails when an operation takes more than 3 % more instructions than benches/budget.tsv allows.
# Valgrind counts them. Exit status: 0 passed, 1 too many, 77 skipped.
set -euo pipefail
cd "$(dirname "$0")"
source ../.ci/debian.sh
source ../.ci/build.sh
need valgrind valgrind libc6-dbg || exit
exec cargo run --quiet --release --bin instructions -- gate
