//! Carries out the rules on one record.

use std::fmt;

use super::{Integer, RecordRules, Step};

/// A value that the new schema cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Offset of the value in the old record.
    pub offset: u32,
    /// The reason.
    pub reason: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.offset, self.reason)
    }
}

impl RecordRules {
    /// Converts a record. Its old data has the length that the rules state.
    pub(in crate::evolution) fn convert(
        &self,
        old: &[u8],
        new: &mut Vec<u8>,
    ) -> Result<(), Misfit> {
        new.clear();
        new.resize(self.new_size as usize, 0);
        self.steps.iter().try_for_each(|step| step.carry_out(old, new))
    }
}

impl Step {
    fn carry_out(&self, old: &[u8], new: &mut [u8]) -> Result<(), Misfit> {
        match self {
            Self::Copy { from, to, len } => write(new, *to, part(old, *from, *len)),
            Self::Number { from, to } => {
                let value = Value::read(from, old);
                let bytes = value.to_bytes(to).ok_or_else(|| {
                    let sign = if to.signed { "signed" } else { "unsigned" };
                    let bits = u32::from(to.len) * 8;
                    misfit(from.offset, format!("{value} is no {sign} integer of {bits} bits"))
                })?;
                write(new, to.offset, bytes.get(..usize::from(to.len)).unwrap_or_default());
            }
            Self::Bool { from, to } => {
                let value = u8::from(part(old, *from, 1) != [0]);
                write(new, to.offset, &[value]);
            }
            Self::FixedBytes { from, from_size, to, to_size } => {
                let field = part(old, *from, *from_size);
                let len = field.first_chunk().map_or(0, |len| u16::from_le_bytes(*len));
                let (is, holds) = (u32::from(len) + 2, (*from_size).min(*to_size));
                if is > holds {
                    let room = holds.saturating_sub(2);
                    return Err(misfit(*from, format!("{len} bytes do not fit into {room}")));
                }
                write(new, *to, field.get(..is as usize).unwrap_or_default());
            }
            Self::Table { from, to, pairs } => {
                let value = part(old, *from, 1).first().copied().unwrap_or_default();
                let pair = pairs.iter().find(|(old, _)| *old == value);
                let (_, new_value) = pair.ok_or_else(|| {
                    misfit(*from, format!("the new type has no value for {value}"))
                })?;
                write(new, *to, &[*new_value]);
            }
            Self::Constant { to, bytes } => write(new, *to, bytes),
            Self::Zero { from, len } => {
                if let Some(at) = part(old, *from, *len).iter().position(|byte| *byte != 0) {
                    let offset = from.saturating_add(at as u32);
                    let reason = "it is not zero, and belongs to no field, so it would be lost";
                    return Err(misfit(offset, reason.into()));
                }
            }
        }
        Ok(())
    }
}

/// An integer of any type.
struct Value {
    is_negative: bool,
    magnitude: u128,
}

impl Value {
    fn read(from: &Integer, old: &[u8]) -> Self {
        let bytes = part(old, from.offset, from.len.into());
        let mut wide = [0; 16];
        if let Some(place) = wide.get_mut(..bytes.len()) {
            place.copy_from_slice(bytes);
        }
        let is_negative = from.signed && bytes.last().is_some_and(|byte| *byte >= 0x80);
        if is_negative {
            wide.iter_mut().skip(bytes.len()).for_each(|byte| *byte = 0xff);
        }
        let value = u128::from_le_bytes(wide);
        let magnitude = if is_negative { value.wrapping_neg() } else { value };
        Self { is_negative, magnitude }
    }

    /// The value in another form; `None` if it does not fit.
    fn to_bytes(&self, to: &Integer) -> Option<[u8; 16]> {
        let bits = u32::from(to.len) * 8;
        let greatest = match (self.is_negative, to.signed) {
            (true, false) => 0,
            (true, true) => 1 << (bits - 1),
            (false, true) => (1 << (bits - 1)) - 1,
            (false, false) => u128::MAX >> (128 - bits),
        };
        let value = if self.is_negative { self.magnitude.wrapping_neg() } else { self.magnitude };
        (self.magnitude <= greatest).then(|| value.to_le_bytes())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative { "-" } else { "" };
        write!(f, "{sign}{}", self.magnitude)
    }
}

fn part(data: &[u8], from: u32, len: u32) -> &[u8] {
    let start = from as usize;
    data.get(start..start.saturating_add(len as usize)).unwrap_or_default()
}

/// Writes bytes whose place lies inside the record: rules are checked when they are made.
fn write(new: &mut [u8], to: u32, bytes: &[u8]) {
    let start = to as usize;
    if let Some(place) = new.get_mut(start..start.saturating_add(bytes.len())) {
        place.copy_from_slice(bytes);
    }
}

#[cold]
fn misfit(offset: u32, reason: String) -> Misfit {
    Misfit { offset, reason }
}
