//! A second plugin, to show that two fit into one program: it counts votes.

use statevec_abi::prelude::*;

/// How many votes a candidate has.
#[derive(Record)]
#[record(kind = 1, len = 64, pk(candidate))]
struct CandidateVotes {
    #[field(immutable)]
    candidate: FixedBytes<16>,
    count: u32,
}

/// A vote for a candidate.
#[derive(Command)]
#[command(kind = 1)]
struct Vote {
    candidate: FixedBytes<16>,
}

/// A vote was counted.
#[derive(Event)]
#[event(kind = 1)]
struct Counted {
    candidate: FixedBytes<16>,
    count: u32,
}

schema! {
    const SCHEMA = { version: "1.0", records: [CandidateVotes], commands: [Vote], events: [Counted] };
}

/// Counts votes.
pub(crate) struct Votes;

impl Plugin for Votes {
    fn name() -> &'static str {
        "votes"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(_config: &str, _error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        dispatch!(
            tx,
            match command {
                Vote(Vote { candidate }) => {
                    if candidate.is_empty() {
                        return Err(tx.reject("a vote names a candidate"));
                    }
                    let count =
                        tx.update_or_create(&CandidateVotes { candidate, count: 0 }, |votes| {
                            let count = votes.count().checked_add(1)?;
                            votes.set_count(count);
                            Some(count)
                        })?;
                    match count {
                        Some(count) => tx.emit(&Counted { candidate, count }),
                        None => Err(tx.reject(format_args!(
                            "the candidate has all the votes that can be counted"
                        ))),
                    }
                }
            },
            schema = SCHEMA
        )
    }
}
