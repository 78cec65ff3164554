//! Tests of the checks of ELF files, with damaged copies of the bank.

use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use object::{
    Endianness,
    elf::{
        DT_DEBUG, DT_GNU_HASH, DT_INIT, DT_INIT_ARRAY, DT_JMPREL, DT_NEEDED, DT_NULL, DT_RELA,
        DT_RELACOUNT, DT_RELASZ, DT_STRSZ, DT_STRTAB, DT_SYMENT, DT_SYMTAB, DT_VERNEED, DT_VERSYM,
        DynamicTag, FileHeader64, PT_DYNAMIC, PT_GNU_EH_FRAME, PT_GNU_RELRO, PT_LOAD, ProgramType,
    },
    read::elf::{Dyn as _, FileHeader as _, ProgramHeader as _},
};

use super::Facts;
use crate::loader::{LoadError, contents::check};

/// Cargo puts the library of a dev-dependency beside the test binaries.
fn bank() -> PathBuf {
    env::current_exe().unwrap().with_file_name("libstatevec_bank_so.so")
}

fn check_bytes(bytes: &[u8]) -> Result<Facts, LoadError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    check(Path::new("plugin.so"), file.as_file())
}

/// Cause of the refusal of bytes.
#[track_caller]
fn damage(bytes: &[u8]) -> String {
    match check_bytes(bytes) {
        Err(LoadError::Damaged { source, .. }) => source.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn library_in_order_passes() {
    let facts = check_bytes(&fs::read(bank()).unwrap()).unwrap();
    assert_eq!((facts.catches_panics, facts.uses_origin), (Some(true), false));
}

/// The machine's own libraries are in order, so the only refusal is that they are no plugins.
#[test]
fn library_of_the_system_is_called_damaged() {
    fn visit(folder: &Path, seen: &mut u32) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if *seen >= 200 {
                return Ok(());
            }
            if kind.is_dir() {
                // A folder that may not be read holds nothing to check.
                let _ = visit(&path, seen);
            } else if kind.is_file() && path.to_string_lossy().contains(".so") {
                let Ok(file) = fs::File::open(&path) else { continue };
                if file.metadata()?.len() > 4 << 20 {
                    continue;
                }
                let checked = check(&path, &file);
                let passes = match &checked {
                    Ok(_)
                    | Err(
                        LoadError::NoEntry { .. }
                        | LoadError::Machine { .. }
                        | LoadError::Format { .. },
                    ) => true,
                    Err(_) => false,
                };
                assert!(passes, "{}: {checked:?}", path.display());
                *seen += 1;
            }
        }
        Ok(())
    }
    let mut seen = 0;
    for folder in ["/lib", "/usr/lib", "/usr/lib64"] {
        let _ = visit(Path::new(folder), &mut seen);
    }
    assert!(seen > 0, "a machine that runs this has a C library");
}

/// The bank, to be changed in places that are found by their meaning.
#[cfg(target_pointer_width = "64")]
struct Image(Vec<u8>);

#[cfg(target_pointer_width = "64")]
impl Image {
    fn of_bank() -> Self {
        Self(fs::read(bank()).unwrap())
    }

    /// Offset in the file of the `nth` program header of this type.
    fn header(&self, kind: ProgramType, nth: usize) -> usize {
        let bytes = &*self.0;
        let header = FileHeader64::<Endianness>::parse(bytes).unwrap();
        let endian = header.endian().unwrap();
        let headers = header.program_headers(endian, bytes).unwrap();
        let matching = headers.iter().enumerate().filter(|(_, one)| one.p_type(endian) == kind);
        let (index, _) = matching.clone().nth(nth).unwrap();
        usize::try_from(header.e_phoff.get(endian)).unwrap() + index * 56
    }

    /// Offset in the file of a tag's entry in the dynamic section.
    fn entry(&self, tag: DynamicTag) -> usize {
        let bytes = &*self.0;
        let header = FileHeader64::<Endianness>::parse(bytes).unwrap();
        let endian = header.endian().unwrap();
        let headers = header.program_headers(endian, bytes).unwrap();
        let section = headers.iter().find(|one| one.p_type(endian) == PT_DYNAMIC).unwrap();
        let entries = section.dynamic(endian, bytes).unwrap().unwrap();
        let index = entries.iter().position(|entry| entry.d_tag(endian) == tag).unwrap();
        usize::try_from(section.p_offset.get(endian)).unwrap() + index * 16
    }

    fn get(&self, at: usize) -> u64 {
        u64::from_ne_bytes(self.0[at..at + 8].try_into().unwrap())
    }

    fn with(mut self, at: usize, value: u64) -> String {
        self.0[at..at + 8].copy_from_slice(&value.to_ne_bytes());
        damage(&self.0)
    }
}

/// Offsets in a program header of 64 bits.
#[cfg(target_pointer_width = "64")]
mod field {
    pub(super) const OFFSET: usize = 8;
    pub(super) const ADDRESS: usize = 16;
    pub(super) const FILE_SIZE: usize = 32;
    pub(super) const MEMORY_SIZE: usize = 40;
}

#[test]
#[cfg(target_pointer_width = "64")]
fn segment_that_crashes_the_linker_is_named() {
    use field::{ADDRESS, FILE_SIZE, MEMORY_SIZE, OFFSET};
    let refused = |kind, nth, field, value: fn(u64) -> u64, expected: &str| {
        let image = Image::of_bank();
        let at = image.header(kind, nth) + field;
        let value = value(image.get(at));
        let text = image.with(at, value);
        assert!(text.contains(expected), "{expected} is not in {text}");
    };
    refused(PT_LOAD, 1, OFFSET, |_| 1 << 40, "it ends at byte");
    refused(PT_LOAD, 1, FILE_SIZE, |size| size + (1 << 40), "it ends at byte");
    refused(PT_LOAD, 1, MEMORY_SIZE, |_| 1, "more bytes in the file than in memory");
    refused(PT_LOAD, 1, ADDRESS, |_| 0, "overlaps the segment before it");
    refused(PT_LOAD, 1, ADDRESS, |_| u64::MAX - 8, "beyond the address space");
    refused(PT_LOAD, 0, MEMORY_SIZE, |size| size + (1 << 32), "and not writable");
    refused(PT_LOAD, 2, MEMORY_SIZE, |size| size + (1 << 32), "overlaps the segment before it");
    refused(PT_DYNAMIC, 0, ADDRESS, |_| 1 << 40, "not mapped from the file");
    refused(PT_GNU_RELRO, 0, MEMORY_SIZE, |size| size + (1 << 32), "not the library's");
    refused(PT_GNU_RELRO, 0, ADDRESS, |_| 1 << 40, "not the library's");
    // The page of the program headers, which lies in memory that nothing writes to.
    refused(PT_GNU_RELRO, 0, ADDRESS, |_| 0, "not the library's");
    refused(PT_GNU_EH_FRAME, 0, ADDRESS, |_| 1 << 40, "not mapped from the file");
}

/// File size 0, and an offset behind the end: the linker clears the rest of a page that the file
/// does not have.
#[test]
#[cfg(target_pointer_width = "64")]
fn empty_segment_behind_the_end_of_the_file_is_named() {
    let mut image = Image::of_bank();
    let header = image.header(PT_LOAD, 3);
    image.0[header + field::FILE_SIZE..][..8].fill(0);
    let text = image.with(header + field::OFFSET, 1 << 40);
    assert!(text.contains("it ends at byte"), "{text}");
}

#[test]
#[cfg(target_pointer_width = "64")]
fn dynamic_section_that_leads_outside_of_the_file_is_named() {
    for (tag, expected) in [
        (DT_STRTAB, "DT_STRTAB lies outside"),
        (DT_SYMTAB, "DT_SYMTAB lies outside"),
        (DT_GNU_HASH, "DT_GNU_HASH lies outside"),
        (DT_RELA, "DT_RELA lies outside"),
        (DT_JMPREL, "DT_JMPREL lies outside"),
        (DT_VERSYM, "DT_VERSYM lies outside"),
        (DT_VERNEED, "DT_VERNEED lies outside"),
        (DT_RELACOUNT, "more than there are relocations"),
        (DT_INIT_ARRAY, "DT_INIT_ARRAY lies outside"),
        (DT_INIT, "DT_INIT does not lead to code"),
        (DT_NEEDED, "a name lies outside"),
        (DT_STRSZ, "DT_STRTAB lies outside"),
        (DT_RELASZ, "the entries of DT_RELA have another size"),
        (DT_SYMENT, "its symbols have another size"),
    ] {
        let image = Image::of_bank();
        let at = image.entry(tag) + 8;
        let text = image.with(at, (1 << 40) + 1);
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
}

#[test]
#[cfg(target_pointer_width = "64")]
fn dynamic_section_that_ends_early_is_named() {
    for tag in [DT_RELA, DT_JMPREL, DT_STRTAB, DT_VERNEED] {
        let image = Image::of_bank();
        let at = image.entry(tag);
        let text = image.with(at, 0);
        assert!(text.contains("there are entries behind its final one"), "{text}");
    }
}

/// The linker would call what it reads there.
#[test]
#[cfg(target_pointer_width = "64")]
fn initialisers_where_no_table_can_be_are_named() {
    let at = Image::of_bank().entry(DT_INIT_ARRAY) + 8;
    let start = Image::of_bank().get(at);
    for address in [0, 0x100, start + 1, start + 4] {
        let text = Image::of_bank().with(at, address);
        assert!(text.contains("DT_INIT_ARRAY lies where no table of functions can be"), "{text}");
    }
}

#[test]
#[cfg(target_pointer_width = "64")]
fn dynamic_section_without_an_end_or_a_table_is_named() {
    // The tags are changed to one that the linker ignores.
    let meaningless = u64::try_from(DT_DEBUG.0).unwrap();
    for (tag, expected) in [
        (DT_STRTAB, "names no table of strings"),
        (DT_STRSZ, "names no table of strings"),
        (DT_SYMTAB, "names no table of symbols"),
        (DT_RELASZ, "DT_RELA has no size"),
        (DT_RELA, "DT_RELA is missing"),
        (DT_VERNEED, "versions of symbols come without their names"),
        (DT_VERSYM, "versions of symbols come without their names"),
    ] {
        let image = Image::of_bank();
        let at = image.entry(tag);
        let text = image.with(at, meaningless);
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
    let mut image = Image::of_bank();
    let header = image.header(PT_DYNAMIC, 0);
    let used = (image.entry(DT_NULL) as u64) - image.get(header + field::OFFSET);
    image.0[header + field::FILE_SIZE..][..8].copy_from_slice(&used.to_ne_bytes());
    let text = image.with(header + field::MEMORY_SIZE, used);
    assert!(text.contains("no final entry"), "{text}");
}

#[test]
#[cfg(target_pointer_width = "64")]
fn relocation_of_foreign_memory_is_named() {
    let mut image = Image::of_bank();
    let bytes = &*image.0;
    let header = FileHeader64::<Endianness>::parse(bytes).unwrap();
    let endian = header.endian().unwrap();
    let address = image.get(image.entry(DT_RELA) + 8);
    let headers = header.program_headers(endian, bytes).unwrap();
    let place = headers.iter().find_map(|one| {
        let inside = address.checked_sub(one.p_vaddr(endian))?;
        (inside < one.p_filesz(endian)).then_some(one.p_offset(endian) + inside)
    });
    let place = usize::try_from(place.unwrap()).unwrap();
    let offset = image.get(place);
    image.0[place + 12..place + 16].copy_from_slice(&u32::MAX.to_ne_bytes());
    let text = image.with(place, offset);
    assert!(text.contains("a symbol that is not there"), "{text}");
    let text = Image::of_bank().with(place, 1 << 40);
    assert!(text.contains("not the library's to change"), "{text}");
}

#[test]
fn files_of_other_systems_are_named() {
    for (start, expected) in [
        (&b"MZ\x90\0"[..], "a Windows program or library (PE)"),
        (b"\xcf\xfa\xed\xfe\x07\0\0\x01", "a macOS program or library (Mach-O)"),
        (b"!<arch>\nlib.rmeta/", "a static library or an rlib (ar)"),
        (b"\0asm\x01\0\0\0", "a WebAssembly module"),
        (b"#!/bin/sh\n", "a script"),
    ] {
        match check_bytes(start) {
            Err(error @ LoadError::Format { .. }) => {
                let text = error.to_string();
                assert!(text.contains(expected) && text.contains("cdylib"), "{text}");
            }
            other => panic!("{other:?}"),
        }
    }
}
