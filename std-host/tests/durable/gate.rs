//! A storage whose syncs and frames wait until the test lets them go on.

use std::{
    ffi::OsString,
    io,
    path::Path,
    sync::{Arc, Condvar, Mutex},
};

use statevec_abi::txlog::FrameHeader;
use statevec_host::storage::{
    Access, SharedWord, SimulatedDisk, Storage, StorageFile, SyncedWrites,
};

/// Holds syncs back, and counts those that wait. Holds back one frame of those that are written
/// side by side.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    state: Mutex<(bool, u64)>,
    /// First entry of the frame that waits.
    held: Mutex<Option<u64>>,
    changed: Condvar,
    let_go: Condvar,
}

impl Gate {
    pub(crate) fn set_closed(&self, closed: bool) {
        self.state.lock().unwrap().0 = closed;
        self.changed.notify_all();
    }

    /// Waits until a sync waits.
    pub(crate) fn wait_for_a_sync(&self) {
        let state = self.state.lock().unwrap();
        drop(self.changed.wait_while(state, |(_, waiting)| *waiting == 0).unwrap());
    }

    /// Holds the frame that begins with an entry back, and no other.
    pub(crate) fn hold(&self, first_entry: Option<u64>) {
        *self.held.lock().unwrap() = first_entry;
        self.let_go.notify_all();
    }

    fn pass_frame(&self, first_entry: u64) {
        let held = self.held.lock().unwrap();
        drop(self.let_go.wait_while(held, |held| *held == Some(first_entry)).unwrap());
    }

    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.1 += 1;
        self.changed.notify_all();
        let mut state = self.changed.wait_while(state, |(closed, _)| *closed).unwrap();
        state.1 -= 1;
    }
}

#[derive(Debug, Clone)]
pub(crate) struct GatedDisk {
    pub(crate) disk: SimulatedDisk,
    pub(crate) gate: Arc<Gate>,
}

#[derive(Debug)]
struct GatedFile {
    file: Box<dyn StorageFile>,
    gate: Arc<Gate>,
}

#[derive(Debug)]
struct GatedWrites {
    file: Box<dyn SyncedWrites>,
    gate: Arc<Gate>,
}

impl GatedDisk {
    fn gated(&self, file: io::Result<Box<dyn StorageFile>>) -> io::Result<Box<dyn StorageFile>> {
        Ok(Box::new(GatedFile { file: file?, gate: Arc::clone(&self.gate) }))
    }
}

impl Storage for GatedDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.disk.create_dir(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<OsString>> {
        self.disk.list(dir)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn StorageFile>> {
        self.gated(self.disk.create(path))
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn StorageFile>> {
        self.gated(self.disk.open(path, access))
    }

    fn open_synced(&self, path: &Path) -> io::Result<Option<Box<dyn SyncedWrites>>> {
        let file = self.disk.open_synced(path)?;
        let gate = &self.gate;
        let gated = |file| Box::new(GatedWrites { file, gate: Arc::clone(gate) }) as Box<_>;
        Ok(file.map(gated))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.disk.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.disk.sync_dir(dir)
    }
}

impl StorageFile for GatedFile {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        self.file.write_at(bytes, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.gate.pass();
        self.file.sync_data()
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        self.file.allocate(len)
    }

    fn try_lock(&self) -> io::Result<bool> {
        self.file.try_lock()
    }

    fn shared_word(&self, offset: u64) -> io::Result<Box<dyn SharedWord>> {
        self.file.shared_word(offset)
    }
}

impl SyncedWrites for GatedWrites {
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.gate.pass_frame(FrameHeader::decode(bytes).unwrap().first_entry);
        self.file.write_all_at(bytes, offset)
    }
}
