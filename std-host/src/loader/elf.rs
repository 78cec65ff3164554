//! What must hold for a file before the dynamic linker maps it.
//!
//! The linker believes the headers of an ELF file. Where they speak of bytes behind the file's end it maps pages that do not exist, and the
//! first access ends the process with SIGBUS: a download or a copy that broke off is enough. Libraries of systems that have another format
//! pass unseen.

mod segments;

use std::{fs::File, path::Path};

use object::{
    Endianness, FileKind, ReadCache, ReadRef,
    elf::{ELFMAG, FileHeader32, FileHeader64},
    read::elf::FileHeader,
};

use super::{Damage, LoadError, Machine};

/// What the check tells about a library that is in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Checked {
    /// Whether the linker has to know the folder of the file: the libraries that it needs are
    /// found from there.
    pub(super) speaks_of_origin: bool,
}

/// Checks that a file is whole and for this machine, if it is an ELF file. A library of another
/// system is named; what it is otherwise, the dynamic linker says.
pub(super) fn check(path: &Path, file: &File) -> Result<Checked, LoadError> {
    let damaged = |source| LoadError::Damaged { path: path.to_path_buf(), source };
    let data = &ReadCache::new(file);
    let checked = match FileKind::parse(data) {
        Ok(FileKind::Elf64) => check_as::<FileHeader64<Endianness>>(data),
        Ok(FileKind::Elf32) => check_as::<FileHeader32<Endianness>>(data),
        // Of a few bytes the kind cannot be told.
        Err(_) if starts_as_elf(data) => check_as::<FileHeader32<Endianness>>(data),
        Err(_) => match foreign_system(data) {
            Some(system) if cfg!(target_os = "linux") => {
                return Err(LoadError::ForeignSystem { path: path.to_path_buf(), system });
            }
            _ => Ok(Checked::default()),
        },
        Ok(_) => Ok(Checked::default()),
    };
    checked.map_err(|wrong| match wrong {
        Wrong::Damage(source) => damaged(source),
        Wrong::Machine { found, needed } => {
            LoadError::Machine { path: path.to_path_buf(), found, needed }
        }
    })
}

/// The system whose libraries start with these bytes.
fn foreign_system(data: &ReadCache<&File>) -> Option<&'static str> {
    match data.read_bytes_at(0, 4).ok()? {
        [b'M', b'Z', ..] => Some("Windows (a PE file)"),
        [0xcf | 0xce, 0xfa, 0xed, 0xfe]
        | [0xfe, 0xed, 0xfa, 0xcf | 0xce]
        | [0xca, 0xfe, 0xba, 0xbe | 0xbf] => Some("macOS (a Mach-O file)"),
        _ => None,
    }
}

/// Whether what there is of the first bytes is as it should be.
fn starts_as_elf(data: &ReadCache<&File>) -> bool {
    let len = data.len().unwrap_or_default().min(ELFMAG.len() as u64);
    data.read_bytes_at(0, len).is_ok_and(|start| ELFMAG.starts_with(start))
}

enum Wrong {
    Machine { found: Machine, needed: Machine },
    Damage(Damage),
}

impl Wrong {
    fn header(reason: &str) -> Self {
        Self::Damage(Damage::Header { reason: reason.to_owned() })
    }

    fn cut_off(len: u64, end: u64) -> Self {
        Self::Damage(Damage::CutOff { len, end })
    }
}

impl From<object::Error> for Wrong {
    fn from(error: object::Error) -> Self {
        Self::Damage(Damage::Header { reason: error.to_string() })
    }
}

fn check_as<Elf: FileHeader<Endian = Endianness>>(
    data: &ReadCache<&File>,
) -> Result<Checked, Wrong> {
    let len = data.len().unwrap_or_default();
    let inside = |offset: u64, size: u64| match offset.saturating_add(size) {
        end if end > len => Err(Wrong::Damage(Damage::CutOff { len, end })),
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
        return Err(Wrong::Machine { found, needed });
    }
    // The section headers mostly stand last, so that a file that is cut off anywhere lacks some of them. The linker does not read them.
    let sections = u64::from(header.shnum(endian, data)?) * u64::from(header.e_shentsize(endian));
    inside(header.e_shoff(endian).into(), sections)?;
    let segments = u64::from(header.phnum(endian, data)?) * u64::from(header.e_phentsize(endian));
    inside(header.e_phoff(endian).into(), segments)?;
    let speaks_of_origin = segments::check(header, data, len)?;
    Ok(Checked { speaks_of_origin })
}
