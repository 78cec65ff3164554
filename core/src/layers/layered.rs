//! A host with a layer around it.

use core::cell::Cell;

use super::{Answer, AnsweredCall, Layer, LayerCall};
use crate::{
    abi::{RecordKey, RecordKind, SysId},
    boundary::{ErrorSlot, TxResult},
    host::{BytesMutVisitor, BytesVisitor, Host, KeyVisitor},
};

/// A host with a layer around it. It is a host, too, so layers stack.
#[derive(Debug)]
pub struct Layered<H, L> {
    host: H,
    layer: L,
}

impl<H, L> Layered<H, L> {
    /// Puts a layer around a host.
    #[must_use]
    pub const fn new(host: H, layer: L) -> Self {
        Self { host, layer }
    }

    /// The layer.
    #[must_use]
    pub const fn layer(&self) -> &L {
        &self.layer
    }

    /// The host inside.
    #[must_use]
    pub const fn host(&self) -> &H {
        &self.host
    }

    /// The host inside.
    #[must_use]
    pub const fn host_mut(&mut self) -> &mut H {
        &mut self.host
    }

    /// The host inside, without the layer.
    #[must_use]
    pub fn into_host(self) -> H {
        self.host
    }
}

#[deny(clippy::missing_trait_methods)]
impl<H: Host, L: Layer> Host for Layered<H, L> {
    fn thread_token() -> usize {
        H::thread_token()
    }

    /// The boundary calls it before it makes a call of the plugin, so layers do not see it.
    fn key_len(&self, kind: RecordKind) -> Option<usize> {
        self.host.key_len(kind)
    }

    fn read_by_id<'e>(
        &self,
        kind: RecordKind,
        sys_id: SysId,
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let Self { host, layer } = self;
        let call = LayerCall::ReadById { kind, sys_id };
        around(layer, &call, error, |lend| {
            visitor.guarded(lend, |visitor| host.read_by_id(kind, sys_id, visitor, error))
        })
    }

    fn read_by_pk<'e>(
        &self,
        kind: RecordKind,
        pk: &[u8],
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let Self { host, layer } = self;
        let call = LayerCall::ReadByPk { kind, pk };
        around(layer, &call, error, |lend| {
            visitor.guarded(lend, |visitor| host.read_by_pk(kind, pk, visitor, error))
        })
    }

    fn create<'e>(
        &mut self,
        kind: RecordKind,
        init: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, RecordKey> {
        let Self { host, layer } = self;
        let call = LayerCall::Create { kind };
        around(layer, &call, error, |lend| {
            init.guarded(lend, |init| host.create(kind, init, error))
        })
    }

    fn update_by_pk<'e>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        update: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let Self { host, layer } = self;
        let call = LayerCall::Update { kind, pk };
        around(layer, &call, error, |lend| {
            update.guarded(lend, |update| host.update_by_pk(kind, pk, update, error))
        })
    }

    fn delete_by_pk<'e>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let Self { host, layer } = self;
        let call = LayerCall::Delete { kind, pk };
        around(layer, &call, error, |_| host.delete_by_pk(kind, pk, error))
    }

    fn emit_event<'e>(&mut self, kind: u8, payload: &[u8], error: ErrorSlot<'e>) -> TxResult<'e> {
        let Self { host, layer } = self;
        let call = LayerCall::Emit { kind, payload };
        around(layer, &call, error, |_| host.emit_event(kind, payload, error))
    }

    fn for_each_key<'e>(
        &self,
        kind: RecordKind,
        visitor: KeyVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e> {
        let Self { host, layer } = self;
        let call = LayerCall::ForEachKey { kind };
        around(layer, &call, error, |lend| {
            visitor.guarded(lend, |visitor| host.for_each_key(kind, visitor, error))
        })
    }

    fn debug_log<'e>(&mut self, message: &[u8], error: ErrorSlot<'e>) -> TxResult<'e> {
        let Self { host, layer } = self;
        let call = LayerCall::DebugLog { message };
        around(layer, &call, error, |_| host.debug_log(message, error))
    }

    fn begin_call(&self) {
        self.layer.begin();
        self.host.begin_call();
    }

    fn end_call<'e>(&self, error: ErrorSlot<'e>) -> TxResult<'e> {
        self.host.end_call(error)?;
        self.layer.end(error)
    }
}

/// Makes a call of the host, if the layer lets it through.
fn around<'e, T: AsAnswer>(
    layer: &impl Layer,
    call: &LayerCall<'_>,
    error: ErrorSlot<'e>,
    make: impl FnOnce(&dyn Fn(usize) -> bool) -> TxResult<'e, T>,
) -> TxResult<'e, T> {
    layer.before(call, error)?;
    let bytes = Cell::new(call.payload_len());
    let result = make(&|len| {
        bytes.set(bytes.get().saturating_add(len));
        layer.lend(call, len)
    });
    let answer = result.as_ref().map_or(Answer::Refused, AsAnswer::as_answer);
    layer.after(&AnsweredCall { call: *call, answer, bytes: bytes.get() }, error)?;
    result
}

/// The success of a host's method, as an answer.
trait AsAnswer {
    fn as_answer(&self) -> Answer;
}

impl AsAnswer for bool {
    fn as_answer(&self) -> Answer {
        if *self { Answer::Found } else { Answer::Missing }
    }
}

impl AsAnswer for RecordKey {
    fn as_answer(&self) -> Answer {
        Answer::Created(*self)
    }
}

impl AsAnswer for () {
    fn as_answer(&self) -> Answer {
        Answer::Done
    }
}
