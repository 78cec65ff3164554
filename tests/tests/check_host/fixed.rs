//! The store of fixed capacity, which firmware uses.

use std::pin::pin;

use statevec_abi::{
    abi::RuntimeErrorBuf,
    boundary::RuntimeCommandRef,
    fixed_store::{FixedMemory, FixedStore, record_size},
    host::{HostGate, PluginRuntime},
    typed::Payload as _,
};
use statevec_check_host::{Check, SCHEMA, STEPS};

use crate::{seen::Seen, server};

/// The results of all steps, and the text of broken invariants.
pub(crate) fn results() -> (Vec<Seen>, Option<String>) {
    let plugin = server::plugin();
    let mut memory: FixedMemory<32, { record_size(SCHEMA.def) }, 256, 16> = FixedMemory::new();
    let mut store = FixedStore::new(SCHEMA.def, &mut memory).unwrap();
    let (gate, mut error) = (pin!(HostGate::new()), RuntimeErrorBuf::RESET);
    let mut runtime = PluginRuntime::create(*plugin.api(), "", gate, &mut error).unwrap();
    let mut seen = Vec::new();
    for (ext_seq, step) in (1..).zip(STEPS) {
        let mut payload = [0; 2];
        let len = Check { step: step.number }.encode(&mut payload).unwrap();
        let command = RuntimeCommandRef::new(Check::KIND, ext_seq, 0, &payload[..len]);
        let mut transaction = store.begin();
        let failed = runtime.run_tx(transaction.host(), &command).err().map(|failed| failed.kind);
        seen.push(match failed {
            Some(kind) => {
                drop(transaction);
                Seen::Failed(kind)
            }
            None => {
                transaction.commit();
                Seen::Committed(store.events().map(|event| event.payload.to_vec()).collect())
            }
        });
    }
    let invariants = runtime.validate_biz_invariants(&store).err();
    let invariants = invariants.map(|failure| failure.to_string());
    assert!(store.is_empty(), "the steps leave rows");
    (seen, invariants)
}
