//! Commits on the caller's thread.

use std::collections::VecDeque;

use crate::txlog::{
    Batch, DurableWatch, LogError, LogHeader, LogPosition, LogWriter, place::Place,
    watch::BegunFrame,
};

/// Writes a frame at once, and syncs it when as many as may be in flight are written. So the same
/// calls give the same writes and syncs in the same order, and a crash finds the same frames
/// unsynced as beside threads.
#[derive(Debug)]
pub(super) struct InlineWriter {
    writer: LogWriter,
    watch: DurableWatch,
    in_flight: usize,
    /// Frames that are not synced, oldest first.
    written: VecDeque<Written>,
}

#[derive(Debug)]
struct Written {
    frame: BegunFrame,
    place: Place,
    /// Behind the frame.
    position: LogPosition,
}

impl InlineWriter {
    pub(super) fn new(writer: LogWriter, watch: DurableWatch, in_flight: usize) -> Self {
        Self { writer, watch, in_flight, written: VecDeque::new() }
    }

    /// Takes a batch. The watch tells the result.
    pub(super) fn commit(&mut self, batch: &mut Batch) {
        if self.writer.must_wait(batch) {
            self.finish();
        }
        if let Some(frame) = self.watch.begin(batch.first_entry()) {
            match self.write(batch, frame.durable) {
                Ok(place) => {
                    let position = *batch.position();
                    self.written.push_back(Written { frame, place, position });
                }
                Err(error) => {
                    // Those before it are told first.
                    self.finish();
                    self.watch.end(frame, Err(error), || ());
                }
            }
        }
        batch.clear();
        while self.written.len() >= self.in_flight.max(1) {
            self.sync_oldest();
        }
    }

    fn write(&mut self, batch: &mut Batch, durable: u64) -> Result<Place, LogError> {
        let place = self.writer.place(batch, durable)?;
        place.write(batch.bytes())?;
        Ok(place)
    }

    /// Syncs all frames. The watch tells the results.
    pub(super) fn finish(&mut self) {
        while !self.written.is_empty() {
            self.sync_oldest();
        }
    }

    fn sync_oldest(&mut self) {
        let Some(Written { frame, place, position }) = self.written.pop_front() else { return };
        // After a sync that failed, another one may succeed without having written anything.
        let synced = self.watch.check().and_then(|()| place.sync());
        self.watch.end(frame, synced.map(|()| position), || ());
    }

    pub(super) fn set_header(&mut self, header: LogHeader) {
        self.writer.set_header(header);
    }
}
