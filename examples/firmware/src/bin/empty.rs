#![no_std]
#![no_main]
//! The machine and nothing else: what an image is compared with to see what StateVec adds.

use statevec_firmware::board::{entry, exit};

#[entry]
fn main() -> ! {
    exit(0)
}
