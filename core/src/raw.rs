//! For adapters: plugin authors need nothing of this. Host calls as functions, and what a runtime
//! handle points to.
//!
//! [`HostTable`] and [`ReadTable`] make the calls of a host's table, check each answer, and lend a
//! [`HostErrorBuffer`] to it. [`Instance`] is the memory behind a runtime handle; an
//! [`InstanceStorage`] says where it lies.

mod contract;
mod error_buffer;
mod host_table;
mod instance;
mod read_table;
mod record_bounds;
mod stand_in;
mod storage;
mod visitor;

pub use contract::{ContractViolation, HostCallError, HostCaller};
pub use error_buffer::HostErrorBuffer;
pub use host_table::HostTable;
pub use instance::Instance;
pub(crate) use instance::{Claim, InstanceError};
pub use read_table::ReadTable;
pub(crate) use stand_in::HasStandIns;
pub use storage::{InPool, InstanceStorage, Pool, Pooled, StorageFull};
