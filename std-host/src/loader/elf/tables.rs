//! Relocations, and functions that the linker calls.

use object::{
    Endianness, ReadRef as _,
    elf::{
        DF_TEXTREL, DT_FINI, DT_FINI_ARRAY, DT_FINI_ARRAYSZ, DT_FLAGS, DT_INIT, DT_INIT_ARRAY,
        DT_INIT_ARRAYSZ, DT_JMPREL, DT_PLTGOT, DT_PLTREL, DT_PLTRELSZ, DT_REL, DT_RELA,
        DT_RELACOUNT, DT_RELAENT, DT_RELASZ, DT_RELENT, DT_RELR, DT_RELRENT, DT_RELRSZ, DT_RELSZ,
        DT_TEXTREL, DynamicTag,
    },
    pod::Pod,
    read::elf::{FileHeader, Rel as _, Rela as _, Relr as _},
};

use super::{
    dynamic::{Dynamic, outside, wrong},
    segments::{Access, Segments},
};
use crate::loader::{Damage, facts::Data};

/// Checks that the tables lie in the segments, and that relocations change the library's own memory
/// and name its own symbols. `symbols` is their number, or 0 if it is not known.
pub(super) fn check<'d, Elf: FileHeader<Endian = Endianness>>(
    dynamic: &Dynamic<'d>,
    segments: &Segments,
    symbols: usize,
    endian: Endianness,
    data: Data<'d>,
) -> Result<(), Damage> {
    // Found once, because there are thousands of relocations.
    let access = if relocates_code(dynamic) { Access::Read } else { Access::Write };
    let tables = LinkerTables { dynamic, segments, symbols, access, data };
    for (tag, name) in [(DT_INIT, "DT_INIT"), (DT_FINI, "DT_FINI")] {
        let place = dynamic.get(tag).filter(|&address| address != 0);
        if place.is_some_and(|address| !segments.allows(address, 1, Access::Execute)) {
            return Err(Damage::Dynamic { reason: format!("{name} does not lead to code") });
        }
    }
    if dynamic.get(DT_PLTGOT).is_some_and(|address| !segments.allows(address, 1, Access::Read)) {
        return Err(outside("DT_PLTGOT"));
    }
    let word = if Elf::is_type_64_sized() { 8 } else { 4 };
    tables.check_functions(DT_INIT_ARRAY, DT_INIT_ARRAYSZ, word, "DT_INIT_ARRAY")?;
    tables.check_functions(DT_FINI_ARRAY, DT_FINI_ARRAYSZ, word, "DT_FINI_ARRAY")?;
    let procedures = |kind: DynamicTag| dynamic.get(DT_PLTREL) == Some(kind.0 as u64);
    if dynamic.get(DT_JMPREL).is_some() && !procedures(DT_RELA) && !procedures(DT_REL) {
        return Err(wrong("DT_PLTREL is no kind of relocations"));
    }
    let relocations = tables.slice::<Elf::Rela>(DT_RELA, DT_RELASZ, Some(DT_RELAENT), "DT_RELA")?;
    // The linker treats this number of relocations from the start as relative ones.
    if dynamic.get(DT_RELACOUNT).is_some_and(|count| count > relocations.len() as u64) {
        return Err(wrong("DT_RELACOUNT is more than there are relocations"));
    }
    for relocation in relocations.iter().chain(tables.procedures::<Elf::Rela>(procedures(DT_RELA))?)
    {
        if relocation.r_type(endian, false).0 != 0 {
            let symbol = relocation.r_sym(endian, false);
            tables.check_relocation(relocation.r_offset(endian).into(), symbol)?;
        }
    }
    for relocation in tables
        .slice::<Elf::Rel>(DT_REL, DT_RELSZ, Some(DT_RELENT), "DT_REL")?
        .iter()
        .chain(tables.procedures::<Elf::Rel>(procedures(DT_REL))?)
    {
        if relocation.r_type(endian).0 != 0 {
            let symbol = relocation.r_sym(endian);
            tables.check_relocation(relocation.r_offset(endian).into(), symbol)?;
        }
    }
    let packed = tables.slice::<Elf::Relr>(DT_RELR, DT_RELRSZ, Some(DT_RELRENT), "DT_RELR")?;
    for entry in packed {
        let entry: u64 = entry.get(endian).into();
        // An odd entry says which of the following words are relocated, too.
        if entry & 1 == 0 {
            tables.check_relocation(entry, 0)?;
        }
    }
    Ok(())
}

struct LinkerTables<'a, 'd> {
    dynamic: &'a Dynamic<'d>,
    segments: &'a Segments,
    symbols: usize,
    /// The access that the memory of a relocation must allow.
    access: Access,
    data: Data<'d>,
}

impl<'d> LinkerTables<'_, 'd> {
    /// The entries of a table; empty without the table.
    fn slice<T: Pod>(
        &self,
        address: DynamicTag,
        size: DynamicTag,
        entry_size: Option<DynamicTag>,
        name: &str,
    ) -> Result<&'d [T], Damage> {
        let entry = size_of::<T>() as u64;
        let Some((place, len)) = self.place(address, size, entry, name)? else { return Ok(&[]) };
        if entry_size.is_some_and(|tag| self.dynamic.get(tag) != Some(entry)) {
            return Err(other_size(name));
        }
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        self.data.read_slice_at(place, len).map_err(|()| outside(name))
    }

    /// Offset of a table in the file, and the number of its entries; `None` if it has none.
    fn place(
        &self,
        address: DynamicTag,
        size: DynamicTag,
        entry: u64,
        name: &str,
    ) -> Result<Option<(u64, u64)>, Damage> {
        let (address, size) = match (self.dynamic.get(address), self.dynamic.get(size)) {
            (Some(address), Some(size)) => (address, size),
            (None, None | Some(0)) => return Ok(None),
            (Some(_), None) => {
                return Err(Damage::Dynamic { reason: format!("{name} has no size") });
            }
            (None, Some(_)) => {
                return Err(Damage::Dynamic {
                    reason: format!("{name} is missing, but has a size"),
                });
            }
        };
        if !size.is_multiple_of(entry) {
            return Err(other_size(name));
        }
        if size == 0 {
            return Ok(None);
        }
        let place = self.segments.offset(address, size).ok_or_else(|| outside(name))?;
        Ok(Some((place, size / entry)))
    }

    /// Checks a table of functions. The linker calls them after it has relocated their addresses,
    /// so the table is aligned, and in memory that it may write to.
    fn check_functions(
        &self,
        tag: DynamicTag,
        size: DynamicTag,
        word: u64,
        name: &str,
    ) -> Result<(), Damage> {
        let Some((_, len)) = self.place(tag, size, word, name)? else { return Ok(()) };
        let address = self.dynamic.get(tag).unwrap_or_default();
        let is_relocated = self.segments.allows(address, len * word, Access::Write);
        if !is_relocated || !address.is_multiple_of(word) {
            return Err(Damage::Dynamic {
                reason: format!("{name} lies where no table of functions can be"),
            });
        }
        Ok(())
    }

    /// The relocations of procedures, if they are of this kind.
    fn procedures<T: Pod>(&self, are_of_kind: bool) -> Result<&'d [T], Damage> {
        if are_of_kind { self.slice(DT_JMPREL, DT_PLTRELSZ, None, "DT_JMPREL") } else { Ok(&[]) }
    }

    fn check_relocation(&self, address: u64, symbol: u32) -> Result<(), Damage> {
        if !self.segments.allows(address, 1, self.access) {
            return Err(wrong("a relocation changes memory that is not the library's to change"));
        }
        if symbol as usize >= self.symbols && self.symbols > 0 && symbol > 0 {
            return Err(wrong("a relocation names a symbol that is not there"));
        }
        Ok(())
    }
}

fn relocates_code(dynamic: &Dynamic<'_>) -> bool {
    let flags = dynamic.get(DT_FLAGS).unwrap_or_default();
    dynamic.get(DT_TEXTREL).is_some() || flags & DF_TEXTREL.0 != 0
}

fn other_size(name: &str) -> Damage {
    Damage::Dynamic { reason: format!("the entries of {name} have another size") }
}
