//! Makes the command script of the image, and says where the target's memory is.

#[path = "build/commands.rs"]
mod commands;
#[path = "build/payload.rs"]
mod payload;

use std::{env, error::Error, fs, path::Path};

/// Memory of the machine `mps2-an386` of QEMU: a Cortex-M4 with code at 0 and data at 0x20000000. A
/// usual part has as much.
const MEMORY_ARM: &str = "MEMORY {
    FLASH : ORIGIN = 0x00000000, LENGTH = 256K
    RAM : ORIGIN = 0x20000000, LENGTH = 64K
}";

/// Memory of the machine `virt` of QEMU: what stands for flash is RAM, too.
const MEMORY_RISCV: &str = "MEMORY {
    FLASH : ORIGIN = 0x80000000, LENGTH = 256K
    RAM : ORIGIN = 0x80100000, LENGTH = 64K
}
REGION_ALIAS(\"REGION_TEXT\", FLASH);
REGION_ALIAS(\"REGION_RODATA\", FLASH);
REGION_ALIAS(\"REGION_DATA\", RAM);
REGION_ALIAS(\"REGION_BSS\", RAM);
REGION_ALIAS(\"REGION_HEAP\", RAM);
REGION_ALIAS(\"REGION_STACK\", RAM);
";

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    for (name, schema, path) in [
        ("bank", &statevec_bank::SCHEMA.def, "../bank/commands.jsonl"),
        ("tally", &statevec_tally::SCHEMA.def, "tally/commands.jsonl"),
    ] {
        println!("cargo:rerun-if-changed={path}");
        let script = commands::script(schema, &fs::read_to_string(path)?)
            .map_err(|error| format!("{path}: {error}"))?;
        fs::write(out.join(format!("{name}.script")), script)?;
    }
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");

    let is_arm = env::var("CARGO_CFG_TARGET_ARCH")? == "arm";
    fs::write(out.join("memory.x"), if is_arm { MEMORY_ARM } else { MEMORY_RISCV })?;
    println!("cargo:rustc-link-search={}", out.display());
    if !is_arm {
        println!("cargo:rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    Ok(())
}
