//! The segments of a library, which map bytes of the file to memory.

use object::{
    Endianness, ReadRef as _,
    elf::{
        PF_R, PF_W, PF_X, PT_DYNAMIC, PT_GNU_EH_FRAME, PT_GNU_PROPERTY, PT_GNU_RELRO, PT_LOAD,
        PT_NOTE, PT_PHDR, PT_TLS,
    },
    read::elf::{FileHeader, ProgramHeader as _},
};

use crate::loader::{Damage, facts::Data};

/// The smallest page of all machines. Segments that share one overwrite each other.
const PAGE: u64 = 4096;
/// The largest page of all machines: linkers round the read-only part up to it.
const LARGEST_PAGE: u64 = 1 << 16;

/// Segments that were checked: inside the file, ascending, and apart.
pub(super) struct Segments {
    loads: Vec<Segment>,
    dynamic: Option<Segment>,
}

#[derive(Clone, Copy)]
pub(super) struct Segment {
    index: usize,
    offset: u64,
    pub(super) address: u64,
    file_size: u64,
    pub(super) memory_size: u64,
    align: u64,
    readable: bool,
    writable: bool,
    executable: bool,
}

/// The right that an access to memory needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
    Execute,
}

impl Segments {
    /// Reads the program headers, and checks those that the linker or the unwinder follows.
    pub(super) fn check<Elf: FileHeader<Endian = Endianness>>(
        header: &Elf,
        endian: Endianness,
        data: Data<'_>,
    ) -> Result<Self, Damage> {
        let unreadable = |error: object::Error| Damage::Header { reason: error.to_string() };
        let headers = header.program_headers(endian, data).map_err(unreadable)?;
        let segment = |index, header: &Elf::ProgramHeader| Segment {
            index,
            offset: header.p_offset(endian).into(),
            address: header.p_vaddr(endian).into(),
            file_size: header.p_filesz(endian).into(),
            memory_size: header.p_memsz(endian).into(),
            align: header.p_align(endian).into(),
            readable: header.p_flags(endian).contains(PF_R),
            writable: header.p_flags(endian).contains(PF_W),
            executable: header.p_flags(endian).contains(PF_X),
        };
        let all =
            || headers.iter().enumerate().map(|(at, one)| (one.p_type(endian), segment(at, one)));
        let len = data.len().unwrap_or_default();
        for (_, segment) in
            all().filter(|(kind, segment)| *kind == PT_LOAD || segment.file_size > 0)
        {
            segment.check_file(len)?;
        }
        let loads: Vec<_> =
            all().filter(|(kind, _)| *kind == PT_LOAD).map(|(_, one)| one).collect();
        check_apart(&loads)?;
        let mut segments = Self { loads, dynamic: None };
        for (kind, segment) in all() {
            match kind {
                PT_DYNAMIC if segments.dynamic.is_some() => {
                    return Err(segment.wrong("it is a second dynamic section"));
                }
                PT_DYNAMIC => {
                    segments.check_dynamic(&segment)?;
                    segments.dynamic = Some(segment);
                }
                PT_TLS => segments.check_thread_locals(&segment)?,
                PT_GNU_RELRO => segments.check_read_only(&segment)?,
                PT_PHDR => {
                    let place = segments.offset(segment.address, segment.memory_size);
                    if place != Some(header.e_phoff(endian).into()) {
                        return Err(segment.wrong("the program headers lie elsewhere"));
                    }
                }
                PT_GNU_EH_FRAME | PT_GNU_PROPERTY | PT_NOTE
                    if segments.offset(segment.address, segment.memory_size).is_none() =>
                {
                    return Err(segment.wrong("its memory is not mapped from the file"));
                }
                _ => {}
            }
        }
        Ok(segments)
    }

    /// The segment of the dynamic section.
    pub(super) fn dynamic(&self) -> Option<&Segment> {
        self.dynamic.as_ref()
    }

    /// Offset in the file of a range of memory, if one segment's bytes fill all of it.
    pub(super) fn offset(&self, address: u64, size: u64) -> Option<u64> {
        let (offset, available) = self.available(address)?;
        (size <= available).then_some(offset)
    }

    /// Offset in the file of the memory at an address, and the number of bytes to the end of its
    /// segment.
    pub(super) fn available(&self, address: u64) -> Option<(u64, u64)> {
        self.loads.iter().filter(|load| load.readable).find_map(|load| {
            let inside = address.checked_sub(load.address)?;
            let available =
                load.file_size.checked_sub(inside).filter(|&available| available > 0)?;
            Some((load.offset + inside, available))
        })
    }

    /// Returns true if a range of memory lies in one segment that allows the access.
    pub(super) fn allows(&self, address: u64, size: u64, access: Access) -> bool {
        self.loads.iter().any(|load| {
            let inside = address.checked_sub(load.address);
            let end = inside.and_then(|inside| inside.checked_add(size));
            end.is_some_and(|end| end <= load.memory_size)
                && match access {
                    Access::Read => true,
                    Access::Write => load.writable,
                    Access::Execute => load.executable,
                }
        })
    }

    /// How far an address lies from the start of the library's memory. `None` if the first segment
    /// does not begin with a page of every machine, because the linker rounds the start down.
    pub(super) fn distance_from_start(&self, address: u64) -> Option<u64> {
        let start = self.loads.first()?.address;
        if start.is_multiple_of(LARGEST_PAGE) { address.checked_sub(start) } else { None }
    }

    fn check_dynamic(&self, segment: &Segment) -> Result<(), Damage> {
        if self.offset(segment.address, segment.memory_size).is_none() {
            return Err(segment.wrong("the dynamic section's memory is not mapped from the file"));
        }
        // The linker writes to a section whose header says that it may.
        if segment.writable && !self.allows(segment.address, segment.memory_size, Access::Write) {
            return Err(segment.wrong("the dynamic section is writable, and its memory is not"));
        }
        Ok(())
    }

    fn check_thread_locals(&self, segment: &Segment) -> Result<(), Damage> {
        if segment.memory_size < segment.file_size {
            return Err(segment.wrong("it has more bytes in the file than in memory"));
        }
        if segment.align > 1 && !segment.align.is_power_of_two() {
            return Err(segment.wrong("its alignment is not a power of two"));
        }
        if segment.file_size > 0 && self.offset(segment.address, segment.file_size).is_none() {
            return Err(segment.wrong("its memory is not mapped from the file"));
        }
        Ok(())
    }

    /// The linker takes away the right to write from this range once it has relocated the library.
    fn check_read_only(&self, segment: &Segment) -> Result<(), Damage> {
        let end = segment.address.checked_add(segment.memory_size);
        let mut loads = self.loads.iter().peekable();
        while let Some(load) = loads.next() {
            let limit = match loads.peek() {
                Some(next) => next.address & !(PAGE - 1),
                None => (load.address + load.memory_size).next_multiple_of(LARGEST_PAGE),
            };
            let starts_there = load.writable && load.address <= segment.address;
            if starts_there && end.is_some_and(|end| end <= limit) {
                return Ok(());
            }
        }
        Err(segment.wrong("it makes memory read-only that is not the library's"))
    }
}

impl Segment {
    /// Checks that the bytes are in the file, and fit into memory.
    fn check_file(&self, len: u64) -> Result<(), Damage> {
        let end = self.offset.saturating_add(self.file_size);
        if end > len {
            return Err(Damage::CutOff { len, end });
        }
        Ok(())
    }

    fn wrong(&self, reason: &'static str) -> Damage {
        Damage::Segment { index: self.index, reason }
    }
}

/// Checks that loaded segments ascend and share no page, and that none is larger in the file than
/// in memory.
fn check_apart(loads: &[Segment]) -> Result<(), Damage> {
    let mut free = 0;
    for load in loads {
        if load.memory_size < load.file_size {
            return Err(load.wrong("it has more bytes in the file than in memory"));
        }
        if load.memory_size > load.file_size && !load.writable {
            return Err(load.wrong("its memory is larger than its bytes, and not writable"));
        }
        if load.address & !(PAGE - 1) < free {
            return Err(load.wrong("its memory overlaps the segment before it"));
        }
        let end = load.address.checked_add(load.memory_size);
        let end = end.filter(|&end| end <= u64::MAX - LARGEST_PAGE);
        let end = end.ok_or_else(|| load.wrong("its memory reaches beyond the address space"))?;
        free = end.next_multiple_of(PAGE);
    }
    Ok(())
}
