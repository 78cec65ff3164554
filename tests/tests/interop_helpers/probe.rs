//! One way to call the helper functions, for two crates that use the same names: a macro writes
//! both.

/// Everything that a call wrote: status, error buffer, out parameters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) status: u32,
    pub(crate) phase: u32,
    pub(crate) kind: u16,
    /// After a failure all of the buffer's text, with the zeros behind it; after a success nothing,
    /// for then only the header counts.
    pub(crate) text: Vec<u8>,
    pub(crate) len: usize,
}

/// The bytes to pass.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bytes<'a> {
    Null(usize),
    Of(&'a [u8]),
}

impl Bytes<'_> {
    fn parts(self) -> (*const u8, usize) {
        match self {
            Self::Null(len) => (std::ptr::null(), len),
            Self::Of(bytes) => (bytes.as_ptr(), bytes.len()),
        }
    }
}

/// Makes a module over the crate `$api`: a plugin whose commands are host calls, and calls of the
/// helper functions.
macro_rules! world {
    ($world:ident, $api:ident) => {
        #[allow(unused_unsafe, reason = "what is safe in one crate is unsafe in the other")]
        pub(crate) mod $world {
            use std::{ffi::c_void, ptr, sync::OnceLock};

            use super::$api as api;
            use statevec_abi::abi::{
                RuntimeHostVTableV1 as OurHostTable, RuntimeReadVTableV1 as OurReadTable,
            };

            use super::{Bytes, Seen};

            probe_plugin!();

            /// Makes a call with a buffer that an earlier call has written.
            fn seen(
                call: impl FnOnce(*mut api::RuntimeErrorBuf) -> api::RuntimeCallStatus,
            ) -> Seen {
                let mut error = api::RuntimeErrorBuf::new(
                    api::RuntimeErrorPhase::Unload,
                    api::RuntimeErrorKind(77),
                    api::RuntimeBytesRef::empty(),
                );
                error.message_len = 5;
                error.message_buf.fill(0xEE);
                let status = call(&raw mut error);
                Seen {
                    status: if status == api::RuntimeCallStatus::Success { 0 } else { 1 },
                    phase: phase(error.phase),
                    kind: error.kind.0,
                    text: match status == api::RuntimeCallStatus::Success {
                        true => Vec::new(),
                        false => error.message_buf.to_vec(),
                    },
                    len: error.message_len,
                }
            }

            fn phase(phase: api::RuntimeErrorPhase) -> u32 {
                let phases = [
                    api::RuntimeErrorPhase::Load,
                    api::RuntimeErrorPhase::Create,
                    api::RuntimeErrorPhase::RunTx,
                    api::RuntimeErrorPhase::ValidateBizInvariants,
                    api::RuntimeErrorPhase::Unload,
                ];
                (1..).zip(phases).find(|(_, known)| *known == phase).unwrap().0
            }

            fn bytes_ref(bytes: Bytes<'_>) -> api::RuntimeBytesRef {
                let (ptr, len) = bytes.parts();
                api::RuntimeBytesRef { ptr, len }
            }

            /// An instance; destroyed when dropped.
            pub(crate) struct Runtime(*mut c_void);

            impl Drop for Runtime {
                fn drop(&mut self) {
                    // SAFETY: null, or made by `create` and not used after this (rule 7).
                    unsafe { api::runtime_plugin_destroy_runtime_v1(self.0) };
                }
            }

            impl Runtime {
                pub(crate) fn null() -> Self {
                    Self(ptr::null_mut())
                }

                pub(crate) fn create(config: Bytes<'_>) -> (Self, Seen) {
                    let mut runtime = Self::null();
                    let out = &raw mut runtime.0;
                    // SAFETY: the pointers are live for the call, or null (rules 1 and 9).
                    let seen = seen(|error| unsafe {
                        api::runtime_plugin_create_runtime_v1(
                            factory,
                            bytes_ref(config),
                            out,
                            error,
                        )
                    });
                    (runtime, seen)
                }

                pub(crate) fn create_nowhere(config: Bytes<'_>) -> Seen {
                    let out = ptr::null_mut();
                    // SAFETY: the pointers are live for the call, or null (rules 1 and 9).
                    seen(|error| unsafe {
                        api::runtime_plugin_create_runtime_v1(
                            factory,
                            bytes_ref(config),
                            out,
                            error,
                        )
                    })
                }

                pub(crate) fn run(
                    &self,
                    kind: u8,
                    payload: Bytes<'_>,
                    table: *const OurHostTable,
                ) -> Seen {
                    let host = api::RuntimeHostContextV1 {
                        ctx_ptr: ptr::null_mut(),
                        vtable: table.cast(),
                    };
                    let command = api::RuntimeCommandView {
                        command_kind: kind,
                        ext_seq: 1 << 40,
                        ref_ext_time_us: 1 << 50,
                        payload: bytes_ref(payload),
                    };
                    // SAFETY: the runtime lives, the pointers are live for the call or null, and
                    // the two tables have one layout (rules 1 and 7).
                    seen(|error| unsafe {
                        api::runtime_plugin_run_tx_v1(self.0, host, command, error)
                    })
                }

                pub(crate) fn validate(&self, table: *const OurReadTable) -> Seen {
                    let host = api::RuntimeReadContextV1 {
                        ctx_ptr: ptr::null_mut(),
                        vtable: table.cast(),
                    };
                    // SAFETY: the runtime lives, the pointers are live for the call or null, and
                    // the two tables have one layout (rules 1 and 7).
                    seen(|error| unsafe {
                        api::runtime_plugin_validate_biz_invariants_v1(self.0, host, error)
                    })
                }

                pub(crate) fn unload(&self) -> Seen {
                    // SAFETY: the runtime lives, and the buffer is live for the call (rules 7 and
                    // 9).
                    seen(|error| unsafe { api::runtime_plugin_on_unload_v1(self.0, error) })
                }
            }

            pub(crate) fn name_and_schema() -> [Vec<u8>; 2] {
                static SCHEMA: OnceLock<String> = OnceLock::new();
                let name = api::runtime_plugin_name_v1(factory);
                let schema = api::runtime_plugin_schema_bytes_v1(factory, &SCHEMA);
                [name, schema].map(|bytes| {
                    // SAFETY: name and schema are statics, which live as long as the program (rule
                    // 6).
                    unsafe { api::runtime_bytes_slice(bytes) }.unwrap().to_vec()
                })
            }

            pub(crate) fn slice(bytes: Bytes<'_>) -> Result<Vec<u8>, &'static str> {
                // SAFETY: the pointer is null, or borrowed from a slice for the call (rule 1).
                unsafe { api::runtime_bytes_slice(bytes_ref(bytes)) }.map(<[u8]>::to_vec)
            }

            pub(crate) fn slice_mut(ptr: *mut u8, len: usize) -> Result<Vec<u8>, &'static str> {
                let bytes = api::RuntimeBytesMutRef { ptr, len };
                // SAFETY: the pointer is null, or borrowed from a slice for the call (rule 1).
                unsafe { api::runtime_bytes_slice_mut(bytes) }.map(|bytes| bytes.to_vec())
            }

            pub(crate) fn write(text: &str) -> Seen {
                seen(|error| {
                    let kind = api::runtime_error_kind::CONFIG_ERROR;
                    // SAFETY: the buffer is live for the call (rule 9).
                    unsafe {
                        api::write_runtime_error(error, api::RuntimeErrorPhase::Create, kind, text)
                    };
                    api::RuntimeCallStatus::Failure
                })
            }

            pub(crate) fn clear() -> Seen {
                seen(|error| {
                    // SAFETY: the buffer is live for the call (rule 9).
                    unsafe { api::clear_runtime_error(error) };
                    api::RuntimeCallStatus::Success
                })
            }

            /// Both functions with a null buffer: they do nothing.
            pub(crate) fn write_and_clear_nowhere() {
                let (phase, kind) = (api::RuntimeErrorPhase::Load, api::RuntimeErrorKind(1));
                // SAFETY: the function accepts a null buffer, and then writes nothing (rule 9).
                unsafe { api::write_runtime_error(ptr::null_mut(), phase, kind, "nobody listens") };
                // SAFETY: the function accepts a null buffer, and then writes nothing (rule 9).
                unsafe { api::clear_runtime_error(ptr::null_mut()) };
            }

            /// The texts of a buffer that other code has written.
            pub(crate) fn texts(kind: u16, len: usize, text: &[u8; 512]) -> [String; 2] {
                let kind = api::RuntimeErrorKind(kind);
                let empty = api::RuntimeBytesRef::empty();
                let mut error =
                    api::RuntimeErrorBuf::new(api::RuntimeErrorPhase::RunTx, kind, empty);
                error.message_len = len;
                error.message_buf = *text;
                [api::runtime_error_text(&error), api::runtime_error_message(&error)]
            }
        }
    };
}

/// Both crates' names in one place each.
mod ours_api {
    pub(crate) use statevec_abi::{abi::*, boundary::*};
    pub(crate) use statevec_abi_alloc::*;
}

mod published_api {
    pub(crate) use statevec_published::{SchemaRegistry, api::*};
}

world!(ours, ours_api);
world!(published, published_api);
