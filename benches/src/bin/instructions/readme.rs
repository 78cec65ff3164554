//! The tables in the README.

use std::error::Error;

use statevec_benches::{Operation, report::write_section};

use crate::callgrind::{Costs, Row};

/// Writes the tables into the README, and to stdout.
pub(crate) fn write(
    whole: &[Costs],
    halves: &[Costs],
    engine: &[Row],
    processor: &str,
    versions: &[&String; 2],
) -> Result<(), Box<dyn Error>> {
    let [rustc, valgrind] = versions;
    let tables = format!(
        "Machine: {processor}. Toolchain: {rustc}, {valgrind}, the workspace's release profile.\n\n{}\n\
         What each side costs, beside the floor of the first column above:\n\n{}\n\
         The engine with its store, and what an entry of the transaction log costs there:\n\n{}",
        table(whole),
        table(halves),
        list(engine),
    );
    write_section("instructions", &tables)
}

fn table(costs: &[Costs]) -> String {
    let mut text = String::from("| instructions per |");
    for costs in costs {
        text.push_str(&format!(" {} |", costs.peer));
    }
    text.push_str("\n|---|");
    text.push_str(&"--:|".repeat(costs.len()));
    text.push('\n');
    for operation in Operation::ALL {
        row(&mut text, operation.name(), costs, |costs| costs.of(operation));
        match operation {
            Operation::ReadById10 => row(&mut text, "further read by id", costs, |costs| {
                costs.further_read(Operation::ReadById, Operation::ReadById10)
            }),
            Operation::ReadByPk10 => row(&mut text, "further read by key", costs, |costs| {
                costs.further_read(Operation::ReadByPk, Operation::ReadByPk10)
            }),
            _ => {}
        }
    }
    text
}

fn list(rows: &[Row]) -> String {
    let mut text = String::from("| instructions per | |\n|---|--:|\n");
    for Row { peer, operation, cost } in rows {
        text.push_str(&format!("| {operation} ({peer}) | {cost:.0} |\n"));
    }
    text
}

fn row(text: &mut String, name: &str, costs: &[Costs], cost: impl Fn(&Costs) -> Option<f64>) {
    text.push_str(&format!("| {name} |"));
    for costs in costs {
        match cost(costs) {
            Some(cost) => text.push_str(&format!(" {cost:.0} |")),
            None => text.push_str(" – |"),
        }
    }
    text.push('\n');
}
