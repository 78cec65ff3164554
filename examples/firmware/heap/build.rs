//! Makes the command script of the image, and the linker script with the target's memory.

#[path = "../build/commands.rs"]
mod commands;
#[path = "../build/memory.rs"]
mod memory;
#[path = "../build/payload.rs"]
mod payload;

use std::{env, error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    let schema = statevec_boxed::SCHEMA.def;
    commands::write(schema, "../../boxed/commands.jsonl", &out.join("inventory.script"))?;
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../build");
    memory::link(out)
}
