//! Errors of C headers.

use statevec_abi_alloc::schema::{SchemaError, SchemaIdlError};

/// The reason why there is no header.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// The declarations are no JSON of the expected form.
    #[error("the declarations cannot be read")]
    Declarations(#[from] serde_json::Error),
    /// The completed schema breaks a rule of the contract.
    #[error("the declarations are no schema")]
    Schema(#[from] SchemaIdlError),
    /// The fingerprints of the completed schema cannot be computed.
    #[error("the declarations have no fingerprints")]
    Fingerprints(#[from] SchemaError),
    /// Two declarations would have one name in C.
    #[error("{first} and {second} would both be `{name}` in C; rename one")]
    NameTwice {
        /// The name in C.
        name: String,
        /// The first declaration.
        first: String,
        /// The second declaration.
        second: String,
    },
}
