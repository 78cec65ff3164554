//! The engine of the server: one thread that owns engine and log, and the queue to it.
//!
//! Requests put jobs into the [`Inbox`]. The thread takes all jobs that are there, runs them, and
//! begins a sync. Commands that arrive while a sync runs share the next one. An answer leaves when
//! everything that it shows is on stable storage.

mod answer;
mod handle;
mod inbox;
mod keys;
mod open;
mod run;
mod state;
mod thread;
mod waiting;

pub(crate) use answer::{Answer, Refusal, with_causes};
pub(crate) use handle::EngineHandle;
pub(crate) use inbox::Inbox;
pub(crate) use open::{OpenError, Opening};
pub(crate) use state::EngineState;
pub(crate) use thread::EngineThread;
