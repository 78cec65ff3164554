//! The ways to cross the boundary that are measured.

#[cfg(feature = "interfaces")]
mod abi_stable;
mod ours;
mod ours_host;
mod plain;
mod raw;
mod raw_host;

use std::error::Error;

#[cfg(feature = "interfaces")]
pub use self::{abi_stable::AbiStable, raw::RawPublished};
pub use self::{
    ours::{BoxedLibrary, CoreLibrary, CoreStatic, Ours, PluginSource, UncheckedLibrary},
    plain::Plain,
    raw::{Raw, RawCore, RawLibrary, RawUnchecked},
};

use crate::Peer;

/// A task that is done with every peer.
pub trait PeerVisitor {
    /// Does it with one.
    ///
    /// # Errors
    ///
    /// The failure; the operations after it are skipped.
    fn visit<P: Peer>(&mut self) -> Result<(), Box<dyn Error>>;
}

/// The peers that have a budget: the ways that this workspace offers.
///
/// # Errors
///
/// The visitor's.
pub fn each_of_ours(visitor: &mut impl PeerVisitor) -> Result<(), Box<dyn Error>> {
    visitor.visit::<Ours<CoreLibrary>>()?;
    visitor.visit::<Ours<CoreStatic>>()?;
    visitor.visit::<Ours<BoxedLibrary>>()
}

/// One side of ours with one side of the floor, to show the cost of each side.
///
/// # Errors
///
/// The visitor's.
pub fn each_half(visitor: &mut impl PeerVisitor) -> Result<(), Box<dyn Error>> {
    visitor.visit::<Raw<RawCore>>()?;
    visitor.visit::<Ours<UncheckedLibrary>>()
}

/// Every way, in the order of the tables.
///
/// # Errors
///
/// The visitor's.
pub fn each(visitor: &mut impl PeerVisitor) -> Result<(), Box<dyn Error>> {
    visitor.visit::<Raw<RawUnchecked>>()?;
    each_of_ours(visitor)?;
    #[cfg(feature = "interfaces")]
    visitor.visit::<AbiStable>()?;
    visitor.visit::<Plain>()?;
    #[cfg(feature = "interfaces")]
    visitor.visit::<Raw<RawPublished>>()?;
    Ok(())
}
