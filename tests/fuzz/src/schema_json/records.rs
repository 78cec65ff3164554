//! Records of an arbitrary schema in a store.

use std::sync::Arc;

use statevec_abi::{
    abi::{RuntimeErrorBuf, RuntimeErrorKind, runtime_error_kind::HOST_REJECTED},
    boundary::RuntimeCommandRef,
    host::{HostGate, PluginApi, PluginRuntime},
};
use statevec_abi_alloc::schema::RecordDefinition;
use statevec_host::Store;

use super::writer::{BYTES, WRITE, WRITER, Write};

/// Creates, updates and deletes records of one type, starting with number 1. The store has none of
/// them before and after.
pub(super) fn check(store: &mut Store, record: &RecordDefinition) {
    let (kind, size) = (record.kind, record.data_size as usize);
    let [data, other] = BYTES.map(|byte| vec![byte; size]);
    let pk = store.schema().encode_pk(kind, &data);
    let runtime = &mut runtime();

    let before = store.image();
    assert_eq!(run(runtime, store, Write::Create(kind), false), Ok(()));
    assert_eq!(store.image(), before, "{} left a trace", record.name);
    assert_eq!(run(runtime, store, Write::Create(kind), true), Ok(()));
    assert_eq!(store.get(kind, 1), Some(&*data));

    let Some(pk) = pk else {
        assert_eq!(run(runtime, store, Write::Create(kind), true), Ok(()));
        return assert_eq!((store.len(kind), store.next_sys_id(kind)), (2, Some(3)));
    };
    assert_eq!(store.get_by_pk(kind, &pk).map(|found| found.sys_id), Some(1));
    assert_eq!(run(runtime, store, Write::Create(kind), true), Err(HOST_REJECTED));

    let changes_key = store.schema().encode_pk(kind, &other).as_ref() != Some(&pk);
    let may_not = changes_key || record.fields.iter().any(|field| field.immutable && field.len > 0);
    let update = run(runtime, store, Write::Update(kind, pk.clone()), true);
    assert_eq!(update, if may_not { Err(HOST_REJECTED) } else { Ok(()) }, "{record:?}");
    assert_eq!(store.get(kind, 1), Some(if may_not { &*data } else { &*other }));

    assert_eq!(run(runtime, store, Write::Delete(kind, pk.clone()), false), Ok(()));
    assert_eq!(store.get_by_pk(kind, &pk).map(|found| found.sys_id), Some(1));
    assert_eq!(run(runtime, store, Write::Delete(kind, pk.clone()), true), Ok(()));
    assert_eq!((store.len(kind), store.get_by_pk(kind, &pk)), (0, None));
}

type Runtime = PluginRuntime<Store, Arc<HostGate<Store>>>;

fn runtime() -> Runtime {
    let api = PluginApi::of_static(&WRITER).expect("a whole table");
    let mut error = RuntimeErrorBuf::RESET;
    let runtime = PluginRuntime::create(api, "", Arc::pin(HostGate::new()), &mut error);
    runtime.expect("a plugin without a will")
}

/// One write in a transaction of its own.
fn run(
    runtime: &mut Runtime,
    store: &mut Store,
    write: Write,
    commits: bool,
) -> Result<(), RuntimeErrorKind> {
    WRITE.set(Some(write));
    let mut transaction = store.begin();
    let answer = runtime.run_tx(transaction.host(), &RuntimeCommandRef::new(1, 1, 0, &[]));
    let answer = answer.map_err(|failure| failure.kind);
    if commits && answer.is_ok() {
        transaction.commit();
    } else {
        drop(transaction);
    }
    store.check_consistency().unwrap_or_else(|what| panic!("{what}"));
    answer
}
