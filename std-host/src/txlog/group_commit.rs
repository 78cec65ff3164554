//! Group commit: entries that arrive while frames are being written share the next one.

mod inline;
mod lanes;

use super::{Batch, DurableWatch, LogError, LogHeader, LogWriter, lock::DurableWord};
use inline::InlineWriter;
use lanes::Lanes;

/// Commits batches, on the caller's thread or on others.
#[derive(Debug)]
pub(crate) struct Committer {
    mode: Mode,
    watch: DurableWatch,
}

#[derive(Debug)]
enum Mode {
    Inline(Box<InlineWriter>),
    Lanes(Lanes),
}

impl Committer {
    /// Commits on the caller's thread. A frame is synced when as many as may be in flight are
    /// written.
    pub(crate) fn inline(writer: LogWriter, word: DurableWord, in_flight: usize) -> Self {
        let watch = DurableWatch::new(*writer.position(), word);
        let writer = InlineWriter::new(writer, watch.clone(), in_flight);
        Self { mode: Mode::Inline(Box::new(writer)), watch }
    }

    /// Commits on threads, one for each frame that may be in flight.
    pub(crate) fn threaded(
        writer: LogWriter,
        word: DurableWord,
        in_flight: usize,
    ) -> Result<Self, LogError> {
        let watch = DurableWatch::new(*writer.position(), word);
        let lanes = Lanes::start(writer, &watch, in_flight)?;
        Ok(Self { mode: Mode::Lanes(lanes), watch })
    }

    /// The entries that are durable, for other threads.
    pub(crate) fn watch(&self) -> &DurableWatch {
        &self.watch
    }

    /// Begins to commit a batch, unless as many as possible are being committed already. The batch
    /// is empty afterwards if it was taken.
    pub(crate) fn start(&mut self, batch: &mut Batch) -> Result<(), LogError> {
        self.watch.check()?;
        if batch.is_empty() {
            return Ok(());
        }
        match &mut self.mode {
            Mode::Inline(writer) => writer.commit(batch),
            Mode::Lanes(lanes) => lanes.give(batch),
        }
        self.watch.check()
    }

    /// Begins to commit a batch. Waits while as many as possible are being committed.
    pub(crate) fn start_frame(&mut self, batch: &mut Batch) -> Result<(), LogError> {
        if let Mode::Lanes(lanes) = &mut self.mode {
            lanes.wait_for_one();
        }
        self.start(batch)
    }

    /// Commits a batch, and waits until it and all before it are durable.
    pub(crate) fn finish(&mut self, batch: &mut Batch) -> Result<(), LogError> {
        self.start_frame(batch)?;
        match &mut self.mode {
            Mode::Inline(writer) => writer.finish(),
            Mode::Lanes(lanes) => lanes.wait_for_all(),
        }
        self.watch.check()
    }

    /// Replaces plugin and environment in the headers of later segments.
    pub(crate) fn set_header(&mut self, header: LogHeader) {
        match &mut self.mode {
            Mode::Inline(writer) => writer.set_header(header),
            Mode::Lanes(lanes) => lanes.set_header(header),
        }
    }
}
