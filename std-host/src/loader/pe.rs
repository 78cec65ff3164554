//! Checks a Windows library (PE) before the system maps it.

use std::path::Path;

use libloading::os::windows::Library;
use object::{
    FileKind, LittleEndian as LE, ReadRef,
    pe::{
        IMAGE_FILE_DLL, IMAGE_FILE_MACHINE_AMD64, IMAGE_FILE_MACHINE_ARM64,
        IMAGE_FILE_MACHINE_ARMNT, IMAGE_FILE_MACHINE_I386, ImageNtHeaders32, ImageNtHeaders64,
    },
    read::pe::{ExportTarget, ImageNtHeaders, PeFile, PeFile32, PeFile64},
};

use super::{
    Damage, Machine, entry,
    facts::{self, CATCHES_PANICS, Data, Facts, Refusal},
};

/// Checks that a file is whole, for this machine, and a plugin, if it is a PE file. The system
/// judges the rest.
pub(super) fn check(data: Data<'_>) -> Result<Facts, Refusal> {
    match FileKind::parse(data) {
        Ok(FileKind::Pe64) => check_as::<ImageNtHeaders64>(data),
        Ok(FileKind::Pe32) => check_as::<ImageNtHeaders32>(data),
        _ => Ok(Facts::default()),
    }
}

fn check_as<Pe: ImageNtHeaders>(data: Data<'_>) -> Result<Facts, Refusal> {
    let file = PeFile::<Pe, _>::parse(data)?;
    let header = file.nt_headers().file_header();
    let found = machine(header.machine.get(LE).0, Pe::is_type_64(file.nt_headers()));
    if let Some(needed) = Machine::of_this_process().filter(|needed| *needed != found) {
        return Err(Refusal::Machine { found, needed });
    }
    let len = data.len().unwrap_or_default();
    for section in file.section_table().iter() {
        let start = u64::from(section.pointer_to_raw_data.get(LE));
        let end = start + u64::from(section.size_of_raw_data.get(LE));
        if start != 0 && end > len {
            return Err(Damage::CutOff { len, end }.into());
        }
    }
    // The system refuses programs by itself.
    if !header.characteristics.get(LE).contains(IMAGE_FILE_DLL) {
        return Ok(Facts::default());
    }
    let Some(address) = export(&file, entry::SYMBOL)? else { return Err(Refusal::NoEntry) };
    if file.section_table().pe_data_at(data, address).is_none() {
        let reason = "its entry symbol does not lead into a section".into();
        return Err(Damage::Header { reason }.into());
    }
    let flag = export(&file, CATCHES_PANICS)?;
    let flag = flag.and_then(|address| file.section_table().pe_data_at(data, address)?.get(..1));
    Ok(Facts { uses_origin: false, catches_panics: flag.and_then(facts::flag), entry: None })
}

/// The address of an export. `None` for one that another library has.
fn export<'d, Pe: ImageNtHeaders>(
    file: &PeFile<'d, Pe, Data<'d>>,
    name: &str,
) -> Result<Option<u32>, object::Error> {
    let Some(table) = file.export_table()? else { return Ok(None) };
    for (pointer, index) in table.name_iter() {
        if table.name_from_pointer(pointer)? == name.as_bytes() {
            return Ok(match table.target_by_index(index)? {
                ExportTarget::Address(address) => Some(address),
                _ => None,
            });
        }
    }
    Ok(None)
}

/// A machine by its number in a PE file.
fn machine(number: u16, is_64: bool) -> Machine {
    const KNOWN: [(u16, &str); 4] = [
        (IMAGE_FILE_MACHINE_AMD64.0, "x86_64"),
        (IMAGE_FILE_MACHINE_ARM64.0, "aarch64"),
        (IMAGE_FILE_MACHINE_ARMNT.0, "arm"),
        (IMAGE_FILE_MACHINE_I386.0, "x86"),
    ];
    let name = KNOWN.iter().find(|known| known.0 == number).map(|known| known.1);
    name.and_then(Machine::named).unwrap_or(Machine {
        number,
        bits: if is_64 { 64 } else { 32 },
        big_endian: false,
    })
}

/// The libraries that this one needs and that are neither in its folder nor in the system's.
/// `None` if all are there, or the file does not tell.
pub(super) fn missing_libraries(path: &Path, data: Data<'_>) -> Option<Vec<String>> {
    let folder = path.canonicalize().ok()?;
    let folder = folder.parent()?;
    let needed = match FileKind::parse(data).ok()? {
        FileKind::Pe64 => needed(&PeFile64::parse(data).ok()?),
        FileKind::Pe32 => needed(&PeFile32::parse(data).ok()?),
        _ => return None,
    }?;
    let is_there = |name: &String| {
        // Names of API sets are no files; the system has them or the program would not run.
        let is_api_set = ["api-", "ext-"].iter().any(|prefix| name.starts_with(prefix));
        // A library that is loaded answers to its name, wherever it came from.
        let is_loaded = Library::open_already_loaded(name.as_str()).is_ok();
        is_api_set || is_loaded || folder.join(name).exists() || in_system_folder(name)
    };
    let missing: Vec<String> = needed.into_iter().filter(|name| !is_there(name)).collect();
    (!missing.is_empty()).then_some(missing)
}

fn in_system_folder(name: &str) -> bool {
    let root = std::env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
    Path::new(&root).join("System32").join(name).exists()
}

fn needed<'d, Pe: ImageNtHeaders>(file: &PeFile<'d, Pe, Data<'d>>) -> Option<Vec<String>> {
    let table = file.import_table().ok()??;
    let mut descriptors = table.descriptors().ok()?;
    let mut names = Vec::new();
    while let Some(descriptor) = descriptors.next().ok()? {
        let name = table.name(descriptor.name.get(LE)).ok()?;
        names.push(String::from_utf8_lossy(name).to_ascii_lowercase());
    }
    Some(names)
}
