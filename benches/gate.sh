#!/usr/bin/env bash
# Fails when one of our operations takes more than 3 % more instructions than benches/budget.tsv allows. Exit status 77: skipped, and why.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v valgrind >/dev/null; then
    echo "skipped, because there is no valgrind here; install it (apt-get install valgrind) to count instructions"
    exit 77
fi
exec cargo run --quiet --release --bin instructions -- gate
