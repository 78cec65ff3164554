//! Records of the queues around a host: submit requests on the way in, committed results on the way
//! out (ABI.md section 6).
//!
//! Nothing allocates: decoding borrows, encoding writes into a buffer or returns an array. Decoding
//! checks every byte.

mod committed_result;
mod error;
mod submit_request;

pub use committed_result::{
    COMMITTED_RESULT_RECORD_LEN, COMMITTED_RESULT_RECORD_VERSION, CommittedResultRecord,
    CommittedStatus, RejectedErrorCode,
};
pub use error::QueueCodecError;
pub use submit_request::{SUBMIT_REQUEST_HEADER_LEN, SUBMIT_REQUEST_RECORD_VERSION, SubmitRequest};
