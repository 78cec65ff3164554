#!/usr/bin/env bash
# Times the benched plugin in wasmtime, and writes that table of benches/README.md. It needs the
# target wasm32-unknown-unknown (`rustup target add wasm32-unknown-unknown`).
set -euo pipefail
cd "$(dirname "$0")"
cargo build --quiet --release --package statevec-bench-wasm-guest --target wasm32-unknown-unknown
exec cargo run --quiet --release
