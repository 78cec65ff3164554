//! Results that depend on the machine, the process or the moment.

use std::{
    collections::HashSet,
    env, process,
    time::{SystemTime, UNIX_EPOCH},
};

use statevec_abi::prelude::*;

use crate::Defective;

static HERE: u8 = 0;

pub(crate) fn before<'tx>(plugin: &Defective, tx: &mut Tx<'tx>) -> TxResult<'tx> {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let reason = match &*plugin.defect {
        "nanoseconds" => format!("at {:?}", now()),
        "seconds" => format!("at {} seconds", now().as_secs()),
        "hash order" => {
            let first = (0..64).collect::<HashSet<u32>>().into_iter().next();
            format!("first {first:?}")
        }
        "address of the instance" => format!("in {:p}", std::ptr::from_ref(plugin)),
        "address of a static" => format!("beside {:p}", &raw const HERE),
        "order of allocations" => {
            let blocks: Vec<Vec<u8>> = (1..40).map(|size| vec![0; size * 24]).collect();
            let ascends = |pair: &[Vec<u8>]| pair[0].as_ptr() < pair[1].as_ptr();
            format!("{} blocks ascend", blocks.windows(2).filter(|pair| ascends(pair)).count())
        }
        "locale" => format!("in {:?}", env::var_os("LC_ALL")),
        "working folder" => format!("in {:?}", env::current_dir().ok()),
        "process number" => format!("of process {}", process::id()),
        _ => return Ok(()),
    };
    Err(tx.reject(format_args!("no business {reason}")))
}
