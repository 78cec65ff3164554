#!/usr/bin/env bash
# Counts the instructions of every peer, and writes the tables and the picture of benches/README.md.
set -euo pipefail
cd "$(dirname "$0")"
exec cargo run --quiet --release --features peers --bin instructions
