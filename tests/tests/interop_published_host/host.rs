//! A host made of the published crates alone: their types, their tables, and their parser of a
//! schema.

use std::{cell::RefCell, collections::BTreeMap, ffi::c_void};

use statevec_published::{
    RecordKey, SchemaRegistry,
    api::{
        RuntimeBytesMutRef, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor,
        RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorPhase, RuntimeHostContextV1,
        RuntimeHostVTableV1, RuntimeReadContextV1, RuntimeReadVTableV1, RuntimeRecordKeyView,
        RuntimeRecordKeyVisitor, runtime_bytes_slice, runtime_error_kind, write_runtime_error,
    },
};

/// The records, found by walking over them.
pub(crate) struct Host {
    schema: SchemaRegistry,
    state: RefCell<State>,
}

/// The state that a transaction may change; a copy is kept while one runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) records: BTreeMap<(u8, u64), Vec<u8>>,
    pub(crate) events: Vec<(u8, Vec<u8>)>,
}

impl Host {
    pub(crate) fn new(schema: SchemaRegistry) -> Self {
        Self { schema, state: RefCell::default() }
    }

    pub(crate) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    pub(crate) fn restore(&self, state: State) {
        self.state.replace(state);
    }

    pub(crate) fn context(&self) -> RuntimeHostContextV1 {
        RuntimeHostContextV1 { ctx_ptr: self.address(), vtable: &raw const HOST }
    }

    pub(crate) fn read_context(&self) -> RuntimeReadContextV1 {
        RuntimeReadContextV1 { ctx_ptr: self.address(), vtable: &raw const READ }
    }

    fn address(&self) -> *mut c_void {
        (&raw const *self).cast_mut().cast()
    }

    /// # Safety
    ///
    /// `ctx` is the address of a live host.
    unsafe fn at<'h>(ctx: *const c_void) -> &'h Self {
        // SAFETY: the caller promised the address of a live host, whose changing fields are cells
        // (rule 5).
        unsafe { &*ctx.cast::<Self>() }
    }

    /// The number and a copy of a record, so that nothing is borrowed while a visitor runs.
    fn find(&self, kind: u8, pk: &[u8]) -> Option<(u64, Vec<u8>)> {
        let state = self.state.borrow();
        let mut records = state.records.range((kind, 0)..=(kind, u64::MAX));
        records
            .find(|(_, data)| self.schema.encode_pk(kind, data).is_some_and(|key| *key == *pk))
            .map(|((_, sys_id), data)| (*sys_id, data.clone()))
    }
}

static HOST: RuntimeHostVTableV1 = RuntimeHostVTableV1 {
    with_read_typed_raw: read_by_id,
    with_read_typed_by_pk_raw: read_by_pk,
    create_typed_raw: create,
    update_typed_by_pk_raw: update,
    delete_by_pk_raw: delete,
    emit_typed_event_raw: emit,
    for_each_record_key_raw: for_each,
    debug_log: log,
};
static READ: RuntimeReadVTableV1 = RuntimeReadVTableV1 {
    with_read_typed_raw: read_by_id,
    with_read_typed_by_pk_raw: read_by_pk,
    for_each_record_key_raw: for_each,
};

unsafe extern "C" fn read_by_id(
    ctx: *const c_void,
    kind: u8,
    sys_id: u64,
    visitor_ctx: *mut c_void,
    visitor: RuntimeBytesVisitor,
    out_found: *mut bool,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: this host made the context of its own address, and lives during the call (rule 5).
    let data = unsafe { Host::at(ctx) }.state.borrow().records.get(&(kind, sys_id)).cloned();
    if let Some(data) = &data {
        // SAFETY: the plugin passed this visitor with this context, and both are valid during the
        // call (rule 4).
        unsafe { visitor(visitor_ctx, RuntimeBytesRef::from_slice(data)) };
    }
    // SAFETY: the plugin's flag, live for the call (rule 9).
    unsafe { out_found.write(data.is_some()) };
    RuntimeCallStatus::Success
}

unsafe extern "C" fn read_by_pk(
    ctx: *const c_void,
    kind: u8,
    pk: RuntimeBytesRef,
    visitor_ctx: *mut c_void,
    visitor: RuntimeBytesVisitor,
    out_found: *mut bool,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the plugin's key, live for the call (rule 1).
    let pk = unsafe { runtime_bytes_slice(pk) }.unwrap();
    // SAFETY: this host made the context of its own address, and lives during the call (rule 5).
    let sys_id = unsafe { Host::at(ctx) }.find(kind, pk).map_or(0, |(sys_id, _)| sys_id);
    // SAFETY: the plugin passed these pointers to this entry, and they are valid until it returns.
    // No record has number 0 (rules 4 and 9).
    unsafe { read_by_id(ctx, kind, sys_id, visitor_ctx, visitor, out_found, out_error) }
}

unsafe extern "C" fn create(
    ctx: *mut c_void,
    kind: u8,
    init_ctx: *mut c_void,
    init: RuntimeBytesMutVisitor,
    out_key: *mut RuntimeRecordKeyView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: this host made the context of its own address, and lives during the call (rule 5).
    let host = unsafe { Host::at(ctx) };
    let mut data = vec![0; host.schema.try_get(kind).unwrap().data_size as usize];
    // SAFETY: the plugin passed this visitor with this context, and both are valid during the call
    // (rule 4).
    unsafe { init(init_ctx, RuntimeBytesMutRef::from_slice(&mut data)) };
    let pk = host.schema.encode_pk(kind, &data).unwrap();
    if host.find(kind, &pk).is_some() {
        let phase = RuntimeErrorPhase::RunTx;
        write_runtime_error(out_error, phase, runtime_error_kind::HOST_REJECTED, "it exists");
        return RuntimeCallStatus::Failure;
    }
    let mut state = host.state.borrow_mut();
    let sys_id = state.records.keys().filter(|key| key.0 == kind).count() as u64 + 1;
    state.records.insert((kind, sys_id), data);
    // SAFETY: the plugin's key, live for the call (rule 9).
    unsafe { out_key.write(RecordKey { kind, sys_id }.into()) };
    RuntimeCallStatus::Success
}

unsafe extern "C" fn update(
    ctx: *mut c_void,
    kind: u8,
    pk: RuntimeBytesRef,
    update_ctx: *mut c_void,
    update: RuntimeBytesMutVisitor,
    out_found: *mut bool,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: this host made the context of its own address, and lives during the call (rule 5).
    let host = unsafe { Host::at(ctx) };
    // SAFETY: the plugin's key, live for the call (rule 1).
    let found = host.find(kind, unsafe { runtime_bytes_slice(pk) }.unwrap());
    // SAFETY: the plugin's flag, live for the call (rule 9).
    unsafe { out_found.write(found.is_some()) };
    if let Some((sys_id, mut data)) = found {
        // SAFETY: the plugin passed this visitor with this context, and both are valid during the
        // call (rule 4).
        unsafe { update(update_ctx, RuntimeBytesMutRef::from_slice(&mut data)) };
        host.state.borrow_mut().records.insert((kind, sys_id), data);
    }
    RuntimeCallStatus::Success
}

unsafe extern "C" fn delete(
    ctx: *mut c_void,
    kind: u8,
    pk: RuntimeBytesRef,
    out_deleted: *mut bool,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: this host made the context of its own address, and lives during the call (rule 5).
    let host = unsafe { Host::at(ctx) };
    // SAFETY: the plugin's key, live for the call (rule 1).
    let found = host.find(kind, unsafe { runtime_bytes_slice(pk) }.unwrap());
    // SAFETY: the plugin's flag, live for the call (rule 9).
    unsafe { out_deleted.write(found.is_some()) };
    if let Some((sys_id, _)) = found {
        host.state.borrow_mut().records.remove(&(kind, sys_id));
    }
    RuntimeCallStatus::Success
}

unsafe extern "C" fn emit(
    ctx: *mut c_void,
    kind: u8,
    payload: RuntimeBytesRef,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the plugin's payload, live for the call (rule 1).
    let payload = unsafe { runtime_bytes_slice(payload) }.unwrap().to_vec();
    // SAFETY: this host made the context of its own address, and lives during the call (rule 5).
    unsafe { Host::at(ctx) }.state.borrow_mut().events.push((kind, payload));
    RuntimeCallStatus::Success
}

unsafe extern "C" fn for_each(
    ctx: *const c_void,
    kind: u8,
    visitor_ctx: *mut c_void,
    visitor: RuntimeRecordKeyVisitor,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: this host made the context of its own address, and lives during the call (rule 5).
    let state = unsafe { Host::at(ctx) }.state();
    for &(kind, sys_id) in state.records.keys().filter(|key| key.0 == kind) {
        // SAFETY: the plugin passed this visitor with this context, and both are valid during the
        // call (rule 4).
        unsafe { visitor(visitor_ctx, RuntimeRecordKeyView { kind, sys_id }) };
    }
    RuntimeCallStatus::Success
}

unsafe extern "C" fn log(
    _: *mut c_void,
    _: RuntimeBytesRef,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    RuntimeCallStatus::Success
}
