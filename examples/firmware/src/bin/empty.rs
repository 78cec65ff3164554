#![no_std]
#![no_main]
//! The machine and nothing else: what an image is compared with to see what StateVec adds.

use core::hint::black_box;

use statevec_firmware::{
    board::{entry, exit},
    script,
};

#[entry]
fn main() -> ! {
    // The commands are in the other image, too.
    black_box(script::TALLY);
    exit(0)
}
