//! Syncs of the real program, as strace sees them: exactly one per frame.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use super::{
    bank::bank,
    data::{COMMANDS, quick_folder, statevec},
};

/// Calls that put something on stable storage, by the file that they name: syncs, and writes to
/// files that are opened for synced writes. `None` if strace cannot trace here.
fn syncs(data: &Path, trace: &Path, more: &[&str]) -> Option<BTreeMap<String, usize>> {
    let mut program = Command::new("strace");
    program.args(["-f", "-y", "-qq", "-o"]).arg(trace);
    let calls = "fsync,fdatasync,sync,syncfs,sync_file_range,msync,openat,close,/write";
    program.args(["-e", &format!("trace={calls}")]);
    program.arg(env!("CARGO_BIN_EXE_statevec-host")).args(["run", "--quiet", "--plugin"]);
    program.arg(bank()).args(["--commands", COMMANDS, "--data"]).arg(data).args(more);
    let traced = match program.output() {
        Ok(output) if output.status.success() => fs::read_to_string(trace).unwrap(),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(said.contains("PTRACE") || said.contains("ptrace"), "{said}");
            println!("skipped, because strace may not trace: {said}");
            return None;
        }
        Err(error) => {
            println!("skipped, because strace does not start: {error}");
            return None;
        }
    };
    let (mut found, mut synced_files) = (BTreeMap::new(), BTreeSet::new());
    for line in traced.lines().filter(|line| !line.contains("resumed>")) {
        // `pid call(fd<path>, …`, or `pid openat(…) = fd<path>`.
        let (_, call) = line.trim_start().split_once(' ').unwrap();
        let (name, arguments) = call.trim_start().split_once('(').unwrap();
        let (_, opened) = call.rsplit_once(" = ").unwrap_or_default();
        let file = |text: &str| text.split_once('<').map(|(number, _)| number.to_owned());
        match name {
            "openat" => {
                if let (true, Some(file)) = (call.contains("O_DSYNC"), file(opened)) {
                    synced_files.insert(file);
                }
                continue;
            }
            "close" => {
                file(arguments).map(|file| synced_files.remove(&file));
                continue;
            }
            _ if name.contains("write")
                && file(arguments).is_none_or(|file| !synced_files.contains(&file)) =>
            {
                continue;
            }
            _ => {}
        }
        let place = arguments.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
        let (path, _) = place.unwrap_or_else(|| panic!("a call that names no file: {line}"));
        let path = Path::new(path);
        let name = path.strip_prefix(data).map_or_else(
            |_| "outside".to_owned(),
            |path| match path.extension() {
                Some(extension) => format!(".{}", extension.display()),
                None => format!("/{}", path.display()),
            },
        );
        *found.entry(name).or_insert(0) += 1;
    }
    Some(found)
}

fn counts<const N: usize>(expected: [(&str, usize); N]) -> BTreeMap<String, usize> {
    expected.map(|(name, count)| (name.to_owned(), count)).into()
}

#[test]
fn each_frame_takes_exactly_one_sync() {
    let folder = quick_folder();
    let (data, trace) = (folder.path().join("data"), folder.path().join("trace"));
    // A frame is each command's own if all of them wait.
    let alone = ["--sync-every", "1", "--checkpoint-every", "never"];
    let Some(first) = syncs(&data, &trace, &alone) else { return };
    let frames = frames(&data);
    assert!(frames > 1, "{frames} frames");
    // A new directory also syncs the segment, the schema and the plugin, each with its folder; the
    // folders; and the lock when it is closed.
    let expected = [
        (".txlog", frames + 1),
        ("/log", 2),
        (".tmp", 2),
        ("/schemas", 1),
        ("/plugins", 1),
        ("/", 2),
        ("outside", 1),
        ("/LOCK", 1),
    ];
    assert_eq!(first, counts(expected));

    // Opened again, with nothing new to write: the last frame is synced once more.
    let again = syncs(&data, &trace, &["--ext-seq", "line"]).unwrap();
    let expected = [(".txlog", 1), ("/log", 1), ("/", 2), ("outside", 1), ("/LOCK", 1)];
    assert_eq!(again, counts(expected));

    // One frame for all 210 commands, which come in one read.
    let data = folder.path().join("one");
    let one = syncs(&data, &trace, &["--checkpoint-every", "never"]).unwrap();
    assert_eq!((one[".txlog"], self::frames(&data)), (2, 1));
}

/// Frames of a log, counted from its bytes.
fn frames(data: &Path) -> usize {
    let verified = statevec(&["log", "verify", data.to_str().unwrap()]);
    assert_eq!(verified.status, Some(0), "{}", verified.err);
    let log = fs::read(data.join("log/00000000000000000001.txlog")).unwrap();
    log.chunks(512).filter(|sector| sector.starts_with(b"TXFR")).count()
}
