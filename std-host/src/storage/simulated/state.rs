//! The whole disk, behind one lock.

use std::{io, path::Path};

use fastrand::Rng;

use super::{
    Crash, Fault, Operation,
    fault::Faults,
    inode::Inode,
    names::{Names, Node},
};

#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) random: Rng,
    pub(super) faults: Faults,
    pub(super) names: Names,
    pub(super) capacity: u64,
    inodes: Vec<Inode>,
    /// Counts processes: files that an earlier one opened are closed.
    process: u64,
    is_down: bool,
    next_handle: u64,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: Rng::with_seed(seed),
            faults: Faults::default(),
            names: Names::new(),
            capacity: u64::MAX,
            inodes: Vec::new(),
            process: 0,
            is_down: false,
            next_handle: 0,
        }
    }

    pub(super) fn is_down(&self) -> bool {
        self.is_down
    }

    pub(super) fn process(&self) -> u64 {
        self.process
    }

    pub(super) fn new_handle(&mut self) -> u64 {
        self.next_handle += 1;
        self.next_handle
    }

    /// Begins a call that does all of its work or none.
    pub(super) fn enter(&mut self, operation: Operation) -> io::Result<()> {
        match self.begin(operation)? {
            None | Some(Fault::Short) => Ok(()),
            Some(fault) => Err(self.fail(fault)),
        }
    }

    /// Begins a call; returns how it is to fail.
    pub(super) fn begin(&mut self, operation: Operation) -> io::Result<Option<Fault>> {
        if self.is_down {
            return Err(down());
        }
        Ok(self.faults.count(operation))
    }

    /// Ends a call that fails.
    pub(super) fn fail(&mut self, fault: Fault) -> io::Error {
        match fault {
            Fault::Crash(crash) => {
                self.crash(crash);
                down()
            }
            fault => fault.error(),
        }
    }

    pub(super) fn crash(&mut self, crash: Crash) {
        if crash == Crash::Power && !self.is_down {
            self.names.lose_power(&mut self.random);
            for inode in &mut self.inodes {
                inode.lose_power(&mut self.random);
            }
        }
        self.is_down = true;
    }

    pub(super) fn restart(&mut self) {
        self.is_down = false;
        self.process += 1;
        for inode in &mut self.inodes {
            inode.locked_by = None;
        }
    }

    pub(super) fn create(&mut self, path: &Path) -> io::Result<usize> {
        let inode = self.inodes.len();
        self.names.create(path, Node::File(inode))?;
        self.inodes.push(Inode::default());
        Ok(inode)
    }

    pub(super) fn put(&mut self, path: &Path, bytes: &[u8]) {
        self.names.put(path, self.inodes.len());
        self.inodes.push(Inode::stable_from(bytes));
    }

    pub(super) fn inode(&mut self, position: usize) -> io::Result<&mut Inode> {
        self.inodes.get_mut(position).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(super) fn inode_at(&self, path: &Path) -> Option<&Inode> {
        self.inodes.get(self.names.file(path).ok()?)
    }

    pub(super) fn inode_at_mut(&mut self, path: &Path) -> Option<&mut Inode> {
        let position = self.names.file(path).ok()?;
        self.inodes.get_mut(position)
    }

    /// How many more bytes the files may have.
    pub(super) fn room(&self) -> u64 {
        if self.capacity == u64::MAX {
            return u64::MAX;
        }
        let files = self.names.files();
        let used = files.iter().filter_map(|path| self.inode_at(path));
        self.capacity.saturating_sub(used.map(|inode| inode.cached().len() as u64).sum())
    }
}

pub(super) fn down() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the simulated machine is off")
}
