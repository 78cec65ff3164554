#!/usr/bin/env bash
# Counts instructions with the workspace's and with cargo's own release profile, each with and
# without the `#[inline]` of the plugin's author, and writes these tables of benches/README.md.
set -euo pipefail
cd "$(dirname "$0")"
counts=$(mktemp -d)
trap 'rm -r "$counts"' EXIT
files=()
for profile in release standard; do
    for features in interfaces interfaces,without-inline; do
        files+=("$counts/${#files[@]}")
        cargo run --quiet --profile "$profile" --features "$features" --bin instructions -- count "${files[-1]}"
    done
done
exec cargo run --quiet --release --features interfaces --bin instructions -- profiles "${files[@]}"
