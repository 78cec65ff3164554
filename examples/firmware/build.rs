//! Makes the command scripts of the images, and the linker script with the target's memory.

#[path = "build/commands.rs"]
mod commands;
#[path = "build/memory.rs"]
mod memory;
#[path = "build/payload.rs"]
mod payload;

use std::{env, error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    let (bank, tally) = (statevec_bank::SCHEMA.def, statevec_tally::SCHEMA.def);
    commands::write(bank, "../bank/commands.jsonl", &out.join("bank.script"))?;
    commands::write(tally, "tally/commands.jsonl", &out.join("tally.script"))?;
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");
    memory::link(out)
}
