//! Files with any bytes: nothing panics, and nothing is allocated for a length that the file does
//! not have.

use std::{path::Path, sync::Arc};

use fastrand::Rng;
use statevec_abi::txlog::Crc32;
use statevec_host::{
    checkpoint::{
        CheckpointHead, CheckpointReader, CheckpointWriter, KindEnd, Merged, NetChanges, merge,
    },
    storage::{SimulatedDisk, Storage},
    txlog::{LogError, LogHeader, LogPosition, LogWalk},
};

use crate::{
    crash::{quiet, run, script},
    ledger::ledger,
    life::World,
};

const FILE: &str = "/file";

/// Records of kind 1 and 2, with a few numbers left out.
fn records() -> Vec<(u8, u64, Vec<u8>)> {
    let first = (1..300).filter(|id| id % 7 != 0).map(|id| (1, id, vec![id as u8; 1000]));
    let second = (5..9).map(|id| (2, id, Vec::new()));
    first.chain(second).collect()
}

const ENDS: [KindEnd; 3] = [
    KindEnd { kind: 1, next_sys_id: 400, records: 257 },
    KindEnd { kind: 2, next_sys_id: 9, records: 4 },
    KindEnd { kind: 3, next_sys_id: 1, records: 0 },
];

fn head() -> CheckpointHead {
    let LogHeader { plugin, fingerprints, .. } =
        LogHeader::of_plugin(&ledger(), "", statevec_host::StoreLimits::default());
    let position = LogPosition { entry: 7, ext_seq: Some(0), ..LogPosition::default() };
    CheckpointHead { plugin, fingerprints, position }
}

fn written() -> (SimulatedDisk, Vec<u8>) {
    let disk = SimulatedDisk::new(1);
    let mut writer = CheckpointWriter::create(&disk, Path::new(FILE), &head()).unwrap();
    for (kind, sys_id, data) in records() {
        writer.record(kind, sys_id, &data).unwrap();
    }
    ENDS.into_iter().for_each(|end| writer.kind(end));
    writer.finish().unwrap();
    let bytes = disk.contents(FILE).unwrap();
    (disk, bytes)
}

/// Records and ends of a checkpoint.
type Contents = (Vec<(u8, u64, Vec<u8>)>, Vec<KindEnd>);

/// All contents of the checkpoint, or the reason why it cannot be read.
fn read(storage: &dyn Storage) -> Result<Contents, String> {
    let text = |error: statevec_host::checkpoint::CheckpointError| error.to_string();
    let mut reader = CheckpointReader::open(storage, Path::new(FILE)).map_err(text)?;
    let mut records = Vec::new();
    while let Some(record) = reader.next().map_err(text)? {
        records.push((record.kind, record.sys_id, record.data.to_vec()));
    }
    Ok((records, reader.ends().unwrap().to_vec()))
}

#[test]
fn checkpoint_reads_back_as_it_was_written() {
    let (disk, _) = written();
    let reader = CheckpointReader::open(&disk, Path::new(FILE)).unwrap();
    assert_eq!(reader.head(), &head());
    assert_eq!(read(&disk), Ok((records(), ENDS.to_vec())));
}

#[test]
fn checkpoint_that_is_cut_off_or_goes_on_is_refused() {
    let (disk, bytes) = written();
    for len in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
        disk.put(FILE, &bytes[..len]);
        assert!(read(&disk).unwrap_err().contains("damaged"), "{len}");
    }
    disk.put(FILE, &[&bytes[..], &[0]].concat());
    assert!(read(&disk).unwrap_err().contains("something follows the last block"));
}

/// Corrects the checksums of all blocks, so that the checks behind them are reached.
fn reseal(bytes: &mut [u8]) {
    let mut at = 0;
    while let Some(len) = bytes.get(at..at + 4) {
        let len = u32::from_le_bytes(len.try_into().unwrap()) as usize;
        let Some(block) = bytes.get_mut(at..at + 16 + len) else { return };
        let mut crc = Crc32::new();
        crc.update(&block[..4]);
        crc.update(&block[8..]);
        let crc = crc.finish().to_le_bytes();
        block[4..8].copy_from_slice(&crc);
        at += 16 + len;
    }
}

#[test]
fn checkpoint_with_any_bytes_is_read_or_refused() {
    let (disk, bytes) = written();
    let mut random = Rng::with_seed(1);
    let (mut refused, mut read_all) = (0, 0);
    for round in 0..3_000 {
        let mut changed = bytes.clone();
        for _ in 0..random.usize(1..4) {
            // Mostly where lengths, kinds and numbers are.
            let at = match random.u8(..3) {
                0 => random.usize(..200),
                1 => changed.len() - 1 - random.usize(..100),
                _ => random.usize(..changed.len()),
            };
            changed[at] = random.u8(..);
        }
        if round % 2 == 0 {
            reseal(&mut changed);
        }
        disk.put(FILE, &changed);
        match read(&disk) {
            Ok(_) => read_all += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 1_500 && read_all > 100, "{refused} {read_all}");
    for len in 0..300 {
        let noise: Vec<u8> = (0..len).map(|_| random.u8(..)).collect();
        disk.put(FILE, &noise);
        assert!(read(&disk).is_err());
    }
}

#[test]
fn log_with_any_bytes_is_read_or_refused() {
    quiet();
    let mut world = World::new(&ledger(), SimulatedDisk::new(1));
    assert_eq!(run(&mut world, &script()), None);
    let mut files = world.disk.files();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txlog"));
    let mut random = Rng::with_seed(1);
    for _ in 0..3_000 {
        let path = &files[random.usize(..files.len())];
        let mut bytes = world.disk.contents(path).unwrap();
        for _ in 0..random.usize(1..5) {
            let at = random.usize(..bytes.len());
            bytes[at] = random.u8(..);
        }
        if random.bool() {
            bytes.truncate(random.usize(..=bytes.len()));
        }
        let disk = SimulatedDisk::new(1);
        disk.put(path.file_name().map(|name| Path::new("/").join(name)).unwrap(), &bytes);
        let storage: Arc<dyn Storage> = Arc::new(disk);
        let walk = LogWalk::open(Arc::clone(&storage), Path::new("/"), u64::MAX);
        let walked = walk.and_then(|mut walk| {
            walk.for_each(|_| Ok::<_, LogError>(()))?;
            Ok(walk.end().is_some())
        });
        assert!(walked.unwrap_or(true), "neither an end nor an error");
    }
}

#[test]
fn merged_checkpoint_has_every_change_once() {
    let (disk, _) = written();
    let mut changes = NetChanges::new();
    changes.updated(1, 1, 10, b"new").unwrap();
    changes.deleted(1, 2).unwrap();
    changes.created(1, 400, &[7; 1000]).unwrap();
    changes.created(3, 1, b"x").unwrap();
    changes.numbered(2, 20);
    let merged = Path::new("/merged");
    let mut writer = CheckpointWriter::create(&disk, merged, &head()).unwrap();
    let before = CheckpointReader::open(&disk, Path::new(FILE)).unwrap();
    let mut seen = 0;
    merge(Some(before), changes, &mut writer, |part| {
        seen += usize::from(matches!(part, Merged::Record { .. }));
    })
    .unwrap();
    writer.finish().unwrap();
    disk.rename(merged, Path::new(FILE)).unwrap();

    let mut expected = records();
    expected[0].2[10..13].copy_from_slice(b"new");
    expected.remove(1);
    expected.insert(256, (1, 400, vec![7; 1000]));
    expected.push((3, 1, b"x".to_vec()));
    let (records, ends) = read(&disk).unwrap();
    assert_eq!(records, expected);
    assert_eq!(seen, expected.len());
    let next: Vec<_> = ends.iter().map(|end| (end.kind, end.next_sys_id, end.records)).collect();
    assert_eq!(next, [(1, 401, 257), (2, 20, 4), (3, 2, 1)]);
}

#[test]
fn changes_that_do_not_fit_the_checkpoint_are_refused() {
    let (disk, _) = written();
    let changes = |change: fn(&mut NetChanges)| {
        let mut changes = NetChanges::new();
        change(&mut changes);
        changes
    };
    let unfit = [
        changes(|changes| changes.updated(1, 7, 0, b"x").unwrap()),
        changes(|changes| changes.updated(1, 1, 999, b"xx").unwrap()),
        changes(|changes| changes.deleted(1, 7).unwrap()),
        changes(|changes| changes.created(1, 1, &[0; 1000]).unwrap()),
        changes(|changes| changes.deleted(4, 1).unwrap()),
    ];
    for (at, changes) in unfit.into_iter().enumerate() {
        let path = format!("/merged{at}");
        let mut writer = CheckpointWriter::create(&disk, Path::new(&path), &head()).unwrap();
        let before = CheckpointReader::open(&disk, Path::new(FILE)).unwrap();
        let error = merge(Some(before), changes, &mut writer, |_| {}).unwrap_err();
        let text = crate::life::chain(&error);
        assert!(
            text.starts_with("the log does not fit the checkpoint before it: record "),
            "{text}"
        );
    }
}
