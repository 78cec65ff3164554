#![no_std]
#![no_main]
//! Runs the same commands as the firmware, and prints their cost as rows of a Markdown table.

use core::{
    fmt::{self, Write as _},
    pin::pin,
};

use statevec_abi::{abi::RuntimeErrorBuf, fixed_store::FixedStore, host::HostGate, prelude::*};
use statevec_firmware::{
    board::{Console, entry, exit},
    clock::instructions_of,
    guest::Guest,
    plugins::{BANK, BANK_COMMANDS, BANK_RECORDS, TALLY, TALLY_COMMANDS, TALLY_RECORDS},
    script::Script,
    stack::depth_of,
};

#[entry]
fn main() -> ! {
    let Ok(mut out) = Console::open() else { exit(2) };
    let bank = FixedStore::new(statevec_bank::SCHEMA.def, BANK_RECORDS.take());
    let tally = FixedStore::new(statevec_tally::SCHEMA.def, TALLY_RECORDS.take());
    let (Ok(bank), Ok(tally)) = (bank, tally) else { exit(1) };
    let done =
        measure(&BANK, statevec_bank::SCHEMA.def, bank, BANK_COMMANDS, &mut out).and_then(|()| {
            measure(&TALLY, statevec_tally::SCHEMA.def, tally, TALLY_COMMANDS, &mut out)
        });
    exit(if done.is_ok() { 0 } else { 1 })
}

/// The cost of commands of one kind with the same outcome.
#[derive(Clone, Copy)]
struct Cost {
    commands: u32,
    fewest: u32,
    most: u32,
    stack: usize,
}

fn measure(
    plugin: &StaticPlugin,
    schema: &statevec_abi::schema::SchemaDef<'_>,
    store: FixedStore<'static>,
    commands: Script<'_>,
    out: &mut Console,
) -> fmt::Result {
    let name = plugin.name();
    let mut error = RuntimeErrorBuf::cleared();
    let gate = pin!(HostGate::new());
    let ((guest, instructions), stack) = depth_of(|| {
        instructions_of(
            #[inline(never)]
            || Guest::new(plugin, gate, store, &mut error),
        )
    });
    let mut guest = guest.ok_or(fmt::Error)?;
    writeln!(out, "| {name} | create | | 1 | {instructions} | {stack} |")?;

    const NONE: Cost = Cost { commands: 0, fewest: u32::MAX, most: 0, stack: 0 };
    let mut costs = [[NONE; 2]; 4];
    for command in commands {
        let command = command.map_err(|_| fmt::Error)?;
        let ((committed, instructions), stack) =
            depth_of(|| instructions_of(|| run(&mut guest, &command)));
        let costs = costs.get_mut(usize::from(command.command_kind())).ok_or(fmt::Error)?;
        let [rejected_cost, committed_cost] = costs;
        let cost = if committed { committed_cost } else { rejected_cost };
        *cost = Cost {
            commands: cost.commands + 1,
            fewest: cost.fewest.min(instructions),
            most: cost.most.max(instructions),
            stack: cost.stack.max(stack),
        };
    }
    for def in schema.commands {
        let costs = costs.get(usize::from(def.kind)).ok_or(fmt::Error)?;
        for (end, cost) in ["rejected", "committed"].iter().zip(costs) {
            let Cost { commands, fewest, most, stack } = cost;
            if *commands > 0 {
                let command = def.name;
                writeln!(
                    out,
                    "| {name} | {command} | {end} | {commands} | {fewest} to {most} | {stack} |"
                )?;
            }
        }
    }
    let ((valid, instructions), stack) = depth_of(|| instructions_of(|| validate(&mut guest)));
    writeln!(
        out,
        "| {name} | validate | {} | 1 | {instructions} | {stack} |",
        if valid { "holds" } else { "broken" }
    )
}

#[inline(never)]
fn run(guest: &mut Guest<'_, '_>, command: &RuntimeCommandRef<'_>) -> bool {
    guest.run(command).is_ok()
}

#[inline(never)]
fn validate(guest: &mut Guest<'_, '_>) -> bool {
    guest.runtime.validate_biz_invariants(&guest.store).is_ok()
}
