//! Random changes of program headers and dynamic entries.

use std::ops::Range;

use object::{
    Endianness,
    elf::{DT_NULL, FileHeader64, PT_DYNAMIC},
    read::elf::{Dyn as _, FileHeader as _, ProgramHeader as _},
};

/// The offsets and lengths of the numbers in the file that may change.
pub(crate) struct Places {
    fields: Vec<Range<usize>>,
    len: u64,
}

/// New bytes at a place of the file.
pub(crate) struct Change {
    pub(crate) at: usize,
    pub(crate) new: Vec<u8>,
}

/// Widths of the fields of a program header: type, flags, offset, two addresses, two sizes,
/// alignment.
const HEADER: [usize; 8] = [4, 4, 8, 8, 8, 8, 8, 8];

impl Places {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let header = FileHeader64::<Endianness>::parse(bytes).unwrap();
        let endian = header.endian().unwrap();
        let headers = header.program_headers(endian, bytes).unwrap();
        let start = usize::try_from(header.e_phoff.get(endian)).unwrap();
        let mut fields = Vec::new();
        for index in 0..headers.len() {
            let mut at = start + index * 56;
            for width in HEADER {
                fields.push(at..at + width);
                at += width;
            }
        }
        let section = headers.iter().find(|one| one.p_type(endian) == PT_DYNAMIC).unwrap();
        let start = usize::try_from(section.p_offset.get(endian)).unwrap();
        let entries = section.dynamic(endian, bytes).unwrap().unwrap();
        let used = entries.iter().position(|entry| entry.d_tag(endian) == DT_NULL).unwrap();
        // The final entry may change, too.
        for index in 0..=used {
            let at = start + index * 16;
            fields.extend([at..at + 8, at + 8..at + 16]);
        }
        Self { fields, len: bytes.len() as u64 }
    }

    /// The changes of one file: one to three numbers.
    pub(crate) fn change(&self, bytes: &[u8], number: u64) -> Vec<Change> {
        let mut random = fastrand::Rng::with_seed(0x5ee_d000 + number);
        let count = [1, 1, 1, 2, 3][random.usize(..5)];
        (0..count).map(|_| self.change_one(bytes, &mut random)).collect()
    }

    fn change_one(&self, bytes: &[u8], random: &mut fastrand::Rng) -> Change {
        let field = self.fields[random.usize(..self.fields.len())].clone();
        let old = number(&bytes[field.clone()]);
        let other = number(&bytes[self.fields[random.usize(..self.fields.len())].clone()]);
        let page = 4096;
        let near = 1 << random.u32(..13);
        let value = match random.u8(..12) {
            0 => 0,
            1 => 1,
            2 => random.u64(..),
            3 => u64::MAX - random.u64(..page),
            4 => old.wrapping_add(near),
            5 => old.wrapping_sub(near),
            6 => old.wrapping_add(page * random.u64(1..9)),
            7 => old.wrapping_sub(page * random.u64(1..9)),
            8 => self.len.wrapping_add(random.u64(..2 * page)).wrapping_sub(page),
            9 => old ^ (1 << random.u32(..64)),
            10 => other,
            _ => random.u64(..self.len),
        };
        let width = field.len();
        let new = if width == 4 {
            u32::try_from(value & u64::from(u32::MAX)).unwrap().to_ne_bytes().to_vec()
        } else {
            value.to_ne_bytes().to_vec()
        };
        Change { at: field.start, new }
    }
}

fn number(bytes: &[u8]) -> u64 {
    match bytes.len() {
        4 => u32::from_ne_bytes(bytes.try_into().unwrap()).into(),
        _ => u64::from_ne_bytes(bytes.try_into().unwrap()),
    }
}
