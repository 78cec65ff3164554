#!/usr/bin/env bash
# Measures flash, RAM, stack and instructions. Writes the figures into README.md between its
# markers; with --check it checks the budgets instead.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/toolchain.sh"

# Bytes of flash that core, the fixed store and one small plugin may add to an image: by opt-level,
# in the default form with the schema JSON, and in the terse form without it.
declare -A flash_limit=([s,default]=23400 [z,default]=22000 [s,terse]=12850 [z,terse]=12288)
# The limits belong to the compiler that they were measured with. Other compilers make images of
# other sizes, and get some room, in percent.
case $($compiler --version) in
"rustc 1.96."*) flash_room=0 ;;
*) flash_room=16 ;;
esac
# Bytes of stack that one run_tx may take, the plugin's own frames included.
stack_limit=1536

# Bytes that StateVec adds, by opt-level, texts and schema JSON. The default images come last, and
# stay.
declare -A added
images_with() {
    local level=$1 json=$2 texts=$3 features=
    shift 3
    [ "$json" = json ] || features+=no-schema-json,
    [ "$texts" = default ] || features+=terse
    CARGO_PROFILE_RELEASE_OPT_LEVEL=$level firmware_cargo $machine build -p statevec-firmware \
        ${features:+--features "$features"} "$@"
}
measure_flash() {
    images_with "$@" --bin small --bin empty
    added[$1,$2,$3]=$(($(flash small) - $(flash empty)))
}
# Both take the name of an image, and its target if it is not the Cortex-M4's.
flash() { size "$(image "${2:-$machine}" "$1")" | awk 'NR == 2 { print $1 + $2 }'; }
ram() { size "$(image "${2:-$machine}" "$1")" | awk 'NR == 2 { print $2 + $3 }'; }

measure_flash z no-json terse
measure_flash s no-json terse
measure_flash z json default
measure_flash s json default
firmware_cargo $machine build --bins -p statevec-firmware
emulate measure >"$target_dir/measure.txt"
# Only rows of commands have an outcome.
deepest() {
    awk -F '|' '$4 ~ /committed|rejected/ && $7 + 0 > deepest { deepest = $7 + 0 } END { print deepest }' "$1"
}
stack=$(deepest "$target_dir/measure.txt")

if [ "${1:-}" = --check ]; then
    status=0
    for form in default terse; do
        for level in s z; do
            [ $form = default ] && json=json || json=no-json
            bytes=${added[$level,$json,$form]}
            limit=$((flash_limit[$level,$form] * (100 + flash_room) / 100))
            echo "firmware: $form form, opt-level $level: core, fixed store and a small plugin add $bytes bytes of flash (limit $limit)"
            [ "$bytes" -le $limit ] || status=1
        done
    done
    echo "firmware: the deepest run_tx takes $stack bytes of stack (limit $stack_limit)"
    [ "$stack" -le "$stack_limit" ] || status=1
    exit $status
fi

libraries=core,alloc firmware_cargo $machine build -p statevec-firmware-heap
emulate statevec-firmware-heap >"$target_dir/heap.txt"
armv6m=thumbv6m-none-eabi
can_build $armv6m || { echo "firmware: a report needs the target $armv6m: rustup target add $armv6m"; exit 1; }
firmware_cargo $armv6m build -p statevec-firmware --bin statevec-firmware --bin small --bin empty

# Prints the flash of an image by origin; the rows add up to its size. With LTO, inlined code counts
# for the function that it was inlined into.
by_origin() {
    nm --demangle --print-size --radix=d "$(image $machine "$1")" | awk -v flash="$(flash "$1")" '
        # An address with two names counts once.
        $3 ~ /^[tTrR]$/ && !seen[$1]++ {
            name = substr($0, index($0, $4))
            if (name ~ /statevec_(bank|tally)/) origin = "1|the plugins, and core made for them"
            else if (name ~ /statevec_firmware/) origin = "8|the firmware itself"
            else if (name ~ /fixed_store/) origin = "2|core: the fixed store as a host"
            else if (name ~ /statevec_abi/) origin = "3|core: the rest"
            else if (name ~ /core::|^<(str|\[.*\])>::/) origin = "4|Rust: formatting, checking UTF-8"
            else if (name ~ /compiler_builtins|aeabi|^__u|^mem/) origin = "5|Rust: division, copying"
            else if (name ~ /^\.L|^anon/) origin = "6|constants: texts, schema JSON, commands"
            else if (name ~ /^__(INTERRUPTS|EXCEPTIONS|RESET_VECTOR)$/) origin = "7|the interrupt table"
            else origin = "8|the firmware itself"
            bytes[origin] += $2
            named += $2
        }
        END {
            for (origin in bytes) print origin "|" bytes[origin]
            print "9|without a symbol|" flash - named
        }' | sort
}

# Two images side by side.
origins() {
    join -t '|' -a 1 -a 2 -e 0 -o 0,1.3,2.3 <(by_origin small) <(by_origin statevec-firmware) |
        join -t '|' - <(by_origin statevec-firmware | cut -d '|' -f 1,2) |
        awk -F '|' '{ print "| " $4 " | " $2 " | " $3 " |" }'
}

# Cost of a command, the greatest of an outcome: longest OUTCOME FILE.
longest() {
    awk -F '|' -v outcome="$1" '$4 ~ outcome {
        count = split($6, range, " to ")
        if (range[count] + 0 > most) most = range[count] + 0
    } END { print most }' "$2"
}

# A row of the table of forms: form_row NAME JSON TEXTS.
form_row() {
    local level file=$target_dir/measure-$2-$3
    for level in z s; do
        [ -n "${added[$level,$2,$3]:-}" ] || measure_flash $level "$2" "$3"
        images_with $level "$2" "$3" --bin measure
        emulate measure >"$file-$level.txt"
    done
    echo "| $1 | ${added[s,$2,$3]} | ${added[z,$2,$3]} | $(deepest "$file-s.txt") | $(longest committed "$file-s.txt") | $(longest rejected "$file-s.txt") | $(longest committed "$file-z.txt") | $(longest rejected "$file-z.txt") |"
}

report() {
    echo "| image | flash | static RAM |"
    echo "|---|---:|---:|"
    for name in empty small statevec-firmware; do
        echo "| \`$name\` | $(flash $name) | $(ram $name) |"
    done
    for name in empty small statevec-firmware; do
        echo "| \`$name\`, Armv6-M | $(flash $name $armv6m) | $(ram $name $armv6m) |"
    done
    echo
    echo "\`small\` less \`empty\`, that is core, the fixed store and a small plugin, takes **${added[s,json,default]} bytes** of flash, and no heap."
    echo "The deepest \`run_tx\` takes **$stack bytes** of stack, the plugin's own frames included."
    echo
    cat "$target_dir/forms.txt"
    echo
    echo "| flash, in bytes | \`small\` | \`statevec-firmware\` |"
    echo "|---|---:|---:|"
    origins
    echo
    echo "| plugin | call | outcome | calls | instructions | stack |"
    echo "|---|---|---|---:|---:|---:|"
    cat "$target_dir/measure.txt"
    echo
    echo "The image with a heap, \`statevec-firmware-heap\`, takes $(flash statevec-firmware-heap) bytes of flash. Its boxed plugin takes of the"
    echo "$(sed -n 's/^heap: at most/heap at most/p' "$target_dir/heap.txt")."
}

# What each form adds, and what its commands cost.
{
    echo "| what \`small\` adds to \`empty\` | flash, \`s\` | flash, \`z\` | deepest stack, \`s\` | longest committed, \`s\` | longest rejected, \`s\` | longest committed, \`z\` | longest rejected, \`z\` |"
    echo "|---|---:|---:|---:|---:|---:|---:|---:|"
    form_row "whole texts, schema JSON (default)" json default
    form_row "whole texts, no schema JSON" no-json default
    form_row "short texts, schema JSON" json terse
    form_row "short texts, no schema JSON (terse form)" no-json terse
} >"$target_dir/forms.txt"
firmware_cargo $machine build --bins -p statevec-firmware

readme=$here/README.md
{
    sed '/<!-- figures -->/q' "$readme"
    report
    sed -n '/<!-- end of figures -->/,$p' "$readme"
} >"$target_dir/README.md"
cp "$target_dir/README.md" "$readme"
echo "firmware: wrote the figures into README.md"
