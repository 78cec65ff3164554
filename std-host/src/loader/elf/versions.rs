//! Versions of symbols. The linker follows their chains without a limit, and takes the version of
//! each symbol for the number of one that it has seen.

use object::{
    Endianness, ReadRef as _,
    elf::{DT_VERDEF, DT_VERNEED, DT_VERSYM, Verdaux, Verdef, Vernaux, Verneed, Versym},
    pod::Pod,
};

use super::{
    dynamic::{Dynamic, outside, wrong},
    segments::Segments,
};
use crate::loader::{Damage, facts::Data};

/// Checks that the chains lie in the segments and end, and that every symbol has one of the
/// versions in them. `symbols` is the number of symbols.
pub(super) fn check<'d>(
    dynamic: &Dynamic<'d>,
    segments: &Segments,
    symbols: usize,
    endian: Endianness,
    data: Data<'d>,
) -> Result<(), Damage> {
    let chains = Chains { dynamic, segments, endian, data };
    let (needed, defined) = (dynamic.get(DT_VERNEED), dynamic.get(DT_VERDEF));
    let of_symbols = match (dynamic.get(DT_VERSYM), needed.or(defined)) {
        (Some(of_symbols), Some(_)) => of_symbols,
        (None, None) => return Ok(()),
        _ => return Err(wrong("versions of symbols come without their names, or the reverse")),
    };
    let needed = needed.map_or(Ok(0), |address| chains.highest_needed(address))?;
    let defined = defined.map_or(Ok(0), |address| chains.highest_defined(address))?;
    let size = (symbols * size_of::<Versym<Endianness>>()) as u64;
    let place = segments.offset(of_symbols, size).ok_or_else(|| outside("DT_VERSYM"))?;
    let versions = data.read_slice_at::<Versym<Endianness>>(place, symbols);
    let versions = versions.map_err(|()| outside("DT_VERSYM"))?;
    // 0 and 1 are for symbols without a version.
    let highest = needed.max(defined).max(1);
    if versions.iter().any(|version| number(version.0.get(endian).0) > highest) {
        return Err(wrong("a symbol has a version that is not there"));
    }
    Ok(())
}

/// The number of a version, without the bit that hides it.
fn number(version: u16) -> u16 {
    version & 0x7fff
}

/// More links than any library has.
const LONGEST: usize = 1 << 16;

struct Chains<'a, 'd> {
    dynamic: &'a Dynamic<'d>,
    segments: &'a Segments,
    endian: Endianness,
    data: Data<'d>,
}

impl<'d> Chains<'_, 'd> {
    /// The highest number of the versions that other libraries must have.
    fn highest_needed(&self, start: u64) -> Result<u16, Damage> {
        let mut highest = 0;
        self.follow(start, "DT_VERNEED", |address, library: &Verneed<Endianness>| {
            self.check_text(library.vn_file.get(self.endian))?;
            let first = address.wrapping_add(library.vn_aux.get(self.endian).into());
            self.follow(first, "DT_VERNEED", |_, version: &Vernaux<Endianness>| {
                self.check_text(version.vna_name.get(self.endian))?;
                highest = highest.max(number(version.vna_other.get(self.endian).0));
                Ok(version.vna_next.get(self.endian))
            })?;
            Ok(library.vn_next.get(self.endian))
        })?;
        Ok(highest)
    }

    /// The highest number of the versions that the library has itself.
    fn highest_defined(&self, start: u64) -> Result<u16, Damage> {
        let mut highest = 0;
        self.follow(start, "DT_VERDEF", |address, version: &Verdef<Endianness>| {
            highest = highest.max(number(version.vd_ndx.get(self.endian).0));
            let first = address.wrapping_add(version.vd_aux.get(self.endian).into());
            let name: &Verdaux<Endianness> = self.read(first, "DT_VERDEF")?;
            self.check_text(name.vda_name.get(self.endian))?;
            Ok(version.vd_next.get(self.endian))
        })?;
        Ok(highest)
    }

    /// Visits the links of a chain. Each visit gives the distance to the next link, 0 at the end.
    fn follow<T: Pod>(
        &self,
        start: u64,
        name: &str,
        mut visit: impl FnMut(u64, &'d T) -> Result<u32, Damage>,
    ) -> Result<(), Damage> {
        let mut address = start;
        for _ in 0..LONGEST {
            match visit(address, self.read(address, name)?)? {
                0 => return Ok(()),
                next => address = address.wrapping_add(next.into()),
            }
        }
        Err(Damage::Dynamic { reason: format!("the chain of {name} has no end") })
    }

    fn read<T: Pod>(&self, address: u64, name: &str) -> Result<&'d T, Damage> {
        let place = self.segments.offset(address, size_of::<T>() as u64);
        let place = place.ok_or_else(|| outside(name))?;
        self.data.read_at(place).map_err(|()| outside(name))
    }

    fn check_text(&self, at: u32) -> Result<(), Damage> {
        let text = self.dynamic.string(at.into());
        text.map(drop).ok_or_else(|| wrong("the name of a version lies outside of its strings"))
    }
}
