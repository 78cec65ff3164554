//! The layout on this machine is the one in the table of all targets. `tests/targets.sh` checks the
//! targets on which no test runs.

use std::env::consts::ARCH;

const GOLDEN: &str = include_str!("../golden/layout.tsv");

/// The column that describes this machine's architecture. The system makes no difference.
fn column() -> Option<&'static str> {
    let target = match ARCH {
        "x86_64" => "x86_64-unknown-linux-gnu",
        "x86" => "i686-unknown-linux-gnu",
        "aarch64" => "aarch64-unknown-linux-gnu",
        "arm" => "thumbv7em-none-eabihf",
        "riscv32" => "riscv32imac-unknown-none-elf",
        "wasm32" => "wasm32-unknown-unknown",
        "s390x" => "s390x-unknown-linux-gnu",
        _ => return None,
    };
    Some(target)
}

#[test]
fn a_number_of_the_layout_is_not_the_one_in_the_table() {
    let Some(column) = column() else {
        statevec_tests::skipped(
            "the layout table",
            "it has no column for this machine's architecture",
        );
        return;
    };
    let mut lines = GOLDEN.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let column = head.iter().position(|&target| target == column).unwrap();
    let expected: String =
        lines.map(|line| format!("{}\t{}\t{}\n", line[0], line[1], line[column])).collect();
    assert_eq!(statevec_layout::TABLE, expected);
}
