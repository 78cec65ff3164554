//! The SDK for hosts, without allocation: implement [`Host`], and run a plugin with
//! [`PluginRuntime`].

mod api;
mod call;
mod call_status;
mod gate;
mod gate_guards;
pub mod refusal;
mod runtime;
mod thunks;
mod visitor;
mod visitor_guard;

pub use api::{PluginApi, TableError};
pub use gate::HostGate;
pub use runtime::{CallFailure, PluginRuntime};
pub use visitor::{BytesMutVisitor, BytesVisitor, KeyVisitor};

use crate::{
    abi::{RecordKey, RecordKind, SysId},
    boundary::{ErrorSlot, TxResult},
};

/// A host of plugins. C functions are generated from it; they make all checks of the boundary, so
/// an implementation gets slices and not pointers, and no nested call while it writes.
///
/// - Reading methods take `&self`, because a visitor may read again. Writing methods take `&mut
///   self`, and no other method is called while one runs: calls from inside a visitor are refused
///   before they get here (rule 3).
/// - A method that fails writes why, and returns the token: kind 4001 for what the plugin may not
///   do, 4002 for what the host could not do. The method undoes its own changes; the owner of the
///   transaction undoes the changes before it.
///   For a kind that the schema lacks there are [`no_record_kind`](refusal::no_record_kind) and
///   [`no_event_kind`](refusal::no_event_kind) (kind 1001).
/// - A panic is caught where the build has panic catching, and reported as kind 4002 (rule 2).
///
/// ```
/// use statevec_abi::{
///     abi::{RecordKey, RecordKind, SysId, runtime_error_kind::HOST_REJECTED},
///     boundary::{ErrorSlot, TxResult},
///     host::{BytesMutVisitor, BytesVisitor, Host, KeyVisitor, refusal},
/// };
///
/// /// One record of kind 1 with 8 bytes, for plugins that read it.
/// struct OneRecord([u8; 8]);
///
/// impl Host for OneRecord {
///     fn key_len(&self, _kind: RecordKind) -> Option<usize> {
///         None
///     }
///
///     fn read_by_id<'e>(
///         &self,
///         kind: RecordKind,
///         sys_id: SysId,
///         visitor: BytesVisitor<'_>,
///         error: ErrorSlot<'e>,
///     ) -> TxResult<'e, bool> {
///         match (kind, sys_id) {
///             (1, 1) => {
///                 visitor.visit(&self.0);
///                 Ok(true)
///             }
///             (1, _) => Ok(false),
///             _ => Err(refusal::no_record_kind(kind, error)),
///         }
///     }
///
///     fn create<'e>(
///         &mut self,
///         _kind: RecordKind,
///         _init: BytesMutVisitor<'_>,
///         error: ErrorSlot<'e>,
///     ) -> TxResult<'e, RecordKey> {
///         Err(error.fail(HOST_REJECTED, format_args!("this host has one record, for ever")))
///     }
/// #     fn read_by_pk<'e>(
/// #         &self, kind: RecordKind, _: &[u8], _: BytesVisitor<'_>, error: ErrorSlot<'e>,
/// #     ) -> TxResult<'e, bool> { Err(refusal::no_record_kind(kind, error)) }
/// #     fn update_by_pk<'e>(
/// #         &mut self, kind: RecordKind, _: &[u8], _: BytesMutVisitor<'_>, error: ErrorSlot<'e>,
/// #     ) -> TxResult<'e, bool> { Err(refusal::no_record_kind(kind, error)) }
/// #     fn delete_by_pk<'e>(&mut self, kind: RecordKind, _: &[u8], error: ErrorSlot<'e>)
/// #         -> TxResult<'e, bool> { Err(refusal::no_record_kind(kind, error)) }
/// #     fn emit_event<'e>(&mut self, kind: u8, _: &[u8], error: ErrorSlot<'e>)
/// #         -> TxResult<'e> { Err(refusal::no_event_kind(kind, error)) }
///
///     // … and the other functions likewise.
///     fn for_each_key<'e>(
///         &self,
///         kind: RecordKind,
///         mut visitor: KeyVisitor<'_>,
///         error: ErrorSlot<'e>,
///     ) -> TxResult<'e> {
///         if kind != 1 {
///             return Err(refusal::no_record_kind(kind, error));
///         }
///         visitor.visit(RecordKey { kind, sys_id: 1 });
///         Ok(())
///     }
/// }
/// ```
pub trait Host {
    /// A number that tells the threads of the program apart; its two lowest bits are ignored.
    /// Constant on targets that have one thread.
    ///
    /// With it a context that a plugin carried to another thread is refused (rule 5).
    fn thread_token() -> usize {
        0
    }

    /// The length of a record kind's primary key, in bytes; `None` when there is no such kind or it
    /// has no key.
    ///
    /// Keys of any other length are refused with kind 4001 before a slice is made (rule 1).
    fn key_len(&self, kind: RecordKind) -> Option<usize>;

    /// Lends a record to the visitor, if it exists, and returns whether it does.
    ///
    /// # Errors
    ///
    /// There is no such kind.
    fn read_by_id<'e>(
        &self,
        kind: RecordKind,
        sys_id: SysId,
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool>;

    /// Lends a record to the visitor, if it exists, and returns whether it does. `pk` has the
    /// kind's length.
    ///
    /// # Errors
    ///
    /// The host failed.
    fn read_by_pk<'e>(
        &self,
        kind: RecordKind,
        pk: &[u8],
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool>;

    /// Lends zeroed bytes of the kind's data size to the visitor, and keeps them as a new record.
    ///
    /// # Errors
    ///
    /// There is no such kind, a record with the same key exists, or there is no room.
    fn create<'e>(
        &mut self,
        kind: RecordKind,
        init: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, RecordKey>;

    /// Lends a record to the visitor for writing, if it exists, and returns whether it does. `pk`
    /// has the kind's length.
    ///
    /// # Errors
    ///
    /// The visitor changed the key or an immutable field, or the host failed.
    fn update_by_pk<'e>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        update: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool>;

    /// Deletes a record, if it exists, and returns whether it did. `pk` has the kind's length.
    ///
    /// # Errors
    ///
    /// The host failed.
    fn delete_by_pk<'e>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool>;

    /// Takes an event.
    ///
    /// # Errors
    ///
    /// There is no such kind, or no room.
    fn emit_event<'e>(&mut self, kind: u8, payload: &[u8], error: ErrorSlot<'e>) -> TxResult<'e>;

    /// Shows every key of a kind to the visitor, in ascending `sys_id` (rule 8).
    ///
    /// # Errors
    ///
    /// There is no such kind.
    fn for_each_key<'e>(
        &self,
        kind: RecordKind,
        visitor: KeyVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e>;

    /// Takes a diagnostic text, which may not be UTF-8. The default drops it.
    ///
    /// # Errors
    ///
    /// The host failed.
    fn debug_log<'e>(&mut self, message: &[u8], error: ErrorSlot<'e>) -> TxResult<'e> {
        let _ = (message, error);
        Ok(())
    }

    /// A command or a validation of invariants begins. [Layers](crate::layers) use it; a store
    /// does not need it.
    #[inline]
    fn begin_call(&self) {}

    /// The plugin has returned from a command or a validation, and accepted or rejected.
    ///
    /// # Errors
    ///
    /// The host refuses the command, whatever the plugin answered.
    #[inline]
    fn end_call<'e>(&self, error: ErrorSlot<'e>) -> TxResult<'e> {
        let _ = error;
        Ok(())
    }
}
