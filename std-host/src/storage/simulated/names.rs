//! Names of files and folders, as a process sees them and as the medium has them.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

use fastrand::Rng;

use super::crash::Survival;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    Dir,
    /// Position of the inode.
    File(usize),
}

/// The tree as a process sees it, as it is on the medium, and the changes between the two.
#[derive(Debug, Clone)]
pub(super) struct Names {
    cached: Tree,
    stable: Tree,
    unsynced: Vec<Change>,
}

type Tree = BTreeMap<PathBuf, Node>;

/// Names that change together: two for a rename, otherwise one.
#[derive(Debug, Clone)]
struct Change {
    names: Vec<(PathBuf, Option<Node>)>,
}

impl Names {
    pub(super) fn new() -> Self {
        let root = Tree::from([(PathBuf::from("/"), Node::Dir)]);
        Self { cached: root.clone(), stable: root, unsynced: Vec::new() }
    }

    pub(super) fn file(&self, path: &Path) -> io::Result<usize> {
        match self.cached.get(path) {
            Some(Node::File(inode)) => Ok(*inode),
            Some(Node::Dir) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn create(&mut self, path: &Path, node: Node) -> io::Result<()> {
        if self.cached.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.parent(path)?;
        self.change(vec![(path.into(), Some(node))]);
        Ok(())
    }

    /// As [`create`](Self::create), stable at once.
    pub(super) fn put(&mut self, path: &Path, inode: usize) {
        self.cached.insert(path.into(), Node::File(inode));
        self.stable.insert(path.into(), Node::File(inode));
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let node = Node::File(self.file(from)?);
        self.parent(to)?;
        self.change(vec![(from.into(), None), (to.into(), Some(node))]);
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.file(path)?;
        self.change(vec![(path.into(), None)]);
        Ok(())
    }

    pub(super) fn list(&self, dir: &Path) -> io::Result<Vec<OsString>> {
        self.dir(dir)?;
        let inside = self.cached.keys().filter(|path| path.parent() == Some(dir));
        Ok(inside.filter_map(|path| path.file_name()).map(Into::into).collect())
    }

    pub(super) fn files(&self) -> Vec<PathBuf> {
        let files = self.cached.iter().filter(|(_, node)| matches!(node, Node::File(_)));
        files.map(|(path, _)| path.clone()).collect()
    }

    pub(super) fn sync(&mut self, dir: &Path) -> io::Result<()> {
        self.dir(dir)?;
        let stable = &mut self.stable;
        self.unsynced.retain(|change| {
            let is_inside = change.is_inside(dir);
            if is_inside {
                change.apply(stable);
            }
            !is_inside
        });
        Ok(())
    }

    pub(super) fn lose_power(&mut self, random: &mut Rng) {
        let survival = Survival::choose(random, self.unsynced.len());
        for (position, change) in self.unsynced.drain(..).enumerate() {
            // A rename is atomic: it survives whole or not at all.
            if survival.of(random, position, 1) == 1 {
                change.apply(&mut self.stable);
            }
        }
        // A folder that is lost takes with it what lies below.
        let folders = self.stable.clone();
        self.stable.retain(|path, _| {
            path.ancestors().skip(1).all(|above| folders.get(above) == Some(&Node::Dir))
        });
        self.cached.clone_from(&self.stable);
    }

    fn change(&mut self, names: Vec<(PathBuf, Option<Node>)>) {
        let change = Change { names };
        change.apply(&mut self.cached);
        self.unsynced.push(change);
    }

    fn parent(&self, path: &Path) -> io::Result<()> {
        self.dir(path.parent().unwrap_or(path))
    }

    fn dir(&self, path: &Path) -> io::Result<()> {
        match self.cached.get(path) {
            Some(Node::Dir) => Ok(()),
            Some(Node::File(_)) => Err(io::ErrorKind::NotADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl Change {
    fn apply(&self, tree: &mut Tree) {
        for (path, node) in &self.names {
            match node {
                Some(node) => tree.insert(path.clone(), *node),
                None => tree.remove(path),
            };
        }
    }

    fn is_inside(&self, dir: &Path) -> bool {
        self.names.iter().any(|(path, _)| path.parent() == Some(dir))
    }
}
