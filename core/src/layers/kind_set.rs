//! A set of record kinds or event kinds.

/// A set of record kinds, or of event kinds: 256 bits.
///
/// ```
/// use statevec_abi::layers::KindSet;
///
/// const ACCOUNTS: KindSet = KindSet::of(&[1, 2]);
/// assert!(ACCOUNTS.contains(2) && !ACCOUNTS.contains(3));
/// assert!(KindSet::ALL.contains(3) && !KindSet::NONE.contains(3));
/// assert_eq!(ACCOUNTS.kinds().collect::<Vec<_>>(), [1, 2]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindSet([u8; 32]);

impl KindSet {
    /// Every kind.
    pub const ALL: Self = Self([0xff; 32]);
    /// No kind.
    pub const NONE: Self = Self([0; 32]);

    /// These kinds.
    #[must_use]
    pub const fn of(kinds: &[u8]) -> Self {
        let (mut set, mut left) = (Self::NONE, kinds);
        while let [kind, rest @ ..] = left {
            set = set.with(*kind);
            left = rest;
        }
        set
    }

    /// The set with one more kind.
    #[must_use]
    pub const fn with(mut self, kind: u8) -> Self {
        self.0[(kind / 8) as usize] |= 1 << (kind % 8);
        self
    }

    /// Returns true if the kind is in the set.
    #[inline]
    #[must_use]
    pub const fn contains(&self, kind: u8) -> bool {
        self.0[(kind / 8) as usize] & 1 << (kind % 8) != 0
    }

    /// Returns true if every kind is in the set.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        let mut left: &[u8] = &self.0;
        while let [byte, rest @ ..] = left {
            if *byte != 0xff {
                return false;
            }
            left = rest;
        }
        true
    }

    /// The kinds in the set, ascending.
    pub fn kinds(&self) -> impl Iterator<Item = u8> + use<> {
        let set = *self;
        (0..=u8::MAX).filter(move |kind| set.contains(*kind))
    }

    /// The set as bytes: kind k is bit k % 8 of byte k / 8.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }

    /// The set that [`to_bytes`](Self::to_bytes) gave. Every value is a set.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}
