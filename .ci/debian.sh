# Installs Debian packages for the scripts of this repository. To be sourced by a bash script.
#
#   need PROGRAM PACKAGE…      installs the packages. A program from elsewhere is as good; without
#                              one prints "skipped, because …"
#   need_for_tests             the same for the optional tools of the tests
#   debian_packages PACKAGE…   installs the packages; on failure prints the reason
#   debian_rustc               installs Debian's compiler with its library sources and prints its
#                              path; on failure prints the reason
#
# They return 77 on failure, the exit status for "skipped"; need_for_tests only prints it.

# The package lists count as fresh for an hour. /run is empty on a new machine.
debian_lists=/run/statevec-apt-updated

need() {
    local program=$1 reason
    shift
    reason=$(debian_packages "$@") || command -v "$program" >/dev/null || {
        echo "skipped, because there is no $program, and $reason"
        return 77
    }
}

# Optional tools of the tests: for the header as C++ and on Armv7E-M, for a second reader of the
# transaction log, to count its syncs, to start with another clock, and for replicas. Tests without
# their tool print that they are skipped.
need_for_tests() {
    need c++ g++ || true
    need arm-none-eabi-gcc gcc-arm-none-eabi || true
    need python3 python3-minimal || true
    need strace strace || true
    need faketime faketime || true
    need nats-server nats-server || true
}

debian_packages() {
    local package missing=()
    command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || {
        echo "this is not Debian, and cannot install $*"
        return 77
    }
    for package in "$@"; do
        [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    debian_install "${missing[@]}"
}

debian_install() {
    local log
    [ "$(id -u)" = 0 ] || {
        echo "only root can run: apt-get install $*"
        return 77
    }
    echo "installing $*" >&2
    # One installation at a time. A service that a package starts must not inherit the lock.
    log=$(
        exec 2>&1 </dev/null 9>"$debian_lists.lock"
        flock 9
        export DEBIAN_FRONTEND=noninteractive LC_ALL=C
        if [ -z "$(find "$debian_lists" -mmin -60 2>/dev/null)" ]; then
            apt-get update 9>&- && touch "$debian_lists" || exit
        fi
        apt-get install --yes --no-install-recommends "$@" 9>&-
    ) && return
    echo "apt-get does not install $*: $(grep -m1 '^E: ' <<<"$log" || tail -1 <<<"$log")"
    return 77
}

# Debian's rustc comes with library sources for -Zbuild-std, so targets that rustup has not
# installed need no download from elsewhere. gcc links build scripts.
debian_rustc() {
    local rustc sysroot oldest
    debian_packages rustc-web rust-web-src gcc libc6-dev || return
    rustc=$(dpkg -L rustc-web | grep -m1 '/bin/rustc$')
    oldest=$(oldest_rust)
    if debian_rustc_is_older "$rustc" "$oldest"; then
        # An earlier version was installed before its update came out.
        debian_install rustc-web rust-web-src || return
        if debian_rustc_is_older "$rustc" "$oldest"; then
            echo "Debian's rustc-web is older than Rust $oldest: $("$rustc" --version)"
            return 77
        fi
    fi
    sysroot=$("$rustc" --print sysroot)
    [ -d "$sysroot/lib/rustlib/src/rust/library/core" ] || {
        echo "rust-web-src has no library sources in $sysroot/lib/rustlib/src"
        return 77
    }
    echo "$rustc"
}

debian_rustc_is_older() {
    local version
    version=$("$1" --version | cut -d ' ' -f 2)
    [ "$(printf '%s\n%s\n' "$2" "$version" | sort --version-sort | head -1)" != "$2" ]
}

# The minimum Rust version that the workspace declares.
oldest_rust() {
    sed -n 's/^rust-version = "\(.*\)"/\1/p' "$(dirname "${BASH_SOURCE[0]}")/../Cargo.toml"
}
