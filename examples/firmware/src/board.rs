//! The machine: the start of a program, its exit status and its output. Status and output go
//! through the debugger or emulator (semihosting).

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;

use core::fmt;

// Critical sections, where the target has no compare-exchange.
#[cfg(all(target_arch = "arm", not(target_has_atomic = "ptr")))]
use cortex_m as _;
use semihosting::io;

/// Ends the program with an exit status.
pub fn exit(status: i32) -> ! {
    semihosting::process::exit(status)
}

/// The standard output of the debugger or emulator.
#[derive(Debug)]
pub struct Console(io::Stdout);

impl Console {
    /// Opens it.
    ///
    /// # Errors
    ///
    /// No debugger is attached.
    pub fn open() -> io::Result<Self> {
        io::stdout().map(Self)
    }
}

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        io::Write::write_all(&mut self.0, text.as_bytes()).map_err(|_| fmt::Error)
    }
}
