//! The machine: where a program begins and how it ends. Both come through the debugger or emulator (semihosting).

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;

/// Ends the program with an exit status.
pub fn exit(status: i32) -> ! {
    semihosting::process::exit(status)
}
