//! The lock of a data directory, and the notes that the last process left in it.

use std::path::Path;

use super::{LogError, LogPosition};
use crate::storage::{
    Access, Context as _, SharedWord, Storage, StorageError, StorageFile, read_exact_at,
    write_all_at,
};

/// One process's right to write to a directory. Dropping it gives the right back.
///
/// ```text
/// 0                 128          136       144     152          160     168
/// | who has it:     | running    | running | check | last entry | check |
/// | text, spaces \n | entry or 0 | ext_seq |       | that is    |       |
/// |                 |            |         |       | durable    |       |
/// ```
///
/// The words are little-endian, and written without a system call. A check is the XOR of a constant
/// and the words before it; words with a wrong check are ignored. The words survive the end of the
/// process. A crash of the machine may lose them; then the log alone decides.
#[derive(Debug)]
pub struct DirectoryLock {
    file: Box<dyn StorageFile>,
    running_entry: Box<dyn SharedWord>,
    running_ext_seq: Box<dyn SharedWord>,
    running_check: Box<dyn SharedWord>,
    /// The command that the process before left running.
    interrupted: Option<RunningCommand>,
    acknowledged: Option<u64>,
}

impl Drop for DirectoryLock {
    fn drop(&mut self) {
        // Dropping the file tries again.
        let _unlocked = self.file.unlock();
    }
}

/// A command that was running when its process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningCommand {
    /// The number that its entry was to get.
    pub entry: u64,
    /// Its `ext_seq`.
    pub ext_seq: u64,
}

/// The last entry that is known to be durable, as the writer keeps it in the lock file.
#[derive(Debug)]
pub(crate) struct DurableWord {
    value: Box<dyn SharedWord>,
    check: Box<dyn SharedWord>,
}

const TEXT: usize = 128;
const RUNNING_ENTRY: u64 = 128;
const RUNNING_EXT_SEQ: u64 = 136;
const RUNNING_CHECK: u64 = 144;
const DURABLE: u64 = 152;
const DURABLE_CHECK: u64 = 160;
const LEN: usize = 168;
/// Differs from 0 in every byte, so that neither zeros nor a half-written pair pass.
const MASK: u64 = 0xa5c3_9617_5b2d_6e8f;

impl DirectoryLock {
    /// Takes the lock; creates its file if need be. `holder` says who takes it.
    ///
    /// # Errors
    ///
    /// Another process has the lock, or the storage fails.
    pub fn take(
        storage: &dyn Storage,
        dir: &Path,
        path: &Path,
        holder: &str,
    ) -> Result<Self, LogError> {
        let file = open_or_create(storage, path).context("open", path)?;
        if !file.try_lock().context("lock", path)? {
            return Err(LogError::Locked { dir: dir.into(), holder: read_holder(&*file) });
        }
        let words = Words::read(&*file).context("read", path)?;
        if file.len().context("read", path)? < LEN as u64 {
            file.set_len(LEN as u64).context("write", path)?;
        }
        let mut text = [b' '; TEXT];
        // The text is only shown, so a long one is cut off.
        for (place, byte) in text.iter_mut().take(TEXT - 1).zip(holder.bytes()) {
            *place = byte;
        }
        text[TEXT - 1] = b'\n';
        write_all_at(&*file, &text, 0).context("write", path)?;
        let word = |offset| file.shared_word(offset).context("map", path);
        let (running_entry, running_ext_seq) = (word(RUNNING_ENTRY)?, word(RUNNING_EXT_SEQ)?);
        let running_check = word(RUNNING_CHECK)?;
        let Words { interrupted, acknowledged } = words;
        Ok(Self { file, running_entry, running_ext_seq, running_check, interrupted, acknowledged })
    }

    /// The holder of a directory's lock; `None` if it is free.
    ///
    /// # Errors
    ///
    /// The storage's.
    pub fn holder(storage: &dyn Storage, path: &Path) -> Result<Option<String>, StorageError> {
        let file = match storage.open(path, Access::Read) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context("open", path),
        };
        let is_free = file.try_lock().context("lock", path)?;
        Ok((!is_free).then(|| read_holder(&*file)))
    }

    /// The last entry that was acknowledged, and the command that was running when the process
    /// before ended, as its lock file says. Both are known only as long as the machine did not lose
    /// its power.
    ///
    /// # Errors
    ///
    /// The storage's.
    pub fn left_behind(
        storage: &dyn Storage,
        path: &Path,
    ) -> Result<(Option<u64>, Option<RunningCommand>), StorageError> {
        let file = match storage.open(path, Access::Read) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((None, None)),
            Err(error) => return Err(error).context("open", path),
        };
        let words = Words::read(&*file).context("read", path)?;
        Ok((words.acknowledged, words.interrupted))
    }

    /// The command that was running when the process before ended. It stays known until another
    /// command runs.
    #[must_use]
    pub fn interrupted(&self) -> Option<RunningCommand> {
        self.interrupted
    }

    /// The last entry that the process before knew to be durable.
    #[must_use]
    pub fn acknowledged(&self) -> Option<u64> {
        self.acknowledged
    }

    /// Notes that a command begins to run.
    #[inline]
    pub fn begin(&self, command: RunningCommand) {
        self.running_ext_seq.store(command.ext_seq);
        self.running_check.store(command.check());
        self.running_entry.store(command.entry);
    }

    /// Notes that no command is running.
    #[inline]
    pub fn end(&self) {
        self.running_entry.store(0);
    }

    /// The word for the writer.
    pub(crate) fn durable_word(&self, path: &Path) -> Result<DurableWord, StorageError> {
        let word = |offset| self.file.shared_word(offset).context("map", path);
        Ok(DurableWord { value: word(DURABLE)?, check: word(DURABLE_CHECK)? })
    }

    /// Puts the words on stable storage, so that they outlive the machine's power.
    pub(crate) fn sync(&self, path: &Path) -> Result<(), StorageError> {
        self.file.sync_data().context("sync", path)
    }
}

impl RunningCommand {
    /// Returns true if its result is missing in a log that ends at this position.
    #[must_use]
    pub fn is_behind(&self, end: &LogPosition) -> bool {
        end.ext_seq.is_none_or(|last| self.ext_seq > last)
    }

    fn check(self) -> u64 {
        self.entry ^ self.ext_seq ^ MASK
    }
}

impl DurableWord {
    #[inline]
    pub(crate) fn store(&self, entry: u64) {
        self.value.store(entry);
        self.check.store(entry ^ MASK);
    }
}

/// The words of a lock file.
#[derive(Debug, Default)]
struct Words {
    interrupted: Option<RunningCommand>,
    acknowledged: Option<u64>,
}

impl Words {
    fn read(file: &dyn StorageFile) -> std::io::Result<Self> {
        if file.len()? < LEN as u64 {
            return Ok(Self::default());
        }
        let mut bytes = [0; LEN];
        read_exact_at(file, &mut bytes, 0)?;
        let word = |offset: u64| {
            let bytes = bytes.get(offset as usize..).and_then(|bytes| bytes.first_chunk());
            bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
        };
        let (entry, ext_seq) = (word(RUNNING_ENTRY), word(RUNNING_EXT_SEQ));
        let durable = word(DURABLE);
        let running = RunningCommand { entry, ext_seq };
        let is_whole = entry != 0 && running.check() == word(RUNNING_CHECK);
        Ok(Self {
            interrupted: is_whole.then_some(running),
            acknowledged: (durable ^ MASK == word(DURABLE_CHECK)).then_some(durable),
        })
    }
}

fn open_or_create(storage: &dyn Storage, path: &Path) -> std::io::Result<Box<dyn StorageFile>> {
    match storage.create(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            storage.open(path, Access::ReadWrite)
        }
        result => result,
    }
}

fn read_holder(file: &dyn StorageFile) -> String {
    let mut text = [0; TEXT];
    match read_exact_at(file, &mut text, 0) {
        Ok(()) => String::from_utf8_lossy(&text).trim_end().into(),
        Err(_) => "another process".into(),
    }
}
