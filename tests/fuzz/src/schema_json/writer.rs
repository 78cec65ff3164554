//! A plugin that makes one write per command.

use std::cell::RefCell;

use statevec_abi::{
    abi::RecordKind,
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::{Plugin, StaticPlugin, Tx},
    static_plugin,
};

/// The byte that fills records, and another one.
pub(super) const BYTES: [u8; 2] = [0x81, 0x7E];

/// A write.
#[derive(Debug, Clone)]
pub(super) enum Write {
    Create(RecordKind),
    Update(RecordKind, Vec<u8>),
    Delete(RecordKind, Vec<u8>),
}

thread_local! {
    /// The next command's write.
    pub(super) static WRITE: RefCell<Option<Write>> = const { RefCell::new(None) };
}

struct Writer;

pub(super) const WRITER: StaticPlugin = static_plugin!(Writer, slots = 16);

impl Plugin for Writer {
    fn name() -> &'static str {
        "writer"
    }

    fn schema() -> &'static str {
        "{}"
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let [byte, other] = BYTES;
        match WRITE.take().expect("set before the command") {
            Write::Create(kind) => {
                let fill = |data: &mut [u8]| {
                    assert!(data.iter().all(|byte| *byte == 0), "lent bytes are not zero");
                    data.fill(byte);
                };
                tx.create_raw(kind, fill).map(drop)
            }
            Write::Update(kind, pk) => {
                let found = tx.update_by_pk_raw(kind, &pk, |data| data.fill(other))?;
                assert!(found.is_some(), "no record to update");
                Ok(())
            }
            Write::Delete(kind, pk) => {
                assert!(tx.delete_by_pk_raw(kind, &pk)?, "no record to delete");
                Ok(())
            }
        }
    }
}
