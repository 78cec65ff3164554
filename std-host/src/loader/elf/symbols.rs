//! The symbols that a library itself defines.

use std::iter;

use object::{
    Endianness, ReadRef as _,
    elf::{
        DT_GNU_HASH, DT_HASH, DT_SYMENT, DT_SYMTAB, SHN_ABS, SHN_UNDEF, STB_GLOBAL, STB_GNU_UNIQUE,
        STB_WEAK, STT_GNU_IFUNC, STT_OBJECT, STV_HIDDEN, STV_INTERNAL,
    },
    read::elf::{FileHeader, GnuHashTable, HashTable, Sym as _},
};

use super::{
    dynamic::{Dynamic, outside, wrong},
    segments::{Access, Segments},
};
use crate::loader::{
    Damage, entry,
    facts::{self, CATCHES_PANICS, Data},
};

/// The table of dynamic symbols. The linker finds its symbols by hash tables, which are checked
/// here, and this searches from end to end.
pub(super) struct Symbols<'a, 'd, Elf: FileHeader> {
    dynamic: &'a Dynamic<'d>,
    symbols: &'d [Elf::Sym],
    endian: Endianness,
    data: Data<'d>,
}

impl<'a, 'd, Elf: FileHeader<Endian = Endianness>> Symbols<'a, 'd, Elf> {
    pub(super) fn of(
        dynamic: &'a Dynamic<'d>,
        segments: &Segments,
        endian: Endianness,
        data: Data<'d>,
    ) -> Result<Self, Damage> {
        let address = dynamic.get(DT_SYMTAB);
        let address = address.ok_or_else(|| wrong("it names no table of symbols"))?;
        if dynamic.get(DT_SYMENT) != Some(size_of::<Elf::Sym>() as u64) {
            return Err(wrong("its symbols have another size (DT_SYMENT)"));
        }
        let by_hash = dynamic.get(DT_HASH).map(|at| hashed::<Elf>(at, segments, endian, data));
        let by_gnu =
            dynamic.get(DT_GNU_HASH).map(|at| gnu_hashed::<Elf>(at, segments, endian, data));
        let len = by_gnu.transpose()?.unwrap_or(0).max(by_hash.transpose()?.unwrap_or(0));
        let size = len.saturating_mul(size_of::<Elf::Sym>() as u64);
        let place = segments.offset(address, size.max(1)).ok_or_else(|| outside("DT_SYMTAB"))?;
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let symbols = data.read_slice_at(place, len).map_err(|()| outside("DT_SYMTAB"))?;
        Ok(Self { dynamic, symbols, endian, data })
    }

    /// How many there are; 0 if the library defines none, so the hash tables do not tell.
    pub(super) fn len(&self) -> usize {
        self.symbols.len()
    }

    /// The library's own entry function of a plugin; `None` if it has none.
    pub(super) fn entry(&self, segments: &Segments) -> Result<Option<Entry>, Damage> {
        let Some(symbol) = self.find(entry::SYMBOL) else { return Ok(None) };
        let (address, section) =
            (symbol.st_value(self.endian).into(), symbol.st_shndx(self.endian));
        // The linker answers null for an absolute zero, and calls an indirect function first.
        if section == SHN_ABS || symbol.st_type() == STT_GNU_IFUNC {
            return Ok(Some(Entry::Elsewhere));
        }
        if symbol.st_type() == STT_OBJECT || !segments.allows(address, 1, Access::Execute) {
            return Err(wrong("its entry symbol does not lead to code"));
        }
        Ok(Some(Entry::Code { address }))
    }

    /// Returns true if the library says that it catches panics.
    pub(super) fn catches_panics(&self, segments: &Segments) -> Option<bool> {
        let address = self.find(CATCHES_PANICS)?.st_value(self.endian).into();
        let place = segments.offset(address, 1)?;
        facts::flag(self.data.read_bytes_at(place, 1).ok()?)
    }

    /// A symbol that other libraries and `dlsym` can see.
    fn find(&self, name: &str) -> Option<&'d Elf::Sym> {
        self.symbols.iter().find(|symbol| {
            symbol.st_shndx(self.endian) != SHN_UNDEF
                && [STB_GLOBAL, STB_WEAK, STB_GNU_UNIQUE].contains(&symbol.st_bind())
                && ![STV_HIDDEN, STV_INTERNAL].contains(&symbol.st_visibility())
                && self.dynamic.string(symbol.st_name(self.endian).into()) == Some(name.as_bytes())
        })
    }
}

/// The place of an entry function.
pub(super) enum Entry {
    /// In a segment of code.
    Code { address: u64 },
    /// Only the linker can tell.
    Elsewhere,
}

/// The number of symbols by a System V hash table.
fn hashed<Elf: FileHeader<Endian = Endianness>>(
    address: u64,
    segments: &Segments,
    endian: Endianness,
    data: Data<'_>,
) -> Result<u64, Damage> {
    let bytes = beginnings(address, segments, data).ok_or_else(|| outside("DT_HASH"))?;
    let len = { bytes }
        .find_map(|bytes| Some(HashTable::<Elf>::parse(endian, bytes).ok()?.symbol_table_length()));
    len.map(u64::from).ok_or_else(|| outside("DT_HASH"))
}

/// The number of symbols by a GNU hash table; 0 if it holds none.
fn gnu_hashed<Elf: FileHeader<Endian = Endianness>>(
    address: u64,
    segments: &Segments,
    endian: Endianness,
    data: Data<'_>,
) -> Result<u64, Damage> {
    let bytes = beginnings(address, segments, data).ok_or_else(|| outside("DT_GNU_HASH"))?;
    let mut len = None;
    for bytes in bytes {
        let Ok(table) = GnuHashTable::<Elf>::parse(endian, bytes) else { continue };
        let header = bytes.read_at::<object::elf::GnuHashHeader<Endianness>>(0);
        // The linker ends the process otherwise.
        if !header.is_ok_and(|header| header.bloom_count.get(endian).is_power_of_two()) {
            return Err(wrong("the filter of DT_GNU_HASH has no power of two of words"));
        }
        len = Some(table.symbol_table_length(endian).unwrap_or(0).into());
        if len > Some(0) {
            break;
        }
    }
    len.ok_or_else(|| outside("DT_GNU_HASH"))
}

/// The bytes from an address on: a few first, then ever more, up to all of the segment. A hash
/// table does not tell its own length, and is mostly a small part of its segment.
fn beginnings<'d>(
    address: u64,
    segments: &Segments,
    data: Data<'d>,
) -> Option<impl Iterator<Item = &'d [u8]>> {
    const FEW: u64 = 1 << 10;
    const MORE: u64 = 16;
    let (place, available) = segments.available(address)?;
    let lens = iter::successors(Some(available.min(FEW)), move |len| {
        (*len < available).then(|| len.saturating_mul(MORE).min(available))
    });
    Some(lens.map_while(move |len| data.read_bytes_at(place, len).ok()))
}
