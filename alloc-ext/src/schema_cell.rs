//! Cells that hold a schema text once it is written.

use alloc::{boxed::Box, string::String};

use once_cell::race::OnceBox;

/// A cell for the schema JSON of a boxed plugin, which exists only at run time.
///
/// [`runtime_plugin_schema_bytes_v1`](crate::runtime_plugin_schema_bytes_v1) takes a `'static` one,
/// so that the bytes that a host gets live as long as the program. `OnceBox` works with and without
/// `std`; `std::sync::OnceLock` is the published crate's cell.
pub trait SchemaCell: Sync + 'static {
    /// Returns the text, and makes it first if the cell is empty.
    ///
    /// Two threads that find the cell empty at the same time may both call `make`; both get the
    /// same text.
    /// If `make` panics, the cell stays empty.
    fn get_or_make(&self, make: impl FnOnce() -> String) -> &str;
}

impl SchemaCell for OnceBox<String> {
    #[inline]
    fn get_or_make(&self, make: impl FnOnce() -> String) -> &str {
        self.get_or_init(|| Box::new(make()))
    }
}

#[cfg(feature = "std")]
impl SchemaCell for std::sync::OnceLock<String> {
    #[inline]
    fn get_or_make(&self, make: impl FnOnce() -> String) -> &str {
        self.get_or_init(make)
    }
}
