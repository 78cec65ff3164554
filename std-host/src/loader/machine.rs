//! The machines that libraries are built for.

use std::{env::consts::ARCH, fmt};

/// A kind of machine, as an ELF file names it. It shows as `aarch64 (64-bit, little-endian)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// ELF's `e_machine`.
    pub(super) number: u16,
    pub(super) bits: u32,
    pub(super) big_endian: bool,
}

/// Rust's names, and ELF's number and width for each.
const KNOWN: [(&str, u16, u32); 13] = [
    ("x86", 3, 32),
    ("mips", 8, 32),
    ("mips64", 8, 64),
    ("powerpc", 20, 32),
    ("powerpc64", 21, 64),
    ("s390x", 22, 64),
    ("arm", 40, 32),
    ("sparc64", 43, 64),
    ("x86_64", 62, 64),
    ("aarch64", 183, 64),
    ("riscv32", 243, 32),
    ("riscv64", 243, 64),
    ("loongarch64", 258, 64),
];

impl Machine {
    /// The machine of this process; `None` if its number is not known here.
    pub(super) fn of_this_process() -> Option<Self> {
        KNOWN.iter().find(|known| known.0 == ARCH).map(|&(_, number, _)| Self {
            number,
            bits: usize::BITS,
            big_endian: cfg!(target_endian = "big"),
        })
    }

    /// The little-endian machine of one of Rust's names.
    #[cfg(windows)]
    pub(super) fn named(name: &str) -> Option<Self> {
        let known = KNOWN.iter().find(|known| known.0 == name)?;
        Some(Self { number: known.1, bits: known.2, big_endian: false })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self { number, bits, big_endian } = self;
        match KNOWN.iter().find(|known| (known.1, known.2) == (number, bits)) {
            Some((name, ..)) => f.write_str(name)?,
            None => write!(f, "machine {number}")?,
        }
        write!(f, " ({bits}-bit, {}-endian)", if big_endian { "big" } else { "little" })
    }
}

#[cfg(test)]
mod tests {
    use super::{ARCH, Machine};

    #[test]
    fn this_process_has_rust_s_name() {
        let text = Machine::of_this_process().unwrap().to_string();
        assert!(text.starts_with(&format!("{ARCH} ({}-bit, ", usize::BITS)), "{text}");
    }

    #[test]
    fn unknown_number_is_shown() {
        let machine = Machine { number: 127, bits: 32, big_endian: true };
        assert_eq!(machine.to_string(), "machine 127 (32-bit, big-endian)");
    }
}
