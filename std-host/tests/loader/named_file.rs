//! What is loaded is the file that was named, or there is an error: paths and libraries that lead
//! the dynamic linker to another one.

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use statevec_host::{LoadError, LoadOptions, LoadedPlugin, Sha256};
use tempfile::TempDir;

use crate::library::{Library, named};

/// Links a source to `folder/name`.
fn link(folder: &Path, name: &str, source: &str, arguments: &[&str]) -> PathBuf {
    let (c, library) = (folder.join(format!("{name}.c")), folder.join(name));
    fs::write(&c, source).unwrap();
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&c).args(arguments);
    assert!(cc.current_dir(folder).status().unwrap().success());
    library
}

fn pinned(path: &Path) -> LoadOptions {
    LoadOptions::new().sha256(Sha256::of(fs::File::open(path).unwrap()).unwrap())
}

#[test]
fn a1_tokens_of_the_linker_in_a_path_are_letters() {
    let folder = TempDir::new().unwrap();
    for token in ["$LIB", "${LIB}", "$ORIGIN", "$PLATFORM", "a$b"] {
        let inside = folder.path().join(token);
        fs::create_dir(&inside).unwrap();
        let path = named("checked").build(&inside, "plugin.so");
        let plugin = LoadedPlugin::open(&path).unwrap();
        assert_eq!(plugin.name(), "checked");
        let digest = Sha256::of(fs::File::open(&path).unwrap()).unwrap();
        assert_eq!(plugin.file_sha256().unwrap(), Some(digest));
    }
}

#[test]
fn a2_name_in_a_library_does_not_answer_for_another_file() {
    let folder = TempDir::new().unwrap();
    let two = named("two").build(folder.path(), "two.so");
    let source = folder.path().join("two.so.c");
    let text = fs::read_to_string(source).unwrap();
    let one = text.replace(&bytes_of("two"), &bytes_of("one"));
    assert_ne!(one, text);
    let soname = format!("-Wl,-soname,{}", two.display());
    let one = link(folder.path(), "one.so", &one, &[&soname]);
    assert_eq!(LoadedPlugin::open(one).unwrap().name(), "one");
    assert_eq!(LoadedPlugin::open(two).unwrap().name(), "two");
}

/// As the source has a name.
fn bytes_of(name: &str) -> String {
    name.bytes().map(|byte| format!("{byte},")).collect()
}

/// The file that other code has mapped was replaced: the new one is loaded and not the old one.
#[test]
fn a3_file_that_was_replaced_while_another_library_had_it_mapped() {
    let folder = TempDir::new().unwrap();
    let path = named("old").build(folder.path(), "libdep.so");
    let path_text = path.display().to_string();
    let user = link(
        folder.path(),
        "user.so",
        "int user(void) { return 1; }",
        &["-Wl,--no-as-needed", &path_text],
    );
    LoadedPlugin::open(user).unwrap_err();
    let new = named("new").build(folder.path(), "new.so");
    fs::rename(new, &path).unwrap();
    assert_eq!(LoadedPlugin::open(&path).unwrap().name(), "new");
}

#[test]
fn a4_entry_of_a_dependency_is_not_the_library_s_own() {
    let folder = TempDir::new().unwrap();
    let dependency = named("dependency").build(folder.path(), "libdep.so");
    let dependency = dependency.display().to_string();
    let source = "int user(void) { return 1; }";
    let user = link(folder.path(), "user.so", source, &["-Wl,--no-as-needed", &dependency]);
    for error in [LoadedPlugin::open(&user), pinned(&user).open(&user)] {
        let error = error.unwrap_err();
        assert!(matches!(error, LoadError::EntryOfDependency { .. }), "{error}");
        assert!(error.to_string().contains("a library that it needs does"), "{error}");
    }
    assert_eq!(LoadedPlugin::open(dependency).unwrap().name(), "dependency");
}

/// Another thread exchanges the file by renaming, as fast as it can: each answer is one of the two
/// plugins with its own digest, or an error.
#[test]
fn a5_file_that_is_exchanged_while_it_is_loaded() {
    const TURNS: usize = 200;
    let folder = TempDir::new().unwrap();
    let sources = ["this", "that"].map(|name| named(name).build(folder.path(), name));
    let digests = sources.each_ref().map(|path| Sha256::of(fs::File::open(path).unwrap()).unwrap());
    let (current, mut loaded) = (AtomicUsize::new(0), [0; 2]);
    let at = |turn| folder.path().join(format!("plugin-{turn}.so"));
    std::thread::scope(|scope| {
        let (sources, current, folder) = (&sources, &current, folder.path());
        scope.spawn(move || {
            for exchange in 1.. {
                let turn = current.load(Ordering::Relaxed);
                if turn == TURNS {
                    return;
                }
                let copy = folder.join("copy");
                fs::copy(&sources[exchange % 2], &copy).unwrap();
                fs::rename(&copy, at(turn)).unwrap();
            }
        });
        for turn in 0..TURNS {
            fs::copy(&sources[0], at(turn)).unwrap();
            current.store(turn, Ordering::Relaxed);
            std::thread::yield_now();
            // A copy that is still being written is damaged, or another file by the end.
            let Ok(plugin) = LoadedPlugin::open(at(turn)) else { continue };
            let name = usize::from(plugin.name() == "that");
            assert_eq!(plugin.file_sha256().unwrap(), Some(digests[name]));
            loaded[name] += 1;
        }
        current.store(TURNS, Ordering::Relaxed);
    });
    assert!(loaded[0] + loaded[1] > TURNS / 2, "{loaded:?}");
}

/// A file without bytes takes no room on the disk, and hours to read.
#[test]
fn a5_giant_is_refused_before_it_is_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("giant.so");
    fs::File::create(&path).unwrap().set_len(2 << 40).unwrap();
    for error in [
        LoadedPlugin::open(&path),
        LoadOptions::new().sha256(Sha256::from_bytes([0; 32])).open(&path),
    ] {
        let error = error.unwrap_err();
        assert!(matches!(error, LoadError::TooLarge { .. }), "{error}");
    }
}

/// A mount namespace of its own hides `/proc`; where a user may not make one, there is nothing to
/// try.
#[test]
fn a7_pin_without_proc_is_refused() {
    const PLUGIN: &str = "STATEVEC_TEST_PLUGIN_WITHOUT_PROC";
    if let Some(path) = env::var_os(PLUGIN) {
        let path = PathBuf::from(path);
        let error = pinned(&path).open(&path).unwrap_err();
        assert!(matches!(error, LoadError::PinUnsupported { .. }), "{error}");
        assert!(error.to_string().contains("/proc"), "{error}");
        assert_eq!(LoadedPlugin::open(&path).unwrap().name(), "in-c", "by its path");
        return;
    }
    let folder = TempDir::new().unwrap();
    let path = Library::default().build(folder.path(), "plugin.so");
    let unshare = |script: &str| {
        Command::new("unshare")
            .args(["-rm", "sh", "-c", script, "sh"])
            .arg(env::current_exe().unwrap())
            .env(PLUGIN, &path)
            .output()
    };
    let hide = "mount -t tmpfs tmpfs /proc";
    if !unshare(hide).is_ok_and(|output| output.status.success()) {
        eprintln!("skipped, because no mount namespace can be made here");
        return;
    }
    let again = format!("{hide} && exec \"$1\" --exact named_file::a7_pin_without_proc_is_refused");
    let output = unshare(&again).unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[test]
fn a8_origin_is_the_folder_of_the_path_as_given() {
    let folder = TempDir::new().unwrap();
    let [store, plugins] = ["store", "plugins"].map(|name| folder.path().join(name));
    fs::create_dir(&store).unwrap();
    fs::create_dir(&plugins).unwrap();
    link(&plugins, "libhelp.so", "int help(void) { return 1; }", &["-Wl,-soname,libhelp.so"]);
    let library = Library {
        rest: "int help(void);\nint use(void) { return help(); }".into(),
        ..Library::default()
    };
    let source = library.source();
    let beside = format!("-L{}", plugins.display());
    let path = link(&store, "plugin.so", &source, &[&beside, "-lhelp", "-Wl,-rpath,$ORIGIN"]);
    let given = plugins.join("plugin.so");
    symlink(&path, &given).unwrap();
    let error = LoadedPlugin::open(&path).unwrap_err();
    assert!(matches!(error, LoadError::Library { .. }), "nothing lies beside the target: {error}");
    assert_eq!(LoadedPlugin::open(&given).unwrap().name(), "in-c");

    let token = folder.path().join("$LIB");
    fs::rename(&plugins, &token).unwrap();
    let moved = token.join("again.so");
    fs::copy(&path, &moved).unwrap();
    let error = LoadedPlugin::open(&moved).unwrap_err();
    assert!(matches!(error, LoadError::Token { .. }), "{error}");
}

#[test]
fn a9_libraries_of_other_systems_are_named() {
    let folder = TempDir::new().unwrap();
    let cases: [(&[u8], &str); 3] = [
        (b"MZ\x90\0", "Windows (a PE file)"),
        (&[0xcf, 0xfa, 0xed, 0xfe], "macOS (a Mach-O file)"),
        (&[0xca, 0xfe, 0xba, 0xbe], "macOS (a Mach-O file)"),
    ];
    for (start, name) in cases {
        let path = folder.path().join("plugin.so");
        fs::write(&path, [start, &[0; 200]].concat()).unwrap();
        let error = LoadedPlugin::open(&path).unwrap_err();
        assert!(matches!(error, LoadError::ForeignSystem { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}
