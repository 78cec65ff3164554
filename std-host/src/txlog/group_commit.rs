//! Group commit: entries that arrive while a sync runs share the next one.

use std::{
    fmt, io, mem,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::JoinHandle,
};

use super::{Batch, DurableWatch, LogError, LogHeader, LogWriter};

/// Commits batches, on the caller's thread or on one of its own.
#[derive(Debug)]
pub(crate) struct Committer {
    mode: Mode,
    watch: DurableWatch,
}

#[derive(Debug)]
enum Mode {
    Inline(Box<LogWriter>),
    Thread(WriterThread),
}

impl Committer {
    /// Commits on the caller's thread.
    pub(crate) fn inline(writer: LogWriter) -> Self {
        let watch = DurableWatch::new(*writer.position());
        Self { mode: Mode::Inline(Box::new(writer)), watch }
    }

    /// Commits on a thread of its own.
    pub(crate) fn threaded(writer: LogWriter) -> io::Result<Self> {
        let watch = DurableWatch::new(*writer.position());
        let thread = WriterThread::spawn(writer, watch.clone())?;
        Ok(Self { mode: Mode::Thread(thread), watch })
    }

    /// The entries that are durable, for other threads.
    pub(crate) fn watch(&self) -> &DurableWatch {
        &self.watch
    }

    /// Begins to commit a batch, unless one is being committed already. The batch is empty
    /// afterwards if it was taken.
    pub(crate) fn start(&mut self, batch: &mut Batch) -> Result<(), LogError> {
        self.watch.check()?;
        if batch.is_empty() {
            return Ok(());
        }
        match &mut self.mode {
            Mode::Inline(writer) => {
                let result = writer.commit(batch).map(|()| *writer.position());
                batch.clear();
                self.watch.committed(result.clone(), || ());
                result.map(drop)
            }
            Mode::Thread(thread) => {
                thread.take_back(false);
                thread.give(batch);
                Ok(())
            }
        }
    }

    /// Commits a batch, and waits until it and all before it are durable.
    pub(crate) fn finish(&mut self, batch: &mut Batch) -> Result<(), LogError> {
        self.wait_idle();
        self.start(batch)?;
        self.wait_idle();
        self.watch.check()
    }

    /// Waits until no batch is being committed.
    pub(crate) fn wait_idle(&mut self) {
        if let Mode::Thread(thread) = &mut self.mode {
            thread.take_back(true);
        }
    }

    /// Replaces plugin and environment in the headers of later segments. The caller has waited
    /// until
    /// no batch is being committed.
    pub(crate) fn set_header(&mut self, header: LogHeader) {
        match &mut self.mode {
            Mode::Inline(writer) => writer.set_header(header),
            Mode::Thread(thread) => thread.set_header(header),
        }
    }
}

/// The thread of a writer. One batch is with it at a time; another is filled meanwhile.
struct WriterThread {
    work: Option<SyncSender<Work>>,
    done: Receiver<Batch>,
    /// An empty batch to swap in; `None` while the thread has it.
    spare: Option<Batch>,
    thread: Option<JoinHandle<()>>,
}

enum Work {
    Commit(Batch),
    Header(Box<LogHeader>),
}

impl WriterThread {
    fn spawn(mut writer: LogWriter, watch: DurableWatch) -> io::Result<Self> {
        let (work, jobs) = sync_channel(2);
        let (give_back, done) = sync_channel(1);
        let run = move || {
            for job in jobs {
                match job {
                    Work::Header(header) => writer.set_header(*header),
                    Work::Commit(mut batch) => {
                        let result = writer.commit(&mut batch).map(|()| *writer.position());
                        batch.clear();
                        // Result and batch become visible together: a batch that is back has a
                        // known result, and a result leads to the next commit at once.
                        let mut is_over = false;
                        watch.committed(result, || is_over = give_back.send(batch).is_err());
                        if is_over {
                            return;
                        }
                    }
                }
            }
        };
        let thread = std::thread::Builder::new().name("txlog".into()).spawn(run)?;
        let (work, thread) = (Some(work), Some(thread));
        Ok(Self { work, done, spare: Some(Batch::new()), thread })
    }

    /// Takes the batch back that the thread has; waits for it or not.
    fn take_back(&mut self, wait: bool) {
        if self.spare.is_none() {
            self.spare = if wait { self.done.recv().ok() } else { self.done.try_recv().ok() };
        }
    }

    /// Gives a batch to the thread, if it has none.
    fn give(&mut self, batch: &mut Batch) {
        if let (Some(work), Some(empty)) = (&self.work, self.spare.take()) {
            let full = mem::replace(batch, empty);
            // The send cannot fail: the thread ends only after its sender was dropped.
            let _sent = work.send(Work::Commit(full));
        }
    }

    fn set_header(&mut self, header: LogHeader) {
        if let Some(work) = &self.work {
            let _sent = work.send(Work::Header(Box::new(header)));
        }
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.work = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by then.
            let _ended = thread.join();
        }
    }
}

impl fmt::Debug for WriterThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriterThread")
            .field("is_idle", &self.spare.is_some())
            .finish_non_exhaustive()
    }
}
