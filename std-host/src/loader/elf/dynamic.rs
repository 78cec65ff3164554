//! The dynamic section, which gives the places of a library's tables.

use object::{
    Endianness, ReadRef as _,
    elf::{
        DF_1_PIE, DT_AUXILIARY, DT_FILTER, DT_FLAGS_1, DT_NEEDED, DT_NULL, DT_RPATH, DT_RUNPATH,
        DT_SONAME, DT_STRSZ, DT_STRTAB, DynamicTag,
    },
    read::elf::{Dyn as _, FileHeader},
};

use super::segments::Segments;
use crate::loader::{Damage, facts::Data};

/// A dynamic section that ends, and its strings.
pub(super) struct Dynamic<'d> {
    entries: Vec<(DynamicTag, u64)>,
    strings: &'d [u8],
}

/// Tags whose values are places in the table of strings.
const STRINGS: [DynamicTag; 6] =
    [DT_NEEDED, DT_SONAME, DT_RPATH, DT_RUNPATH, DT_AUXILIARY, DT_FILTER];

impl<'d> Dynamic<'d> {
    /// Reads the section as the linker does: at its address in memory, up to its final entry.
    pub(super) fn check<Elf: FileHeader<Endian = Endianness>>(
        segments: &Segments,
        endian: Endianness,
        data: Data<'d>,
    ) -> Result<Self, Damage> {
        let section = segments.dynamic().ok_or_else(|| wrong("there is none"))?;
        let place = segments.offset(section.address, section.memory_size);
        let place = place.ok_or_else(|| wrong("it is not mapped from the file"))?;
        let count = section.memory_size / size_of::<Elf::Dyn>() as u64;
        let slice =
            data.read_slice_at::<Elf::Dyn>(place, usize::try_from(count).unwrap_or(usize::MAX));
        let slice = slice.map_err(|()| wrong("it cannot be read"))?;
        let len = slice.iter().position(|entry| entry.d_tag(endian) == DT_NULL);
        let len = len.ok_or_else(|| wrong("it has no final entry"))?;
        // Linkers leave room behind the final entry, and no entries. If there are some, this is not
        // the final entry that the file was linked with.
        if slice.iter().skip(len).any(|entry| entry.d_tag(endian) != DT_NULL) {
            return Err(wrong("there are entries behind its final one"));
        }
        let entries = slice.iter().take(len);
        let entries =
            entries.map(|entry| (entry.d_tag(endian), entry.d_val(endian).into())).collect();
        let mut dynamic = Self { entries, strings: &[] };
        let (address, size) = (dynamic.get(DT_STRTAB), dynamic.get(DT_STRSZ));
        let (Some(address), Some(size)) = (address, size) else {
            return Err(wrong("it names no table of strings"));
        };
        let place = segments.offset(address, size).ok_or_else(|| outside("DT_STRTAB"))?;
        let strings = data.read_bytes_at(place, size).map_err(|()| outside("DT_STRTAB"))?;
        if strings.last() != Some(&0) {
            return Err(wrong("its table of strings has no end"));
        }
        dynamic.strings = strings;
        let mut texts = dynamic.entries.iter().filter(|(tag, _)| STRINGS.contains(tag));
        if texts.any(|&(_, at)| dynamic.string(at).is_none()) {
            return Err(wrong("a name lies outside of its table of strings"));
        }
        Ok(dynamic)
    }

    /// The value of a tag; the last one, as for the linker.
    pub(super) fn get(&self, tag: DynamicTag) -> Option<u64> {
        self.entries.iter().rfind(|entry| entry.0 == tag).map(|entry| entry.1)
    }

    /// The text at a place of the table of strings.
    pub(super) fn string(&self, at: u64) -> Option<&'d [u8]> {
        self.strings.get(usize::try_from(at).ok()?..)?.split(|&byte| byte == 0).next()
    }

    /// Returns true if this is a position-independent program, and no library.
    pub(super) fn is_executable(&self) -> bool {
        self.get(DT_FLAGS_1).is_some_and(|flags| flags & DF_1_PIE.0 != 0)
    }

    /// Returns true if a path in it refers to the library's own folder.
    pub(super) fn uses_origin(&self) -> bool {
        let mut texts =
            self.entries.iter().filter(|(tag, _)| STRINGS.contains(tag) && *tag != DT_SONAME);
        texts.any(|&(_, at)| self.string(at).is_some_and(names_origin))
    }
}

fn names_origin(text: &[u8]) -> bool {
    let found = |token: &[u8]| text.windows(token.len()).any(|part| part == token);
    found(b"$ORIGIN") || found(b"${ORIGIN}")
}

pub(super) fn wrong(reason: &str) -> Damage {
    Damage::Dynamic { reason: reason.to_owned() }
}

/// A table that does not lie in the file's segments, or not whole.
pub(super) fn outside(name: &str) -> Damage {
    Damage::Dynamic { reason: format!("{name} lies outside of the file's segments") }
}
