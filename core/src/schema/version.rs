//! The two-part version of a schema.

/// A schema version, such as 1.2.
///
/// On the wire it is packed into a `u16`: `u16::from_le_bytes([main, minor])`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    main: u8,
    minor: u8,
}

impl Version {
    /// The version `main.minor`.
    #[must_use]
    pub const fn new(main: u8, minor: u8) -> Self {
        Self { main, minor }
    }

    /// The part before the dot.
    #[must_use]
    pub const fn main(self) -> u8 {
        self.main
    }

    /// The part after the dot.
    #[must_use]
    pub const fn minor(self) -> u8 {
        self.minor
    }

    /// Both parts, `[main, minor]`.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 2] {
        [self.main, self.minor]
    }

    /// The version whose parts are `[main, minor]`.
    #[must_use]
    pub const fn from_bytes([main, minor]: [u8; 2]) -> Self {
        Self { main, minor }
    }

    /// The packed form that definitions and the schema JSON carry; `u16::from` outside constants.
    #[must_use]
    pub const fn packed(self) -> u16 {
        u16::from_le_bytes(self.to_bytes())
    }
}

impl From<u16> for Version {
    fn from(packed: u16) -> Self {
        Self::from_bytes(packed.to_le_bytes())
    }
}

impl From<Version> for u16 {
    fn from(version: Version) -> Self {
        version.packed()
    }
}

impl core::fmt::Display for Version {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}.{}", self.main, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn the_main_part_is_the_low_byte_of_the_packed_form() {
        assert_eq!(u16::from(Version::new(1, 2)), 0x0201);
        assert_eq!(Version::from(0x0201_u16), Version::new(1, 2));
        assert_eq!(Version::from_bytes([7, 9]).to_bytes(), [7, 9]);
    }
}
