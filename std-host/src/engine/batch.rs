//! Runs several commands in one call.

use std::ops::ControlFlow;

use statevec_abi::boundary::RuntimeCommandRef;

use super::{
    Engine, Outcome,
    lookahead::{AHEAD, Lookahead},
};
use crate::store::StoreLayer;

impl<H: StoreLayer> Engine<H> {
    /// Runs commands one after another, each a transaction of its own, until there are no more or
    /// `each` breaks. `each` gets the command's position in the list and its outcome.
    ///
    /// It saves over [`run`](Self::run) the cost of preparing a command: prepared views pass to the
    /// plugin unchanged. With many records it also saves much of the wait for memory: it looks up
    /// the records that the next commands name before they run, so that the waits overlap.
    pub fn run_batch<B>(
        &mut self,
        commands: &[RuntimeCommandRef<'_>],
        mut each: impl FnMut(usize, Outcome<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let mut positions = 0..;
        for chunk in commands.chunks(AHEAD) {
            let store = self.host.store();
            let lookahead = self.lookahead.get_or_insert_with(|| Lookahead::new(store.schema()));
            lookahead.look_up(chunk, store);
            for (command, position) in chunk.iter().zip(positions.by_ref()) {
                each(position, self.run(command))?;
            }
        }
        ControlFlow::Continue(())
    }
}
