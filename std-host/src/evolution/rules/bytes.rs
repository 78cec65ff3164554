//! Rules as bytes. `TXLOG.md` specifies them.

use super::{Integer, MigrationRules, RecordRules, Step};

const COPY: u8 = 1;
const NUMBER: u8 = 2;
const BOOL: u8 = 3;
const FIXED_BYTES: u8 = 4;
const TABLE: u8 = 5;
const CONSTANT: u8 = 6;
const ZERO: u8 = 7;

/// Bytes that are no rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the rules of a migration cannot be read at byte {offset}: {what}")]
pub struct RulesError {
    /// The place in the rules.
    pub offset: usize,
    /// The fault.
    pub what: &'static str,
}

impl MigrationRules {
    /// The rules as a log holds them.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Kinds are bytes, so there are at most 255 records.
        let mut bytes = vec![self.records.len() as u8];
        for record in &self.records {
            bytes.extend([record.old_kind, record.new_kind]);
            let steps = record.steps.len() as u32;
            for number in [record.old_size, record.new_size, steps] {
                bytes.extend(number.to_le_bytes());
            }
            record.steps.iter().for_each(|step| step.encode(&mut bytes));
        }
        bytes
    }

    /// Reads the rules that a log holds, and checks that each step stays inside its record.
    ///
    /// # Errors
    ///
    /// The bytes are no rules.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RulesError> {
        let mut fields = Fields { bytes, offset: 0 };
        let mut records = Vec::new();
        for _ in 0..fields.u8()? {
            records.push(RecordRules::decode(&mut fields)?);
        }
        if !fields.bytes.is_empty() {
            return Err(fields.error("bytes follow the last record"));
        }
        if !records.is_sorted_by(|a, b| a.new_kind < b.new_kind) {
            return Err(fields.error("the new kinds do not ascend"));
        }
        Ok(Self { records })
    }
}

impl RecordRules {
    fn decode(fields: &mut Fields<'_>) -> Result<Self, RulesError> {
        let (old_kind, new_kind) = (fields.u8()?, fields.u8()?);
        let (old_size, new_size, count) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let mut steps = Vec::new();
        for _ in 0..count {
            let start = *fields;
            let step = Step::decode(fields)?;
            if !step.is_inside(old_size, new_size) {
                return Err(start.error("a step reaches beyond its record"));
            }
            steps.push(step);
        }
        Ok(Self { old_kind, new_kind, old_size, new_size, steps })
    }
}

impl Step {
    fn encode(&self, out: &mut Vec<u8>) {
        let mut numbers = |tag: u8, numbers: &[u32]| {
            out.push(tag);
            numbers.iter().for_each(|number| out.extend(number.to_le_bytes()));
        };
        match self {
            Self::Copy { from, to, len } => numbers(COPY, &[*from, *to, *len]),
            Self::Number { from, to } => {
                numbers(NUMBER, &[]);
                from.encode(out);
                to.encode(out);
            }
            Self::Bool { from, to } => {
                numbers(BOOL, &[*from]);
                to.encode(out);
            }
            Self::FixedBytes { from, from_size, to, to_size } => {
                numbers(FIXED_BYTES, &[*from, *from_size, *to, *to_size]);
            }
            Self::Table { from, to, pairs } => {
                numbers(TABLE, &[*from, *to, pairs.len() as u32]);
                pairs.iter().for_each(|(old, new)| out.extend([*old, *new]));
            }
            Self::Constant { to, bytes } => {
                numbers(CONSTANT, &[*to, bytes.len() as u32]);
                out.extend(bytes);
            }
            Self::Zero { from, len } => numbers(ZERO, &[*from, *len]),
        }
    }

    fn decode(fields: &mut Fields<'_>) -> Result<Self, RulesError> {
        let start = *fields;
        Ok(match fields.u8()? {
            COPY => Self::Copy { from: fields.u32()?, to: fields.u32()?, len: fields.u32()? },
            NUMBER => Self::Number { from: fields.integer()?, to: fields.integer()? },
            BOOL => Self::Bool { from: fields.u32()?, to: fields.integer()? },
            FIXED_BYTES => Self::FixedBytes {
                from: fields.u32()?,
                from_size: fields.u32()?,
                to: fields.u32()?,
                to_size: fields.u32()?,
            },
            TABLE => {
                let (from, to, count) = (fields.u32()?, fields.u32()?, fields.u32()?);
                let pairs = fields.take(u64::from(count) * 2)?;
                let pairs = pairs.as_chunks::<2>().0.iter().map(|[old, new]| (*old, *new));
                Self::Table { from, to, pairs: pairs.collect() }
            }
            CONSTANT => {
                let (to, len) = (fields.u32()?, fields.u32()?);
                Self::Constant { to, bytes: fields.take(len.into())?.into() }
            }
            ZERO => Self::Zero { from: fields.u32()?, len: fields.u32()? },
            _ => return Err(start.error("the step is unknown")),
        })
    }

    /// Returns true if the step reads and writes inside records of these sizes.
    pub(super) fn is_inside(&self, old_size: u32, new_size: u32) -> bool {
        let in_old = |from: u32, len: u32| from.checked_add(len).is_some_and(|end| end <= old_size);
        let in_new = |to: u32, len: u32| to.checked_add(len).is_some_and(|end| end <= new_size);
        match self {
            Self::Copy { from, to, len } => in_old(*from, *len) && in_new(*to, *len),
            Self::Number { from, to } => {
                in_old(from.offset, from.len.into()) && in_new(to.offset, to.len.into())
            }
            Self::Bool { from, to } => in_old(*from, 1) && in_new(to.offset, to.len.into()),
            Self::FixedBytes { from, from_size, to, to_size } => {
                *from_size >= 2
                    && *to_size >= 2
                    && in_old(*from, *from_size)
                    && in_new(*to, *to_size)
            }
            Self::Table { from, to, .. } => in_old(*from, 1) && in_new(*to, 1),
            Self::Constant { to, bytes } => in_new(*to, bytes.len() as u32),
            Self::Zero { from, len } => in_old(*from, *len),
        }
    }
}

impl Integer {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.offset.to_le_bytes());
        out.extend([self.len, u8::from(self.signed)]);
    }
}

/// Bytes that are read from the start to the end.
#[derive(Clone, Copy)]
struct Fields<'b> {
    bytes: &'b [u8],
    offset: usize,
}

impl<'b> Fields<'b> {
    fn take(&mut self, len: u64) -> Result<&'b [u8], RulesError> {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let Some((taken, rest)) = self.bytes.split_at_checked(len) else {
            return Err(self.error("they end too early"));
        };
        self.bytes = rest;
        self.offset += len;
        Ok(taken)
    }

    fn u8(&mut self) -> Result<u8, RulesError> {
        Ok(self.take(1)?.first().copied().unwrap_or_default())
    }

    fn u32(&mut self) -> Result<u32, RulesError> {
        Ok(self.take(4)?.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)))
    }

    fn integer(&mut self) -> Result<Integer, RulesError> {
        let start = *self;
        let (offset, len, signed) = (self.u32()?, self.u8()?, self.u8()?);
        if !matches!(len, 1 | 2 | 4 | 8 | 16) || signed > 1 {
            return Err(start.error("this is no form of an integer"));
        }
        Ok(Integer { offset, len, signed: signed == 1 })
    }

    fn error(&self, what: &'static str) -> RulesError {
        RulesError { offset: self.offset, what }
    }
}
