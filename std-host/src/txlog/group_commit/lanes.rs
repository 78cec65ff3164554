//! Commits on threads: each writes one frame at a time.

use std::{
    fmt, io, mem,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    },
    thread::JoinHandle,
};

use crate::{
    storage::StorageError,
    txlog::{Batch, DurableWatch, LogError, LogHeader, LogWriter, place::Place, watch::BegunFrame},
};

/// The threads that write frames. Each has one batch at a time; another one is filled meanwhile.
///
/// They take turns: one waits for a batch, and gives the frame its place in the log. Then the next
/// one waits, while the first one writes.
pub(super) struct Lanes {
    work: Option<SyncSender<Work>>,
    done: Receiver<Batch>,
    /// Empty batches to swap in, one for each thread that has nothing to write.
    spare: Vec<Batch>,
    threads: Vec<JoinHandle<()>>,
}

enum Work {
    Commit(Batch),
    Header(Box<LogHeader>),
}

/// Belongs to the thread whose turn it is.
struct Turn {
    work: Receiver<Work>,
    writer: LogWriter,
}

impl Lanes {
    pub(super) fn start(
        mut writer: LogWriter,
        watch: &DurableWatch,
        in_flight: usize,
    ) -> Result<Self, LogError> {
        let number = in_flight.max(1);
        if number > 1 {
            writer.write_side_by_side()?;
        }
        // One batch for each thread, and a header.
        let (work, jobs) = sync_channel(number + 1);
        let (give_back, done) = channel();
        let dir = writer.dir().to_path_buf();
        let turn = Arc::new(Mutex::new(Turn { work: jobs, writer }));
        let mut lanes = Self { work: Some(work), done, spare: Vec::new(), threads: Vec::new() };
        for _ in 0..number {
            let lane = Lane {
                dir: dir.clone(),
                turn: Arc::clone(&turn),
                watch: watch.clone(),
                give_back: give_back.clone(),
            };
            let thread = std::thread::Builder::new().name("txlog".into()).spawn(move || lane.run());
            let thread = thread.map_err(|source| failure("start a thread for", &dir, source))?;
            lanes.threads.push(thread);
            lanes.spare.push(Batch::new());
        }
        Ok(lanes)
    }

    /// Gives a batch to a thread, if one has nothing to write.
    pub(super) fn give(&mut self, batch: &mut Batch) {
        self.spare.extend(self.done.try_iter());
        if let (Some(work), Some(empty)) = (&self.work, self.spare.pop()) {
            let full = mem::replace(batch, empty);
            // The send cannot fail: the threads end only after its sender was dropped.
            let _sent = work.send(Work::Commit(full));
        }
    }

    /// Waits until a thread has nothing to write.
    pub(super) fn wait_for_one(&mut self) {
        self.wait_for(1);
    }

    /// Waits until no thread has anything to write.
    pub(super) fn wait_for_all(&mut self) {
        self.wait_for(self.threads.len());
    }

    fn wait_for(&mut self, number: usize) {
        while self.spare.len() < number
            && let Ok(batch) = self.done.recv()
        {
            self.spare.push(batch);
        }
    }

    pub(super) fn set_header(&mut self, header: LogHeader) {
        if let Some(work) = &self.work {
            let _sent = work.send(Work::Header(Box::new(header)));
        }
    }
}

/// One of the threads.
struct Lane {
    dir: PathBuf,
    turn: Arc<Mutex<Turn>>,
    watch: DurableWatch,
    give_back: Sender<Batch>,
}

/// A batch that a thread has taken.
struct Taken {
    batch: Batch,
    /// `None` if the log has stopped.
    frame: Option<(BegunFrame, Result<Place, LogError>)>,
}

impl Lane {
    fn run(&self) {
        while let Some(Taken { mut batch, frame }) = self.take_turn() {
            let Some((frame, place)) = frame else {
                batch.clear();
                self.give_back(batch);
                continue;
            };
            let write = || place.and_then(|place| place.write_durable(batch.bytes()));
            let written = catch_unwind(AssertUnwindSafe(write));
            let result = written.unwrap_or_else(|_| Err(failure("write", &self.dir, panicked())));
            let result = result.map(|()| *batch.position());
            batch.clear();
            // Result and batch become visible together: a batch that is back has a known result,
            // and a result leads to the next commit at once.
            self.watch.end(frame, result, || self.give_back(batch));
        }
    }

    /// Waits for a batch, and gives its frame a place. `None` when there will be no other one.
    fn take_turn(&self) -> Option<Taken> {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let Turn { work, writer } = &mut *turn;
        loop {
            let mut batch = match work.recv().ok()? {
                Work::Header(header) => {
                    writer.set_header(*header);
                    continue;
                }
                Work::Commit(batch) => batch,
            };
            if !writer.can_write_side_by_side() || writer.must_wait(&batch) {
                self.watch.wait_idle();
            }
            let frame = self.watch.begin(batch.first_entry()).map(|frame| {
                let place = writer.place(&mut batch, frame.durable);
                if place.is_err() {
                    // Before the next thread takes its turn, and not only when the frame ends.
                    self.watch.begin_no_more();
                }
                (frame, place)
            });
            return Some(Taken { batch, frame });
        }
    }

    fn give_back(&self, batch: Batch) {
        // The send fails if the engine was dropped: it does not need the batch then.
        let _sent = self.give_back.send(batch);
    }
}

fn panicked() -> io::Error {
    io::Error::other("the thread panicked")
}

fn failure(action: &'static str, dir: &Path, source: io::Error) -> LogError {
    StorageError { action, path: dir.into(), source }.into()
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.work = None;
        for thread in self.threads.drain(..) {
            // A panic of the thread has been reported by then.
            let _ended = thread.join();
        }
    }
}

impl fmt::Debug for Lanes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let busy = self.threads.len() - self.spare.len();
        f.debug_struct("Lanes").field("busy", &busy).finish_non_exhaustive()
    }
}
