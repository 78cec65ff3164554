#![no_std]
#![no_main]
//! An image without StateVec. The others are compared with it to see what StateVec adds.

use core::hint::black_box;

use statevec_firmware::{
    board::{entry, exit},
    plugins::TALLY_COMMANDS,
};

#[entry]
fn main() -> ! {
    // The commands are in the other image, too.
    black_box(TALLY_COMMANDS);
    exit(0)
}
