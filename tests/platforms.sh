#!/usr/bin/env bash
# Proves the host on Windows and 64-bit Arm, and checks it for macOS.
#
#   tests/platforms.sh          all systems
#   tests/platforms.sh NAME…    some of them: windows, arm, macos
#
# Windows: everything is built by mingw and runs under Wine. The tests of loader, engine, harness,
#   checks, command line and transaction log pass; programs print what they print on Linux;
#   Linux reads the data directory that Windows wrote.
# 64-bit Arm: the same under qemu, with libraries for Arm, and the tests of core.
#   The server is type-checked.
# macOS: all crates are type-checked. No system that could run them is free to install.
#
# If rustup has not installed a target, `compiler_for` of .ci/cross.sh finds another compiler.
# Missing Debian packages are installed. If a tool cannot be had, the part is skipped.
# Exit status: 0 all parts passed, 1 something differs, 77 everything was skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
source .ci/debian.sh
source .ci/build.sh
source .ci/toolchain.sh
source .ci/cross.sh

# An emulator is slow. The machine's own tests check the same properties with more cases.
export PROPTEST_CASES=16
native=$CARGO_TARGET_DIR/debug
plugins=(-p statevec-bank-so -p statevec-published-plugin)
work=$(mktemp -d)
trap 'end_wine; rm -rf "$work"' EXIT

main() {
    local system
    [ $# -gt 0 ] || set -- windows arm macos
    for system in "$@"; do
        case $system in
            windows | arm | macos) ;;
            *) echo "there is no system $system; there are windows, arm, macos" >&2; exit 2 ;;
        esac
    done
    if [ "$*" != macos ] && ! native_outputs; then
        wrong "the host on this machine"
        finish
    fi
    for system in "$@"; do
        "check_$system"
    done
    finish
}

# ------------------------------------------------------------------------------ this machine

# The output that the others must print: $work/native-…. The programs stand with those of others,
# so that no other build replaces them meanwhile.
native_outputs() {
    cargo build --quiet -p statevec-host "${plugins[@]}" || return
    run_all native "$native/statevec-host" "$native" lib .so
}

# run_all NAME HOST FOLDER PREFIX SUFFIX: runs the plugins in a folder, and a durable run.
# HOST may be several words.
run_all() {
    local name=$1 folder=$3 prefix=$4 suffix=$5 bank
    local -a host=($2)
    bank=$folder/${prefix}statevec_bank_so$suffix
    rm -rf "$work/$name-data"
    quiet_run "$bank" examples/bank/commands.jsonl >"$work/$name-bank" &&
        quiet_run "$folder/${prefix}statevec_published_plugin$suffix" examples/c-plugin/commands.jsonl \
            >"$work/$name-published" &&
        quiet_run "$bank" examples/bank/commands.jsonl --data "$work/$name-data" >"$work/$name-durable"
}

# Uses `host` of its caller.
quiet_run() {
    "${host[@]}" run --quiet --plugin "$1" --commands "$2" "${@:3}"
}

# same NAME OUTPUT…: compares outputs with this machine's, and the data directory.
same() {
    local name=$1 output digests
    for output in "${@:2}"; do
        if ! cmp "$work/native-$output" "$work/$name-$output"; then
            wrong "the $output on $name prints something else than here"
            return
        fi
    done
    "$native/statevec-host" log verify "$work/$name-data" >/dev/null || {
        wrong "this machine cannot read the log that $name wrote"
        return
    }
    digests=$(for from in native "$name"; do
        "$native/statevec-host" status "$work/$from-data" --json | grep -o '"digest": *"[^"]*"'
    done | sort -u | wc -l)
    if [ "$digests" = 1 ]; then
        in_order "outcomes and data directory of $name: $(wc -l <"$work/native-bank") commands, byte for byte"
    else
        wrong "the state that $name recorded differs"
    fi
}

# ----------------------------------------------------------------------------------- Windows

check_windows() {
    local target=x86_64-pc-windows-gnu gcc=x86_64-w64-mingw32-gcc folder reason
    reason=$(need "$gcc" gcc-mingw-w64-x86-64 && need wine64 wine64) || {
        skipped Windows "${reason#skipped, because }"
        return
    }
    if ! compiler_for "$target" std,panic_unwind,test; then
        skipped Windows "$why_not"
        return
    fi
    start_wine "$gcc" || { wrong "Wine does not start"; return; }
    export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=$gcc
    export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=$wine
    folder=$CARGO_TARGET_DIR/$target/debug
    "${cargo[@]}" build --quiet -p statevec-host "${plugins[@]}" --target "$target" "${build_std[@]}" || {
        wrong "the host does not compile for Windows"
        return
    }
    if run_all windows "$wine $folder/statevec-host.exe" "$folder" '' .dll; then
        same windows bank published durable
    else
        wrong "programs on Windows"
    fi
    "${cargo[@]}" check --quiet -p statevec-server --target "$target" "${build_std[@]}" ||
        wrong "the server does not check for Windows"
    crate_folder_on_windows
    interrupt_on_windows
    c_on_windows "$gcc"
    if tests_on_windows || { wine_started_no_process && tests_on_windows; }; then
        in_order "tests on Windows"
    else
        wrong "tests on Windows"
    fi
}

# Wine has no cargo. Crashes and flipped bits are those of a simulated disk, as everywhere.
tests_on_windows() {
    "${cargo[@]}" test --quiet --target "$target" "${build_std[@]}" -p statevec-host --lib --bins \
        --test loader_windows --test check --test engine --test harness --test harness_texts \
        --test cli --test storage --test durable -- --skip crate_folder:: --skip crash:: \
        --skip flips:: --skip every_call_fails 2>&1 | tee "$work/windows-tests"
}

# Wine 8 now and then does not start a process, with an error that Windows has not for that.
wine_started_no_process() {
    grep -qE '(code: |os error )1359' "$work/windows-tests" &&
        echo "Wine has not started a process (error 1359): the tests run once more"
}

# Sets `wine`, and makes a Wine of its own. Wine 8 lacks a library that Rust needs.
start_wine() {
    wine=$(command -v wine64 || echo /usr/lib/wine/wine64)
    export WINEPREFIX=$work/wine WINEDEBUG=-all WINEPATH
    WINEPATH=Z:${work//\//\\}
    "$1" -shared -O1 -Wall -Werror -o "$work/bcryptprimitives.dll" tests/c/process_prng.c -ladvapi32 &&
        "$wine" wineboot --init >/dev/null 2>&1
}

end_wine() {
    local server
    [ -z "${WINEPREFIX:-}" ] || for server in wineserver /usr/lib/wine/wineserver64; do
        # It ends the programs of this prefix only.
        if command -v "$server" >/dev/null; then
            "$server" -k
            return
        fi
    done
}

# The README's main command, word for word. A program answers in cargo's place.
crate_folder_on_windows() {
    local words
    words=$(sed -n '/^```sh$/,/^```$/p' README.md | sed -n '2s/.* -- //p')
    "$gcc" -std=c11 -O1 -Wall -Werror -o "$work/cargo.exe" tests/c/recorded_cargo.c &&
        cargo metadata --format-version=1 --no-deps >"$work/metadata.json" &&
        "${cargo[@]}" build --quiet --lib -p statevec-bank-so --target "$target" "${build_std[@]}" \
            --message-format=json-render-diagnostics >"$work/build.json" &&
        CARGO=Z:$work/cargo.exe RECORDED_CARGO=Z:$work "$wine" "$folder/statevec-host.exe" $words \
            >"$work/windows-readme" || {
        wrong "the README's main command on Windows: statevec-host $words"
        return
    }
    if cmp "$work/native-bank" "$work/windows-readme"; then
        in_order "the README's main command on Windows, from a crate's folder to its DLL"
    else
        wrong "the README's main command prints something else on Windows"
    fi
}

# Ctrl-C while the program waits for input. Wine makes it from SIGINT.
interrupt_on_windows() {
    local program code
    mkfifo "$work/input"
    "$wine" "$folder/statevec-host.exe" run --plugin "$folder/statevec_bank_so.dll" --commands - \
        <"$work/input" >"$work/answers" 2>"$work/errors" &
    program=$!
    exec 3>"$work/input"
    head -1 examples/bank/commands.jsonl >&3
    wait_for committed "$work/answers" && kill -INT "$program"
    wait "$program"
    code=$?
    exec 3>&-
    if [ "$code" = 130 ] && grep -q 'Ctrl-C ended the run' "$work/errors"; then
        in_order "Ctrl-C on Windows"
    else
        wrong "Ctrl-C on Windows ends the run with $code: $(cat "$work/errors")"
    fi
}

# wait_for TEXT FILE: for ten seconds at most.
wait_for() {
    local _
    for _ in {1..100}; do
        ! grep -q "$1" "$2" || return 0
        sleep 0.1
    done
    return 1
}

# The plugin and the host in C. Windows ends lines as it likes in what C prints.
c_on_windows() {
    local flags=(-std=c11 -O2 -Wall -Wextra -Werror -pedantic -I core/include)
    local -a host=("$wine" "$folder/statevec-host.exe")
    "$1" "${flags[@]}" -shared -o "$work/inventory.dll" examples/c-plugin/inventory.c &&
        quiet_run "$work/inventory.dll" examples/c-plugin/commands.jsonl >"$work/windows-c-plugin" &&
        gcc "${flags[@]}" -fPIC -shared -o "$work/libinventory.so" examples/c-plugin/inventory.c &&
        host=("$native/statevec-host") &&
        quiet_run "$work/libinventory.so" examples/c-plugin/commands.jsonl |
        cmp - "$work/windows-c-plugin" &&
        in_order "the C plugin on Windows" || wrong "the C plugin on Windows"
    # Beside the library that Wine lacks.
    cp "$folder/statevec_bank_so.dll" "$work/bank.dll" &&
        "$1" "${flags[@]}" -o "$work/host.exe" examples/c-host/host.c examples/c-host/store.c &&
        "$wine" "$work/host.exe" "Z:${work//\//\\}\\bank.dll" | tr -d '\r' |
        cmp - tests/golden/c_host.txt &&
        in_order "the C host on Windows" || wrong "the C host on Windows"
}

# -------------------------------------------------------------------------------- 64-bit Arm

check_arm() {
    local target=aarch64-unknown-linux-gnu gnu=aarch64-linux-gnu qemu=qemu-aarch64 folder reason
    reason=$(need "$gnu-gcc" "gcc-$gnu" libc6-dev-arm64-cross && need "$qemu" qemu-user) || {
        skipped "64-bit Arm" "${reason#skipped, because }"
        return
    }
    if ! compiler_for "$target" std,panic_unwind,test; then
        skipped "64-bit Arm" "$why_not"
        return
    fi
    local -x CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=$gnu-gcc
    local -x CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="$qemu -L /usr/$gnu"
    local -x CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS=$no_separate_code
    folder=$CARGO_TARGET_DIR/$target/debug
    "${cargo[@]}" build --quiet -p statevec-host "${plugins[@]}" --target "$target" "${build_std[@]}" || {
        wrong "the host does not compile for 64-bit Arm"
        return
    }
    if run_all arm "$qemu -L /usr/$gnu $folder/statevec-host" "$folder" lib .so; then
        same arm bank published durable
    else
        wrong "programs on 64-bit Arm"
    fi
    # Tests that compile libraries call `cc`. Not run here: those that start the program again,
    # which needs a kernel that runs it, that look at a library with this machine's `ldd`, that take
    # minutes, or that want more segments than a library has whose code is not separate.
    mkdir "$work/bin"
    printf '#!/bin/sh\nexec %s -Wl,-z,noseparate-code "$@"\n' "$gnu-gcc" >"$work/bin/cc"
    chmod +x "$work/bin/cc"
    local command=("${cargo[@]}" test --quiet --target "$target" "${build_std[@]}")
    local host=(-p statevec-host --lib --bins)
    host+=(--test loader --test engine --test harness --test harness_texts --test storage)
    # Built before that `cc` is in the path, because build scripts run on this machine.
    if "${command[@]}" -p statevec-abi --lib --tests -- "${not_under_qemu[@]/#/--skip=}" &&
        "${command[@]}" "${host[@]}" --no-run &&
        PATH=$work/bin:$PATH "${command[@]}" "${host[@]}" -- \
            --skip namespaces:: --skip a4_entry --skip cut_off_anywhere \
            --skip elf::tests::empty_segment --skip elf::tests::segment_that_crashes; then
        in_order "tests on 64-bit Arm"
    else
        wrong "tests on 64-bit Arm"
    fi
}

# ------------------------------------------------------------------------------------- macOS

check_macos() {
    local target=aarch64-apple-darwin
    local packages=(-p statevec-abi -p statevec-abi-alloc -p statevec-host -p statevec-server)
    # A dependency of the server compiles C. A check links nothing, so nothing has to come of it.
    local -x CC_aarch64_apple_darwin=true AR_aarch64_apple_darwin=true
    if ! compiler_for "$target" std,panic_unwind,test; then
        skipped macOS "$why_not"
    elif "${cargo[@]}" check --quiet --target "$target" "${build_std[@]}" "${packages[@]}" --lib --bins; then
        in_order "macOS: ${packages[*]}"
    else
        wrong "the crates do not check for macOS"
    fi
}

main "$@"
