//! The rules of the boundary. Every `SAFETY:` line in this workspace cites one of them by number.
//!
//! 1. **Foreign values are raw until checked.** Integers, booleans, pointers, lengths and function
//!    pointers from the other side are read as integers and `Option<fn>` and checked once, in
//!    release builds too. Every foreign length has a limit ([`limits`](crate::boundary::limits)),
//!    checked before a slice exists. Error text is read lossily.
//! 2. **Panics stop at the boundary,** on both sides, visitors included. The caller gets kind 5001
//!    (plugin) or 4002 (host) with the panic's text; an instance that panicked is quarantined until
//!    it is created anew.
//! 3. **What is lent decides what is legal.** Inside a read or key visitor reads are legal and
//!    writes are refused (4001); inside a create or update visitor every host call is refused
//!    (4001). The flag lies outside the host object and is checked before a reference to it is
//!    made. No `&mut RuntimeErrorBuf` lives across an outward call, and a nested host call has a
//!    buffer of its own.
//! 4. **A visitor has one use.** Called twice, never, or with a bad slice, it gives a defined
//!    answer.
//! 5. **A context outlives its call.** The block that a context points to lives as long as the
//!    runtime handle and holds its state, so a context that a plugin kept is refused while the
//!    handle lives.
//! 6. **The file that was named is the code that runs, and it stays.** The file that was named is
//!    checked, hashed and mapped, and the entry lies in it. Loading runs its code, so the caller
//!    vouches for it. A loaded library stays mapped at least as long as anything that it made.
//! 7. **One thread at a time.** A runtime handle may move between threads, and is used by one at a
//!    time.
//! 8. **Same commands, same bytes.** Iteration is in ascending `sys_id`; nothing depends on hash
//!    order, time or addresses.
//! 9. **Out parameters are written, never read.** On success a plugin's function resets only the
//!    16-byte header of `out_error`, and a host's leaves it alone; on failure the whole buffer is
//!    initialised. Pointers to them are valid for writes or null, for the time of the call.
//! 10. **Pointers are what the contract says.** A non-null pointer points to what its type says,
//!     for the time that the contract gives; a runtime handle is used with the table that made it,
//!     and not after its destruction. This is the caller's promise: it cannot be detected inside
//!     one process.
