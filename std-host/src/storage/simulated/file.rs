//! An open file of the simulated disk.

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    super::{Access, SharedWord, StorageFile, SyncedWrites},
    Fault, Operation,
    inode::Inode,
    state::{State, down},
};

pub(super) struct SimulatedFile {
    disk: Arc<Mutex<State>>,
    inode: usize,
    handle: u64,
    process: u64,
    access: Access,
}

/// One in this number of reads and writes is short, if the disk makes short ones.
const SHORT_IN: u8 = 6;

impl SimulatedFile {
    pub(super) fn new(
        disk: &Arc<Mutex<State>>,
        state: &mut State,
        inode: usize,
        access: Access,
    ) -> Self {
        let (handle, process) = (state.new_handle(), state.process());
        Self { disk: Arc::clone(disk), inode, handle, process, access }
    }

    /// Begins a call; returns how it is to fail.
    fn begin(&self, operation: Operation) -> io::Result<(MutexGuard<'_, State>, Option<Fault>)> {
        let mut state = lock(&self.disk);
        if state.process() != self.process {
            return Err(down());
        }
        if operation.is_change() && operation != Operation::SyncData && self.access == Access::Read
        {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let fault = state.begin(operation)?;
        Ok((state, fault))
    }

    fn enter(&self, operation: Operation) -> io::Result<MutexGuard<'_, State>> {
        match self.begin(operation)? {
            (state, None | Some(Fault::Short)) => Ok(state),
            (mut state, Some(fault)) => Err(state.fail(fault)),
        }
    }

    fn grow(&self, state: &mut State, len: u64) -> io::Result<()> {
        let have = state.inode(self.inode)?.cached().len() as u64;
        if len.saturating_sub(have) > state.room() { Err(Fault::Full.error()) } else { Ok(()) }
    }
}

impl StorageFile for SimulatedFile {
    fn len(&self) -> io::Result<u64> {
        let mut state = self.enter(Operation::Len)?;
        Ok(state.inode(self.inode)?.cached().len() as u64)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let (mut state, fault) = self.begin(Operation::ReadAt)?;
        if let Some(fault @ (Fault::Io | Fault::Full | Fault::Crash(_))) = fault {
            return Err(state.fail(fault));
        }
        let wanted = shortened(&mut state, fault, buffer.len());
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let bytes = state.inode(self.inode)?.cached().get(start..).unwrap_or_default();
        let read = bytes.len().min(wanted);
        buffer[..read].copy_from_slice(&bytes[..read]);
        Ok(read)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let (mut state, fault) = self.begin(Operation::WriteAt)?;
        let start = usize::try_from(offset).map_err(|_| io::ErrorKind::FileTooLarge)?;
        if let Some(fault @ (Fault::Io | Fault::Full | Fault::Crash(_))) = fault {
            let done = state.random.usize(..=bytes.len());
            state.inode(self.inode)?.write(&bytes[..done], start);
            return Err(state.fail(fault));
        }
        self.grow(&mut state, offset + bytes.len() as u64)?;
        let written = shortened(&mut state, fault, bytes.len());
        state.inode(self.inode)?.write(&bytes[..written], start);
        Ok(written)
    }

    fn sync_data(&self) -> io::Result<()> {
        let (mut state, fault) = self.begin(Operation::SyncData)?;
        match fault {
            None | Some(Fault::Short) => {
                state.inode(self.inode)?.sync();
                Ok(())
            }
            Some(fault @ Fault::Crash(_)) => {
                // The crash may come after the work and before the answer.
                if state.random.u8(..4) == 0 {
                    state.inode(self.inode)?.sync();
                }
                Err(state.fail(fault))
            }
            Some(fault) => {
                let mut random = state.random.fork();
                state.inode(self.inode)?.fail_to_sync(&mut random);
                Err(state.fail(fault))
            }
        }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.enter(Operation::SetLen)?;
        set_len(state.inode(self.inode)?, len)
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        let mut state = self.enter(Operation::Allocate)?;
        self.grow(&mut state, len)?;
        let inode = state.inode(self.inode)?;
        if len > inode.cached().len() as u64 { set_len(inode, len) } else { Ok(()) }
    }

    fn try_lock(&self) -> io::Result<bool> {
        let mut state = self.enter(Operation::TryLock)?;
        let inode = state.inode(self.inode)?;
        Ok(*inode.locked_by.get_or_insert(self.handle) == self.handle)
    }

    fn shared_word(&self, offset: u64) -> io::Result<Box<dyn SharedWord>> {
        let mut state = self.enter(Operation::SharedWord)?;
        let len = state.inode(self.inode)?.cached().len() as u64;
        if !offset.is_multiple_of(8) || offset.saturating_add(8) > len {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let (disk, inode, process) = (Arc::clone(&self.disk), self.inode, self.process);
        Ok(Box::new(SimulatedWord { disk, inode, process, offset }))
    }
}

impl SyncedWrites for SimulatedFile {
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let (mut state, fault) = self.begin(Operation::WriteSynced)?;
        let start = usize::try_from(offset).map_err(|_| io::ErrorKind::FileTooLarge)?;
        if let Some(fault @ (Fault::Io | Fault::Full | Fault::Crash(_))) = fault {
            let mut random = state.random.fork();
            state.inode(self.inode)?.write_some_synced(bytes, start, &mut random);
            return Err(state.fail(fault));
        }
        self.grow(&mut state, offset + bytes.len() as u64)?;
        state.inode(self.inode)?.write_synced(bytes, start);
        Ok(())
    }
}

impl Drop for SimulatedFile {
    fn drop(&mut self) {
        let mut state = lock(&self.disk);
        if let Ok(inode) = state.inode(self.inode)
            && inode.locked_by == Some(self.handle)
        {
            inode.locked_by = None;
        }
    }
}

impl fmt::Debug for SimulatedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedFile").field("inode", &self.inode).finish_non_exhaustive()
    }
}

/// A word that a process writes without a system call. A crash of the process leaves it.
struct SimulatedWord {
    disk: Arc<Mutex<State>>,
    inode: usize,
    process: u64,
    offset: u64,
}

impl SharedWord for SimulatedWord {
    fn store(&self, value: u64) {
        let mut state = lock(&self.disk);
        let lives = state.process() == self.process && !state.is_down();
        if let (true, Ok(inode)) = (lives, state.inode(self.inode)) {
            inode.store_word(self.offset, value);
        }
    }

    fn load(&self) -> u64 {
        lock(&self.disk).inode(self.inode).map_or(0, |inode| inode.load_word(self.offset))
    }
}

impl fmt::Debug for SimulatedWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedWord").field("offset", &self.offset).finish_non_exhaustive()
    }
}

fn set_len(inode: &mut Inode, len: u64) -> io::Result<()> {
    inode.set_len(usize::try_from(len).map_err(|_| io::ErrorKind::FileTooLarge)?);
    Ok(())
}

/// How many of `len` bytes are read or written.
fn shortened(state: &mut State, fault: Option<Fault>, len: usize) -> usize {
    let by_chance = state.faults.short && state.random.u8(..SHORT_IN) == 0;
    if len > 1 && (by_chance || fault == Some(Fault::Short)) {
        state.random.usize(1..len)
    } else {
        len
    }
}

fn lock(disk: &Mutex<State>) -> MutexGuard<'_, State> {
    disk.lock().unwrap_or_else(PoisonError::into_inner)
}
