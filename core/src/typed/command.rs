//! Commands.

use super::Payload;

/// A command type; see [`derive(Command)`](macro@crate::typed::Command).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command",
    note = "declare it with #[derive(Command)] and #[command(kind = …)]"
)]
pub trait Command: Payload {}
