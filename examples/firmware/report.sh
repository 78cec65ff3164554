#!/usr/bin/env bash
# Measures flash, RAM, stack and instructions. Writes the figures into README.md between its
# markers; with --check it checks the budgets instead.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/toolchain.sh"

# Bytes of flash that core, the fixed store and one small plugin should add to an image, and the
# most that they may add.
flash_goal=12288
flash_limit=26436
# The limit belongs to the compiler that it was measured with. Other compilers make images of other
# sizes, and get some room.
case $($compiler --version) in
"rustc 1.96."*) ;;
*) flash_limit=30720 ;;
esac
# Bytes of stack that one run_tx may take, the plugin's own frames included.
stack_limit=1536

firmware_cargo $machine build --bins -p statevec-firmware
emulate measure >"$target_dir/measure.txt"
# Both take the name of an image, and its target if it is not the Cortex-M4's.
flash() { size "$(image "${2:-$machine}" "$1")" | awk 'NR == 2 { print $1 + $2 }'; }
ram() { size "$(image "${2:-$machine}" "$1")" | awk 'NR == 2 { print $2 + $3 }'; }

libraries=core,alloc firmware_cargo $machine build -p statevec-firmware-heap
emulate statevec-firmware-heap >"$target_dir/heap.txt"

added=$(($(flash small) - $(flash empty)))
# Only rows of commands have an outcome.
stack=$(awk -F '|' '$4 ~ /committed|rejected/ && $7 + 0 > deepest { deepest = $7 + 0 } END { print deepest }' "$target_dir/measure.txt")

if [ "${1:-}" = --check ]; then
    echo "firmware: core, fixed store and a small plugin add $added bytes of flash (goal $flash_goal, limit $flash_limit)"
    echo "firmware: the deepest run_tx takes $stack bytes of stack (limit $stack_limit)"
    [ "$added" -le "$flash_limit" ] && [ "$stack" -le "$stack_limit" ]
    exit
fi

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
    echo "Core, the fixed store and a small plugin add **$added bytes** of flash (\`small\` less \`empty\`; the goal is $flash_goal), and no heap."
    echo "The deepest \`run_tx\` takes **$stack bytes** of stack, the plugin's own frames included."
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

readme=$here/README.md
{
    sed '/<!-- figures -->/q' "$readme"
    report
    sed -n '/<!-- end of figures -->/,$p' "$readme"
} >"$target_dir/README.md"
cp "$target_dir/README.md" "$readme"
echo "firmware: wrote the figures into README.md"
