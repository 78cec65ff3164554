# Installs Rust toolchains below the target folder, so that the checks add nothing to the user's. To
# be sourced by a bash script, after build.sh.
#
#   checks_toolchain VERSION [TARGET…]   installs a release of Rust with the libraries of targets;
#                                        on failure returns 77 and says that rustup does not
#   of_checks COMMAND…                   runs a command with these toolchains; cargo and rustc need
#                                        +VERSION or RUSTUP_TOOLCHAIN

checks_rustup=$CARGO_TARGET_DIR/tools/rustup

checks_toolchain() {
    local version=$1 said
    shift
    mkdir -p "$checks_rustup"
    # Two installations in one folder would disturb each other.
    said=$(of_checks timeout 300 flock "$checks_rustup.lock" rustup toolchain install "$version" \
        --profile minimal --no-self-update "${@/#/--target=}" 2>&1 </dev/null) || {
        echo "rustup does not install Rust $version${1:+ for $*}: $(grep -m1 -i error <<<"$said" || tail -1 <<<"$said")"
        return 77
    }
}

of_checks() {
    RUSTUP_HOME=$checks_rustup "$@"
}
