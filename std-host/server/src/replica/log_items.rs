//! Reads results and events from the local log.

use std::{collections::VecDeque, sync::Arc};

use statevec_abi::{
    queue::{CommittedResultRecord, CommittedStatus, RejectedErrorCode},
    txlog::{Entry, EntryOutcome, TransactionEntry},
};
use statevec_host::{
    durable::DataDirectory,
    txlog::{LogError, LogWalk},
};

use super::{Content, Item, ItemId};

/// Reads one message after another. It goes on where it was if it is asked for what follows.
#[derive(Debug)]
pub(crate) struct LogItems {
    directory: DataDirectory,
    walk: Option<LogWalk>,
    /// Messages that were read and not given out.
    ahead: VecDeque<Item>,
    given: Option<ItemId>,
}

impl LogItems {
    pub(crate) fn new(directory: &DataDirectory) -> Self {
        let directory = directory.clone();
        Self { directory, walk: None, ahead: VecDeque::new(), given: None }
    }

    /// Messages behind one of them, or from the first one on. `None` if the log begins behind it.
    ///
    /// Entries behind `durable` are not looked at.
    pub(crate) fn read(
        &mut self,
        after: Option<ItemId>,
        durable: u64,
        most: usize,
    ) -> Result<Option<Vec<Item>>, LogError> {
        let read = self.read_on(after, durable, most);
        if read.is_err() {
            // The next read begins anew: the log may have been opened again since.
            self.walk = None;
        }
        read
    }

    fn read_on(
        &mut self,
        after: Option<ItemId>,
        durable: u64,
        most: usize,
    ) -> Result<Option<Vec<Item>>, LogError> {
        if self.given != after || self.walk.is_none() {
            self.seek(after)?;
        } else if let Some(walk) = &mut self.walk
            && self.ahead.is_empty()
            && walk.position().entry < durable
        {
            walk.refresh(&self.directory.log())?;
        }
        let Some(walk) = &mut self.walk else { return Ok(None) };
        let ahead = &mut self.ahead;
        while ahead.len() < most && walk.position().entry < durable {
            let is_read = walk.next_frame(|walked| {
                if let Entry::Transaction(transaction) = &walked.entry {
                    add(transaction, after, ahead);
                }
                Ok::<_, LogError>(())
            })?;
            if !is_read {
                break;
            }
        }
        let items: Vec<Item> = self.ahead.drain(..most.min(self.ahead.len())).collect();
        self.given = items.last().map_or(after, |last| Some(last.id));
        Ok(Some(items))
    }

    fn seek(&mut self, after: Option<ItemId>) -> Result<(), LogError> {
        self.ahead.clear();
        let first = match after {
            None => 0,
            Some(ItemId { ext_seq, is_result: true, .. }) => ext_seq.saturating_add(1),
            Some(ItemId { ext_seq, .. }) => ext_seq,
        };
        let storage = Arc::clone(self.directory.storage());
        self.walk = LogWalk::to_command(storage, &self.directory.log(), first)?;
        if let Some(walk) = &mut self.walk {
            walk.show_all();
        }
        Ok(())
    }
}

/// Adds the messages of an entry that come behind one of them.
fn add(entry: &TransactionEntry<'_>, after: Option<ItemId>, items: &mut VecDeque<Item>) {
    let ext_seq = entry.ext_seq;
    let (tx_seq, status) = match &entry.outcome {
        EntryOutcome::Committed { tx_seq } => {
            (Some(*tx_seq), CommittedStatus::Committed { tx_seq: *tx_seq })
        }
        EntryOutcome::Rejected(_) => (None, rejected(RejectedErrorCode::CommandRejected)),
        EntryOutcome::Failed(_) => (None, rejected(RejectedErrorCode::RuntimePanic)),
    };
    let mut push = |id: ItemId, content| {
        if after.is_none_or(|after| !id.is_up_to(&after)) {
            items.push_back(Item { id, tx_seq, content });
        }
    };
    if tx_seq.is_some() {
        for (part, event) in (0..).zip(entry.events) {
            let content = Content::Event { kind: event.kind, payload: event.payload.to_vec() };
            push(ItemId { ext_seq, part, is_result: false }, content);
        }
    }
    let record = CommittedResultRecord { ext_seq, status };
    let id = ItemId { ext_seq, part: 0, is_result: true };
    push(id, Content::Result(record.to_bytes().to_vec()));
}

fn rejected(error_code: RejectedErrorCode) -> CommittedStatus {
    CommittedStatus::Rejected { error_code }
}
