//! A disk in memory that fails on purpose.

mod crash;
mod fault;
mod file;
mod inode;
mod names;
mod state;

use std::{
    ffi::OsString,
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use fastrand::Rng;

use super::{Access, Storage, StorageFile, SyncedWrites};

pub use crash::Crash;
pub use fault::{Fault, Operation};

use file::SimulatedFile;
use names::Node;
use state::State;

/// A disk in memory that loses, tears and refuses on purpose, the same for the same seed.
///
/// The model, per file: a write changes what the process reads, and leaves unsynced 512-byte
/// sectors behind. [`sync_data`](StorageFile::sync_data) makes them stable. When [power is
/// lost](Crash::Power), each unsynced sector holds the bytes of any write since the last sync, or
/// none, or a torn mixture; the length is any that the file had since. New names, renames and
/// removals are lost in the same way until [`sync_dir`](Storage::sync_dir). When the [process is
/// killed](Crash::Kill), everything that was written stays readable, and stays unsynced.
///
/// A sync that fails makes some of the sectors stable and forgets about the others: they read as
/// written, a later sync succeeds, and they are lost with the power all the same, as on Linux.
///
/// A clone is another handle to the same disk; [`fork`](Self::fork) copies it.
///
/// # Example
///
/// ```
/// use std::path::Path;
/// use statevec_host::storage::{Crash, SimulatedDisk, Storage, write_all_at};
///
/// let disk = SimulatedDisk::new(7);
/// let file = disk.create(Path::new("/log"))?;
/// write_all_at(&*file, b"synced", 0)?;
/// file.sync_data()?;
/// disk.sync_dir(Path::new("/"))?;
/// let lost = disk.create(Path::new("/lost"))?;
///
/// disk.crash(Crash::Power);
/// assert!(file.len().is_err());
/// disk.restart();
/// assert_eq!(disk.contents("/log").as_deref(), Some(&b"synced"[..]));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct SimulatedDisk {
    state: Arc<Mutex<State>>,
}

impl SimulatedDisk {
    /// An empty disk with the folder `/`. The seed decides everything that is left to chance.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: Arc::new(Mutex::new(State::new(seed))) }
    }

    /// A copy of the disk as it is, with the same future.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { state: Arc::new(Mutex::new(self.lock().clone())) }
    }

    /// Gives the disk another future: the seed decides what is left to chance from here on.
    pub fn set_seed(&self, seed: u64) {
        self.lock().random = Rng::with_seed(seed);
    }

    /// Ends the machine or the process now. Every further call fails until
    /// [`restart`](Self::restart).
    pub fn crash(&self, crash: Crash) {
        self.lock().crash(crash);
    }

    /// Starts a new process, after a crash or instead of one. Files that an earlier process opened
    /// stay closed, and its locks are free.
    pub fn restart(&self) {
        self.lock().restart();
    }

    /// Returns true if a crash has happened and no restart since.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.lock().is_down()
    }

    /// How many calls have been made, reads included.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.lock().faults.calls()
    }

    /// How many calls have been made that change something: writes, syncs, and changes of names and
    /// lengths.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.lock().faults.changes()
    }

    /// How many calls of one kind have been made.
    #[must_use]
    pub fn count_of(&self, operation: Operation) -> u64 {
        self.lock().faults.count_of(operation)
    }

    /// Lets the call with a number fail; the next one has the number [`calls`](Self::calls).
    pub fn fail_call(&self, number: u64, fault: Fault) {
        self.lock().faults.fail_call(number, fault);
    }

    /// Lets the change with a number fail; the next one has the number [`changes`](Self::changes).
    pub fn fail_change(&self, number: u64, fault: Fault) {
        self.lock().faults.fail_change(number, fault);
    }

    /// Lets no call fail from now on.
    pub fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    /// The last call that failed on purpose.
    #[must_use]
    pub fn last_failed(&self) -> Option<Operation> {
        self.lock().faults.last_failed()
    }

    /// Makes some reads and writes shorter than asked for.
    pub fn set_short(&self, short: bool) {
        self.lock().faults.short = short;
    }

    /// How many bytes all files may have together; unlimited at first.
    pub fn set_capacity(&self, bytes: u64) {
        self.lock().capacity = bytes;
    }

    /// The files, in order of their paths.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        self.lock().names.files()
    }

    /// The bytes of a file, as a process reads them.
    #[must_use]
    pub fn contents(&self, path: impl AsRef<Path>) -> Option<Vec<u8>> {
        let state = self.lock();
        state.inode_at(path.as_ref()).map(|inode| inode.cached().to_vec())
    }

    /// Replaces the bytes of a file, stable at once; creates the file if need be.
    pub fn put(&self, path: impl AsRef<Path>, bytes: &[u8]) {
        self.lock().put(path.as_ref(), bytes);
    }

    /// Flips one bit of a file, as a decaying medium does. `false` when there is no such byte.
    pub fn flip_bit(&self, path: impl AsRef<Path>, byte: usize, bit: u8) -> bool {
        let mut state = self.lock();
        state.inode_at_mut(path.as_ref()).is_some_and(|inode| inode.flip_bit(byte, bit))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storage for SimulatedDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.enter(Operation::CreateDir)?;
        state.names.create(path, Node::Dir)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<OsString>> {
        let mut state = self.lock();
        state.enter(Operation::List)?;
        state.names.list(dir)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn StorageFile>> {
        let mut state = self.lock();
        state.enter(Operation::Create)?;
        let inode = state.create(path)?;
        Ok(Box::new(SimulatedFile::new(&self.state, &mut state, inode, Access::ReadWrite)))
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn StorageFile>> {
        let mut state = self.lock();
        state.enter(Operation::Open)?;
        let inode = state.names.file(path)?;
        Ok(Box::new(SimulatedFile::new(&self.state, &mut state, inode, access)))
    }

    fn open_synced(&self, path: &Path) -> io::Result<Option<Box<dyn SyncedWrites>>> {
        let mut state = self.lock();
        state.enter(Operation::OpenSynced)?;
        let inode = state.names.file(path)?;
        Ok(Some(Box::new(SimulatedFile::new(&self.state, &mut state, inode, Access::ReadWrite))))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.enter(Operation::Rename)?;
        state.names.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.enter(Operation::Remove)?;
        state.names.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.enter(Operation::SyncDir)?;
        state.names.sync(dir)
    }
}

impl fmt::Debug for SimulatedDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedDisk").field("files", &self.files()).finish_non_exhaustive()
    }
}
