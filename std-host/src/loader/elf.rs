//! Checks an ELF file before the dynamic linker maps it.
//!
//! The linker trusts the headers of a file. If they name bytes behind the file's end, as in an
//! unfinished download, it maps pages that do not exist, and the first access ends the process with
//! SIGBUS. If tables lie outside of the segments, it reads and writes other memory. Relocations are
//! checked for their place, not for their meaning; code is not checked.

mod dynamic;
mod segments;
mod symbols;
mod tables;
mod versions;

use object::{
    Endianness, FileKind, ReadRef,
    elf::{ELFMAG, EM_MIPS, ET_DYN, FileHeader32, FileHeader64},
    read::elf::FileHeader,
};

use self::{
    dynamic::Dynamic,
    segments::Segments,
    symbols::{Entry, Symbols},
};
use super::{
    Damage, Machine,
    facts::{Data, Facts, Refusal},
};

/// Checks that an ELF file is whole, is built for this machine, and is a plugin. Leaves other files
/// to the dynamic linker.
pub(super) fn check(data: Data<'_>) -> Result<Facts, Refusal> {
    match FileKind::parse(data) {
        Ok(FileKind::Elf64) => check_as::<FileHeader64<Endianness>>(data),
        Ok(FileKind::Elf32) => check_as::<FileHeader32<Endianness>>(data),
        // A few bytes do not tell the kind.
        Err(_) if starts_as_elf(data) => check_as::<FileHeader32<Endianness>>(data),
        _ => Ok(Facts::default()),
    }
}

/// Returns true if the first bytes are those of an ELF file, as far as there are any.
fn starts_as_elf(data: Data<'_>) -> bool {
    let len = data.len().unwrap_or_default().min(ELFMAG.len() as u64);
    data.read_bytes_at(0, len).is_ok_and(|start| ELFMAG.starts_with(start))
}

fn check_as<Elf: FileHeader<Endian = Endianness>>(data: Data<'_>) -> Result<Facts, Refusal> {
    let len = data.len().unwrap_or_default();
    let inside = |offset: u64, size: u64| match offset.saturating_add(size) {
        end if end > len => Err(Damage::CutOff { len, end }),
        _ => Ok(()),
    };
    inside(0, size_of::<Elf>() as u64)?;
    let header = Elf::parse(data)?;
    let endian = header.endian()?;
    let found = Machine {
        number: header.e_machine(endian).0,
        bits: if header.is_class_64() { 64 } else { 32 },
        big_endian: header.is_big_endian(),
    };
    if let Some(needed) = Machine::of_this_process().filter(|needed| *needed != found) {
        return Err(Refusal::Machine { found, needed });
    }
    // The section headers mostly stand last, so a file that is cut off anywhere lacks some of them.
    // The linker does not read them.
    let sections = u64::from(header.shnum(endian, data)?) * u64::from(header.e_shentsize(endian));
    inside(header.e_shoff(endian).into(), sections)?;
    let segments = u64::from(header.phnum(endian, data)?) * u64::from(header.e_phentsize(endian));
    inside(header.e_phoff(endian).into(), segments)?;
    // The linker refuses executables by itself.
    if header.e_type(endian) != ET_DYN {
        return Ok(Facts::default());
    }
    let segments = Segments::check(header, endian, data)?;
    let dynamic = Dynamic::check::<Elf>(&segments, endian, data)?;
    if dynamic.is_executable() {
        return Ok(Facts::default());
    }
    let symbols = Symbols::<Elf>::of(&dynamic, &segments, endian, data)?;
    // MIPS has relocations of another form.
    if header.e_machine(endian) != EM_MIPS {
        tables::check::<Elf>(&dynamic, &segments, symbols.len(), endian, data)?;
    }
    versions::check(&dynamic, &segments, symbols.len(), endian, data)?;
    let entry = symbols.entry(&segments)?.ok_or(Refusal::NoEntry)?;
    Ok(Facts {
        uses_origin: dynamic.uses_origin(),
        catches_panics: symbols.catches_panics(&segments),
        entry: match entry {
            Entry::Code { address } => segments.distance_from_start(address),
            Entry::Elsewhere => None,
        },
    })
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
