//! Writes the linker script with the target's memory.

use std::{env, error::Error, fs, path::Path};

/// Memory of the machine `mps2-an386` of QEMU: a Cortex-M4 with code at 0 and data at 0x20000000. A
/// usual part has as much.
const MEMORY_ARM: &str = "MEMORY {
    FLASH : ORIGIN = 0x00000000, LENGTH = 256K
    RAM : ORIGIN = 0x20000000, LENGTH = 64K
}";

/// Memory of the machine `virt` of QEMU. RAM stands for flash there.
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

/// Writes the linker script into `out`, and names it to the linker.
pub fn link(out: &Path) -> Result<(), Box<dyn Error>> {
    let is_arm = env::var("CARGO_CFG_TARGET_ARCH")? == "arm";
    fs::write(out.join("memory.x"), if is_arm { MEMORY_ARM } else { MEMORY_RISCV })?;
    println!("cargo:rustc-link-search={}", out.display());
    if !is_arm {
        println!("cargo:rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    Ok(())
}
