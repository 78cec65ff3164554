//! What the program headers of a library promise, compared with each other and with the file.
//!
//! The dynamic linker maps, clears and reads what they say without a question: a wrong number ends
//! the process with a signal and no word. The contents of the tables (symbols, relocations) are
//! not looked at.

use object::{
    Endianness, ReadCache,
    elf::{
        DT_FINI, DT_FINI_ARRAY, DT_FINI_ARRAYSZ, DT_GNU_HASH, DT_HASH, DT_INIT, DT_INIT_ARRAY,
        DT_INIT_ARRAYSZ, DT_JMPREL, DT_NEEDED, DT_NULL, DT_PLTRELSZ, DT_REL, DT_RELA, DT_RELACOUNT,
        DT_RELAENT, DT_RELASZ, DT_RELCOUNT, DT_RELENT, DT_RELSZ, DT_RPATH, DT_RUNPATH, DT_SONAME,
        DT_STRSZ, DT_STRTAB, DT_SYMENT, DT_SYMTAB, DT_VERDEF, DT_VERNEED, DT_VERSYM, DynamicTag,
        PF_X, PT_DYNAMIC, PT_GNU_EH_FRAME, PT_GNU_RELRO, PT_LOAD, PT_NOTE, PT_TLS,
    },
    read::elf::{Dyn as _, FileHeader, ProgramHeader},
};
use std::{fs::File, ops::Range};

use super::Wrong;

/// Tables with their lengths in bytes.
const SIZED: [(DynamicTag, DynamicTag); 6] = [
    (DT_STRTAB, DT_STRSZ),
    (DT_RELA, DT_RELASZ),
    (DT_REL, DT_RELSZ),
    (DT_JMPREL, DT_PLTRELSZ),
    (DT_INIT_ARRAY, DT_INIT_ARRAYSZ),
    (DT_FINI_ARRAY, DT_FINI_ARRAYSZ),
];

/// Functions that run before anybody can look at the library.
const FUNCTIONS: [DynamicTag; 2] = [DT_INIT, DT_FINI];

/// Tables whose lengths nothing tells.
const UNSIZED: [DynamicTag; 6] =
    [DT_SYMTAB, DT_HASH, DT_GNU_HASH, DT_VERSYM, DT_VERDEF, DT_VERNEED];

/// Tags whose value is a place in the table of texts.
const TEXTS: [DynamicTag; 4] = [DT_NEEDED, DT_SONAME, DT_RPATH, DT_RUNPATH];

/// A part of the file and of memory.
struct Segment {
    is_code: bool,
    offset: u64,
    file: Range<u64>,
    memory: Range<u64>,
}

impl Segment {
    fn of<P: ProgramHeader<Endian = Endianness>>(
        header: &P,
        endian: Endianness,
        len: u64,
    ) -> Result<Self, Wrong> {
        let (offset, size) = header.file_range(endian);
        let (start, memory) = (header.p_vaddr(endian).into(), header.p_memsz(endian).into());
        let align = header.p_align(endian).into();
        let end = offset.checked_add(size).filter(|&end| end <= len);
        let Some(end) = end else {
            return Err(Wrong::cut_off(len, offset.saturating_add(size)));
        };
        // The linker rounds ends up to whole pages, of 64 KiB at most.
        let highest = u64::MAX >> if size_of::<P::Word>() == 4 { 32 } else { 0 };
        let Some(memory_end) = start.checked_add(memory).filter(|&end| end <= highest - 0xffff)
        else {
            return Err(Wrong::header("a segment ends behind the end of memory"));
        };
        if size > memory {
            return Err(Wrong::header("a segment is longer in the file than in memory"));
        }
        if align > 1 && !align.is_power_of_two() {
            return Err(Wrong::header("the alignment of a segment is no power of two"));
        }
        let is_code = header.p_flags(endian).0 & PF_X.0 != 0;
        Ok(Self { is_code, offset, file: offset..end, memory: start..memory_end })
    }

    fn holds(&self, addresses: &Range<u64>) -> bool {
        self.memory.start <= addresses.start && addresses.end <= self.memory.end
    }

    /// Whether these addresses hold bytes of the file, and these ones.
    fn holds_from_file(&self, addresses: &Range<u64>, offset: u64) -> bool {
        let delta = addresses.start.wrapping_sub(self.memory.start);
        self.holds(addresses)
            && self.file.start.checked_add(delta) == Some(offset)
            && offset + (addresses.end - addresses.start) <= self.file.end
    }
}

/// Checks the segments, and tells whether a text of the dynamic section speaks of `$ORIGIN`.
pub(super) fn check<Elf: FileHeader<Endian = Endianness>>(
    header: &Elf,
    data: &ReadCache<&File>,
    len: u64,
) -> Result<bool, Wrong> {
    let endian = header.endian()?;
    let headers = header.program_headers(endian, data)?;
    let mut loads: Vec<Segment> = Vec::new();
    for program in headers.iter().filter(|program| program.p_type(endian) == PT_LOAD) {
        let load = Segment::of(program, endian, len)?;
        let align = program.p_align(endian).into();
        if align > 1 && load.memory.start % align != load.offset % align {
            return Err(Wrong::header("a segment does not lie in memory as it lies in the file"));
        }
        if loads.last().is_some_and(|last| last.memory.end > load.memory.start) {
            return Err(Wrong::header("its segments overlap, or are out of order"));
        }
        loads.push(load);
    }
    if loads.is_empty() {
        return Err(Wrong::header("it has nothing to load"));
    }
    let mut dynamic = None;
    for program in headers {
        let kind = program.p_type(endian);
        if ![PT_DYNAMIC, PT_TLS, PT_GNU_RELRO, PT_GNU_EH_FRAME, PT_NOTE].contains(&kind) {
            // Not read by the linker, but not behind the end of the file either.
            let (offset, size) = program.file_range(endian);
            if size > 0 && offset.saturating_add(size) > len {
                return Err(Wrong::cut_off(len, offset.saturating_add(size)));
            }
            continue;
        }
        let segment = Segment::of(program, endian, len)?;
        let is_mapped = match kind {
            // Its end may be that of a page behind the last byte.
            PT_GNU_RELRO => loads.iter().any(|load| {
                load.memory.contains(&segment.memory.start)
                    && segment.memory.end <= load.memory.end.next_multiple_of(0x1_0000)
            }),
            // What is all zeros needs no place in memory.
            PT_TLS if segment.file.is_empty() => true,
            PT_TLS => {
                let initial = segment.memory.start
                    ..segment.memory.start + (segment.file.end - segment.file.start);
                loads.iter().any(|load| load.holds_from_file(&initial, segment.offset))
            }
            _ => loads.iter().any(|load| load.holds_from_file(&segment.memory, segment.offset)),
        };
        if !is_mapped {
            return Err(Wrong::header("a part that the linker reads lies in no segment"));
        }
        if kind == PT_DYNAMIC && dynamic.replace(program).is_some() {
            return Err(Wrong::header("it has two dynamic sections"));
        }
    }
    match dynamic {
        Some(program) => check_dynamic::<Elf>(program, endian, data, &loads),
        None => Err(Wrong::header("it has no dynamic section, so it is no shared library")),
    }
}

fn check_dynamic<Elf: FileHeader<Endian = Endianness>>(
    program: &Elf::ProgramHeader,
    endian: Endianness,
    data: &ReadCache<&File>,
    loads: &[Segment],
) -> Result<bool, Wrong> {
    let entries = program.dynamic(endian, data)?.unwrap_or_default();
    let entry = |entry: &Elf::Dyn| (entry.d_tag(endian), entry.d_val(endian).into());
    let entries: Vec<(DynamicTag, u64)> = entries.iter().map(entry).collect();
    let Some(end) = entries.iter().position(|&(tag, _)| tag == DT_NULL) else {
        return Err(Wrong::header("its dynamic section has no end"));
    };
    let entries = entries.get(..end).unwrap_or_default();
    // The linker takes the last one.
    let value = |tag| entries.iter().rev().find(|entry| entry.0 == tag).map(|entry| entry.1);
    let lies = |start: u64, size: u64| {
        let addresses = start..start.saturating_add(size);
        loads.iter().find(|load| load.holds(&addresses))
    };
    for (table, size) in SIZED {
        let (address, size) = (value(table), value(size));
        let is_whole = match (address, size) {
            (Some(address), Some(size)) => size == 0 || lies(address, size).is_some(),
            (address, size) => address.is_none() && size.is_none(),
        };
        if !is_whole {
            return Err(Wrong::header("a table of its dynamic section lies in no segment"));
        }
    }
    for table in UNSIZED {
        if value(table).is_some_and(|address| lies(address, 4).is_none()) {
            return Err(Wrong::header("a table of its dynamic section lies in no segment"));
        }
    }
    for function in FUNCTIONS {
        if value(function).is_some_and(|at| !lies(at, 1).is_some_and(|load| load.is_code)) {
            return Err(Wrong::header("a function of its dynamic section lies in no code"));
        }
    }
    check_entries::<Elf>(value)?;
    let (Some(texts), Some(size), Some(_)) = (value(DT_STRTAB), value(DT_STRSZ), value(DT_SYMTAB))
    else {
        return Err(Wrong::header("its dynamic section has no symbols"));
    };
    let behind = entries.iter().any(|&(tag, at)| TEXTS.contains(&tag) && at >= size);
    let offset = lies(texts, size).map(|load| texts - load.memory.start + load.offset);
    let bytes = offset.and_then(|offset| object::ReadRef::read_bytes_at(data, offset, size).ok());
    match bytes {
        // The linker reads texts up to a zero.
        Some(bytes) if !behind && bytes.last() == Some(&0) => Ok(speaks_of_origin(bytes)),
        _ => Err(Wrong::header("the texts of its dynamic section are not in it")),
    }
}

/// Checks that tables consist of whole entries of the size that the format gives.
fn check_entries<Elf: FileHeader>(value: impl Fn(DynamicTag) -> Option<u64>) -> Result<(), Wrong> {
    let word = size_of::<Elf::Word>() as u64;
    let sizes = [
        (DT_RELASZ, DT_RELAENT, size_of::<Elf::Rela>() as u64),
        (DT_RELSZ, DT_RELENT, size_of::<Elf::Rel>() as u64),
        (DT_SYMENT, DT_SYMENT, size_of::<Elf::Sym>() as u64),
    ];
    for (table, entry, size) in sizes {
        let given =
            value(table).is_some_and(|len| !len.is_multiple_of(size) || value(entry) != Some(size));
        if given {
            return Err(Wrong::header(
                "a table of its dynamic section has entries of a wrong size",
            ));
        }
    }
    for table in [DT_INIT_ARRAYSZ, DT_FINI_ARRAYSZ] {
        if !value(table).unwrap_or_default().is_multiple_of(word) {
            return Err(Wrong::header("a table of functions has a part of one"));
        }
    }
    for (count, len, size) in
        [(DT_RELACOUNT, DT_RELASZ, sizes[0].2), (DT_RELCOUNT, DT_RELSZ, sizes[1].2)]
    {
        if value(count).unwrap_or_default() > value(len).unwrap_or_default() / size {
            return Err(Wrong::header("it counts more relocations than it has"));
        }
    }
    Ok(())
}

fn speaks_of_origin(texts: &[u8]) -> bool {
    [&b"$ORIGIN"[..], b"${ORIGIN}"]
        .into_iter()
        .any(|token| texts.windows(token.len()).any(|part| part == token))
}
