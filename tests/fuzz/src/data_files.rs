//! Arbitrary bytes as a checkpoint and as a segment of a log.
//!
//! - Reading never panics, and ends.
//! - A checkpoint that can be read is the same after it was written again.
//! - A segment that can be read ends where its last entry says.
//!
//! The first byte decides whether the checksums of a checkpoint's blocks are corrected first, so
//! that the checks behind them are reached.

use std::{path::Path, sync::Arc};

use statevec_abi::txlog::Crc32;
use statevec_host::{
    checkpoint::{CheckpointError, CheckpointReader, CheckpointWriter, KindEnd},
    storage::{SimulatedDisk, Storage},
    txlog::{LogError, LogWalk},
};

const FILE: &str = "/file";
const AGAIN: &str = "/again";
/// Bytes of a block before its payload.
const BLOCK_HEADER: usize = 16;

/// See the module.
pub fn check(bytes: &[u8]) {
    let Some((mode, file)) = bytes.split_first() else { return };
    let disk = SimulatedDisk::new(0);
    let mut file = file.to_vec();
    if mode & 1 == 1 {
        reseal(&mut file);
    }
    disk.put(FILE, &file);
    check_checkpoint(&disk);
    check_segment(&disk);
}

/// Kind, number and data.
type Record = (u8, u64, Vec<u8>);

fn check_checkpoint(disk: &SimulatedDisk) {
    let Ok((records, ends)) = read(disk, FILE) else { return };
    let head = CheckpointReader::open(disk, Path::new(FILE)).expect("it was read before");
    let mut writer = CheckpointWriter::create(disk, Path::new(AGAIN), head.head())
        .expect("the disk does not fail");
    for (kind, sys_id, data) in &records {
        writer.record(*kind, *sys_id, data).expect("the disk does not fail");
    }
    for end in &ends {
        writer.kind(*end);
    }
    writer.finish().expect("the disk does not fail");
    let again = CheckpointReader::open(disk, Path::new(AGAIN)).expect("it was just written");
    assert_eq!(again.head(), head.head());
    let again = read(disk, AGAIN).expect("it was just written");
    assert_eq!(again, (records, ends));
}

fn read(disk: &SimulatedDisk, path: &str) -> Result<(Vec<Record>, Vec<KindEnd>), CheckpointError> {
    let mut reader = CheckpointReader::open(disk, Path::new(path))?;
    let mut records = Vec::new();
    while let Some(record) = reader.next()? {
        records.push((record.kind, record.sys_id, record.data.to_vec()));
    }
    Ok((records, reader.ends().unwrap_or_default().to_vec()))
}

fn check_segment(disk: &SimulatedDisk) {
    let storage: Arc<dyn Storage> = Arc::new(disk.clone());
    let Ok(mut walk) = LogWalk::open_file(storage, Path::new(FILE)) else { return };
    let mut last = walk.position().entry;
    let walked = walk.for_each(|walked| {
        last = walked.entry.number();
        Ok::<_, LogError>(())
    });
    if walked.is_ok() {
        let end = walk.end().expect("all entries were read");
        assert_eq!(end.position.entry, last);
    }
}

fn reseal(file: &mut [u8]) {
    let mut at = 0_usize;
    while let Some(len) = file.get(at..).and_then(|rest| rest.first_chunk()) {
        let len = u32::from_le_bytes(*len) as usize;
        let end = at.saturating_add(BLOCK_HEADER).saturating_add(len);
        let Some(block) = file.get_mut(at..end) else { return };
        let mut crc = Crc32::new();
        crc.update(&block[..4]);
        crc.update(&block[8..]);
        block[4..8].copy_from_slice(&crc.finish().to_le_bytes());
        at = end;
    }
}
