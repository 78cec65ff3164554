use statevec_abi::{
    prelude::*,
    raw::{InPool, Pool, Pooled},
};

struct Noop;

impl Plugin for Noop {
    fn name() -> &'static str {
        "noop"
    }

    fn schema() -> &'static str {
        ""
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(
        &self,
        _: &mut Tx<'tx>,
        _: &RuntimeCommandRef<'_>,
    ) -> TxResult<'tx> {
        Ok(())
    }
}

struct Slots;
static POOL: Pool<Noop, 1> = Pool::new();

impl Pooled<Noop, 1> for Slots {
    fn pool() -> &'static Pool<Noop, 1> {
        &POOL
    }
}

export_plugin!(Noop, storage = InPool<Slots, 1>);

fn main() {}
