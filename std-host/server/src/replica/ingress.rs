//! Decides about each message of the stream: run it, skip it, or stop.

/// A command as stream and journal both have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoredCommand<'a> {
    /// The message's sequence in the stream, which is the command's `ext_seq`.
    pub(crate) sequence: u64,
    /// The time at which the stream stored it, which is its `ref_ext_time_us`.
    pub(crate) time_us: u64,
    pub(crate) kind: u8,
    pub(crate) payload: &'a [u8],
}

/// A stream as its server describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StreamFacts {
    /// The time of its creation in nanoseconds: its identity.
    pub(crate) created: i128,
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// True if it holds nothing but the commands, so that no sequence may be missing.
    pub(crate) is_dense: bool,
}

/// The reason why a replica must not go on. Each of them needs an operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IngressError {
    #[error(
        "message {sequence} came twice. Nothing was run twice: a stream delivers each message once, so look \
         for two streams behind one name, and start the replica again"
    )]
    Repeated { sequence: u64 },
    #[error(
        "message {found} came after message {last}: the stream is out of order or went back. Nothing of it was \
         run: check that its nodes agree, and start the replica again"
    )]
    OutOfOrder { last: u64, found: u64 },
    #[error(
        "messages {from} to {to} are missing in the stream. Nothing behind them was run: restore the stream; or, \
         if they were removed on purpose, start with an empty data directory, which begins at a checkpoint"
    )]
    Missing { from: u64, to: u64 },
    #[error(
        "message {sequence} is not the command that this replica recorded under that number. Nothing was run: \
         this is another stream, or its history was changed. Connect the replica to its own stream, or start \
         with an empty data directory"
    )]
    Changed { sequence: u64 },
    #[error(
        "the stream ends with message {last}, and this replica has recorded message {recorded}: the stream lost \
         acknowledged messages, or was made anew. Nothing was run: restore the stream, or start all replicas \
         with empty data directories"
    )]
    WentBack { last: u64, recorded: u64 },
    #[error(
        "the stream was deleted and made anew while this replica read it. Nothing of the new one was run: \
         restore the old one, or start all replicas with empty data directories"
    )]
    MadeAnew,
}

/// A decision about one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It is the next command.
    Run,
    /// It is the command that was recorded last, and was read again to compare it.
    Known,
    /// It holds no command. It is counted, and leaves a gap among the numbers, the same on every
    /// replica.
    Unreadable,
}

/// Watches over the order of one stream, across any number of connections.
#[derive(Debug, Default)]
pub(crate) struct IngressOrder {
    created: Option<i128>,
    is_dense: bool,
    /// The last message that a decision was made about.
    last: Option<u64>,
    last_checksum: Option<u32>,
    /// The recorded command to read again first.
    recorded: Option<(u64, u32)>,
}

impl IngressOrder {
    /// Begins to read, at first or after a pause, and returns the sequence to read from.
    ///
    /// `recorded` is the last command of the local log. Its message is read again, so that another
    /// stream or another history is found before anything runs.
    pub(crate) fn resume(
        &mut self,
        recorded: Option<&StoredCommand<'_>>,
        stream: &StreamFacts,
    ) -> Result<u64, IngressError> {
        let next = self.resume_behind(recorded.map(|command| command.sequence), stream)?;
        self.last_checksum = recorded.map(checksum);
        match recorded {
            Some(command) if stream.first <= command.sequence => {
                self.recorded = Some((command.sequence, checksum(command)));
                Ok(command.sequence)
            }
            _ => Ok(next),
        }
    }

    /// As [`resume`](Self::resume) behind a command that is not in the local log, because the log
    /// begins with a checkpoint behind it.
    pub(crate) fn resume_behind(
        &mut self,
        last: Option<u64>,
        stream: &StreamFacts,
    ) -> Result<u64, IngressError> {
        self.last = last;
        self.seen(stream, last)?;
        self.is_dense = stream.is_dense;
        (self.recorded, self.last_checksum) = (None, None);
        let next = last.map_or(1, |last| last.saturating_add(1));
        if stream.first > next && stream.is_dense {
            return Err(IngressError::Missing { from: next, to: stream.first - 1 });
        }
        Ok(next)
    }

    /// Looks at a new description of the stream. `recorded` is the last message that was recorded
    /// before the description was asked for.
    pub(crate) fn seen(
        &mut self,
        stream: &StreamFacts,
        recorded: Option<u64>,
    ) -> Result<(), IngressError> {
        if self.created.is_some_and(|created| created != stream.created) {
            return Err(IngressError::MadeAnew);
        }
        self.created = Some(stream.created);
        match recorded {
            Some(recorded) if stream.last < recorded => {
                Err(IngressError::WentBack { last: stream.last, recorded })
            }
            _ => Ok(()),
        }
    }

    /// Decides about the next message. `command` is `None` if it cannot be read as one.
    pub(crate) fn message(
        &mut self,
        sequence: u64,
        command: Option<&StoredCommand<'_>>,
    ) -> Result<Step, IngressError> {
        let found = command.map(checksum);
        if let Some((recorded, expected)) = self.recorded.take() {
            return match sequence {
                sequence if sequence == recorded && found == Some(expected) => Ok(Step::Known),
                sequence if sequence == recorded => Err(IngressError::Changed { sequence }),
                found if found < recorded => {
                    Err(IngressError::OutOfOrder { last: recorded, found })
                }
                found => Err(IngressError::Missing { from: recorded, to: found - 1 }),
            };
        }
        if let Some(last) = self.last {
            if sequence == last && found == self.last_checksum {
                return Err(IngressError::Repeated { sequence });
            }
            if sequence == last {
                return Err(IngressError::Changed { sequence });
            }
            if sequence < last {
                return Err(IngressError::OutOfOrder { last, found: sequence });
            }
        }
        let next = self.last.map_or(1, |last| last.saturating_add(1));
        if sequence > next && self.is_dense {
            return Err(IngressError::Missing { from: next, to: sequence - 1 });
        }
        self.last = Some(sequence);
        self.last_checksum = found;
        Ok(if command.is_some() { Step::Run } else { Step::Unreadable })
    }
}

/// Tells commands apart. It is no protection against forgery.
fn checksum(command: &StoredCommand<'_>) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&command.time_us.to_le_bytes());
    hasher.update(&[command.kind]);
    hasher.update(command.payload);
    hasher.finalize()
}

#[cfg(test)]
mod tests;
