#![no_std]
//! Parts that the images share: the machine, the plugins and their memory, the command scripts, and
//! a plugin on its store.

pub mod board;
pub mod clock;
pub mod guest;
pub mod plugins;
pub mod recorder;
pub mod script;
pub mod session;
pub mod stack;

use core::panic::PanicInfo;

/// Ends the program: the exit status is the only report of a panic.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    board::exit(101)
}
