//! Whose code an address is, as the operating system tells.

use std::{fs, io};

use memmap2::MmapOptions;

use super::dlopen::Code;

/// Where a function of a library lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// In the file that was to be mapped.
    Own,
    /// In another file, although this one is mapped, too: a library that it needs.
    Dependency,
    /// In another file, and this one is not mapped: the linker answered with one that it knew.
    Other,
}

/// Compares the mapping of a function with the mappings of the library's file.
///
/// Device and inode of a mapping are not always those that `stat` tells (file systems in layers and
/// subvolumes have several answers). So a byte of the file is mapped for comparison.
pub(super) fn whose(function: usize, code: &Code) -> io::Result<Whose> {
    // SAFETY: the bytes are never read, so it does not matter who changes the file (rule 10).
    let probe = unsafe { MmapOptions::new().len(1).map(&code.file) }?;
    let maps = fs::read_to_string("/proc/self/maps")?;
    let mappings: Vec<Mapping<'_>> = maps.lines().filter_map(Mapping::parse).collect();
    let file_at = |address| {
        let at = mappings.iter().find(|mapping| mapping.holds(address));
        at.map(|mapping| mapping.file)
    };
    let own = file_at(probe.as_ptr().addr());
    Ok(if own.is_some() && file_at(function) == own {
        Whose::Own
    } else if mappings.iter().any(|mapping| mapping.is_code && Some(mapping.file) == own) {
        Whose::Dependency
    } else {
        Whose::Other
    })
}

/// A line of `/proc/self/maps`.
#[derive(Debug, PartialEq, Eq)]
struct Mapping<'a> {
    start: usize,
    end: usize,
    is_code: bool,
    /// The device and the inode.
    file: (&'a str, &'a str),
}

impl<'a> Mapping<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let is_code = words.next()?.contains('x');
        let device = words.nth(1)?;
        let inode = words.next()?;
        let address = |text| usize::from_str_radix(text, 16).ok();
        Some(Self { start: address(start)?, end: address(end)?, is_code, file: (device, inode) })
    }

    fn holds(&self, address: usize) -> bool {
        (self.start..self.end).contains(&address)
    }
}

#[cfg(test)]
mod tests {
    use super::Mapping;

    #[test]
    fn line_of_the_kernel() {
        let line = "7f00-8000 r-xp 00001000 fe:01 4711                       /lib/a b.so";
        let mapping = Mapping::parse(line).unwrap();
        let expected =
            Mapping { start: 0x7f00, end: 0x8000, is_code: true, file: ("fe:01", "4711") };
        assert_eq!(mapping, expected);
        assert!(mapping.holds(0x7fff) && !mapping.holds(0x8000));
        assert_eq!(Mapping::parse("no mapping"), None);
    }
}
