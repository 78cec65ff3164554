//! Primary keys, and records that have one.

use super::Record;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

/// A record type with a primary key: one that names its fields in `pk(…)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a record with a primary key",
    note = "name the key's fields in #[record(kind = …, len = …, pk(…))]"
)]
pub trait KeyedRecord: Record {
    /// The encoded key, an array `[u8; N]`.
    type PkBytes: AsRef<[u8]> + Copy;

    /// The key of this value.
    fn key(&self) -> Pk<Self>;
}

/// The primary key of a record of type `R`, encoded: `R::pk(…)` makes one.
///
/// Keys compare as their bytes, and so as their fields one after another.
pub struct Pk<R: KeyedRecord> {
    bytes: R::PkBytes,
}

impl<R: KeyedRecord> Pk<R> {
    /// A key from its encoded bytes (ABI.md section 5), which are not checked.
    #[must_use]
    #[inline]
    pub const fn from_bytes(bytes: R::PkBytes) -> Self {
        Self { bytes }
    }

    /// The encoded bytes, an array `[u8; N]`.
    #[must_use]
    #[inline]
    pub const fn to_bytes(self) -> R::PkBytes {
        self.bytes
    }

    /// The encoded bytes.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl<R: KeyedRecord> AsRef<[u8]> for Pk<R> {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

// Written by hand, because a derive would add the bound to `R`.
impl<R: KeyedRecord> Copy for Pk<R> {}

impl<R: KeyedRecord> Clone for Pk<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: KeyedRecord> PartialEq for Pk<R> {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<R: KeyedRecord> Eq for Pk<R> {}

impl<R: KeyedRecord> PartialOrd for Pk<R> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<R: KeyedRecord> Ord for Pk<R> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl<R: KeyedRecord> Hash for Pk<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl<R: KeyedRecord> fmt::Debug for Pk<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::pk(", R::DEF.name)?;
        for byte in self.as_bytes() {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}
