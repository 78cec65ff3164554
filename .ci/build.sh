# Settings that every script of this repository builds with. To be sourced by a bash script.
#
# The same settings in all scripts mean that one build serves all of them. Debug information and
# incremental compilation cost time and disk space, and pay off only in an edit cycle. For line
# numbers in a report, call the script with CARGO_PROFILE_DEV_DEBUG=1 CARGO_PROFILE_TEST_DEBUG=1
# CARGO_PROFILE_RELEASE_DEBUG=1.

export CARGO_INCREMENTAL=0 CARGO_TERM_COLOR=never
export CARGO_PROFILE_DEV_DEBUG=${CARGO_PROFILE_DEV_DEBUG:-0}
export CARGO_PROFILE_TEST_DEBUG=${CARGO_PROFILE_TEST_DEBUG:-0}
export CARGO_PROFILE_RELEASE_DEBUG=${CARGO_PROFILE_RELEASE_DEBUG:-0}
# Absolute, because some builds run in other folders: the firmware and the fuzz targets are
# workspaces of their own.
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-$(dirname "${BASH_SOURCE[0]}")/../target}")
export CARGO_TARGET_DIR

# Cargo marks a target folder only if it makes it, and the tests skip marked folders when they look
# for sources.
mkdir -p "$CARGO_TARGET_DIR"
[ -e "$CARGO_TARGET_DIR/CACHEDIR.TAG" ] ||
    echo 'Signature: 8a477f597d28d172789f06886806bc55' >"$CARGO_TARGET_DIR/CACHEDIR.TAG"
