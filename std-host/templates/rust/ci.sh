#!/bin/sh
# Everything that must pass: format, lints, tests, a recorded run, its replay, and the checks.
set -eu
cd "$(dirname "$0")"
cargo fmt --all --check
cargo clippy --workspace --all-targets -- -D warnings
cargo test --workspace
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
statevec-host run --plugin . --commands commands.jsonl --data "$data/data" --check-invariants --quiet --no-outcomes
statevec-host replay "$data/data" --plugin .
statevec-host check . --examples commands.jsonl
