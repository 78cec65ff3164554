//! The file that is named and checked is the file that is mapped, or loading is an error.

use std::{
    fs,
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use libloading::os::unix::{Library as Foreign, RTLD_LOCAL, RTLD_NOW};
use statevec_host::{LoadError, LoadOptions, LoadedPlugin, Sha256};
use tempfile::TempDir;

use crate::{
    chain,
    library::{compile, named},
    open, open_with,
};

fn digest(path: &Path) -> Sha256 {
    Sha256::of(fs::File::open(path).unwrap()).unwrap()
}

fn pinned(path: &Path) -> Result<LoadedPlugin, LoadError> {
    open_with(&LoadOptions::new().sha256(digest(path)), path)
}

/// The linker's own folder of libraries, which it puts in the place of `$LIB`.
fn expansions_of_lib() -> [&'static str; 4] {
    ["lib", "lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu"]
}

#[test]
fn a1_token_of_the_dynamic_linker_in_the_path_leads_to_another_file() {
    let folder = TempDir::new().unwrap();
    for other in expansions_of_lib() {
        let other = folder.path().join(other);
        fs::create_dir_all(&other).unwrap();
        named("other").build(&other, "plugin.so");
    }
    for token in ["$LIB", "$ORIGIN", "${PLATFORM}", "$"] {
        let named_folder = folder.path().join(token);
        fs::create_dir(&named_folder).unwrap();
        let path = named(token).build(&named_folder, "plugin.so");
        assert_eq!(open(&path).unwrap().name(), token);
        assert_eq!(pinned(&path).unwrap().name(), token);
        let path = named("in the name").build(folder.path(), &format!("{token}.so"));
        assert_eq!(open(&path).unwrap().name(), "in the name");
    }
}

/// `$ORIGIN` makes the loader give the path to the linker, and the linker replaces `$LIB` in it.
#[test]
fn a1_token_of_the_dynamic_linker_where_the_path_is_needed() {
    let folder = TempDir::new().unwrap();
    let named_folder = folder.path().join("$LIB");
    fs::create_dir(&named_folder).unwrap();
    let path = named("origin").link(&named_folder, "plugin.so", &["-Wl,-rpath,$ORIGIN"]);
    let error = open(&path).unwrap_err();
    assert!(matches!(error, LoadError::LinkerToken { .. }), "{error:?}");
    assert!(error.to_string().contains("the dynamic linker replaces $LIB in a path"), "{error}");
}

#[test]
fn a2_library_that_claims_the_path_of_another_answers_for_it() {
    let folder = TempDir::new().unwrap();
    let two = named("two").build(folder.path(), "two.so");
    let claim = format!("-Wl,-soname,{}", two.display());
    let one = named("one").link(folder.path(), "one.so", &[&claim]);
    assert_eq!(open(&one).unwrap().name(), "one");
    assert_eq!(open(&two).unwrap().name(), "two");
}

/// The same if the linker gets the path: it returns the first library, and the loader detects it.
#[test]
fn a2_library_that_claims_the_path_of_one_with_origin_answers_for_it() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().canonicalize().unwrap();
    let two = named("two").link(&path, "two.so", &["-Wl,-rpath,$ORIGIN"]);
    let claim = format!("-Wl,-soname,{}", two.display());
    let one = named("one").link(&path, "one.so", &[&claim]);
    assert_eq!(open(&one).unwrap().name(), "one");
    for _ in 0..2 {
        let error = open(&two).unwrap_err();
        assert!(
            matches!(&error, LoadError::AnotherFile { found: Some(found), .. } if *found == one)
        );
        assert!(error.to_string().contains("DT_SONAME"), "{error}");
    }
}

#[test]
fn a4_entry_that_only_a_dependency_has() {
    let folder = TempDir::new().unwrap();
    let dependency = named("dependency").build(folder.path(), "dependency.so");
    let needs = ["-Wl,--no-as-needed", dependency.to_str().unwrap()];
    let path = compile("int nothing(void) { return 1; }", folder.path(), "plugin.so", &needs);
    for error in [open(&path).unwrap_err(), pinned(&path).unwrap_err()] {
        assert!(matches!(error, LoadError::NoEntry { source: None, .. }), "{error:?}");
    }
    assert!(
        Command::new("ldd")
            .arg(&path)
            .output()
            .map_or(true, |ldd| { String::from_utf8_lossy(&ldd.stdout).contains("dependency.so") })
    );
}

/// An entry that is found by the library's symbol and lies elsewhere: an indirect function, whose
/// resolver answers with one of a dependency.
#[test]
#[cfg(target_arch = "x86_64")]
fn a4_entry_that_resolves_to_a_dependency() {
    let folder = TempDir::new().unwrap();
    let dependency = named("dependency").build(folder.path(), "dependency.so");
    let source = "#define _GNU_SOURCE\n#include <dlfcn.h>\n\
        static void *resolve(void) { \
          return dlsym(RTLD_NEXT, \"statevec_runtime_plugin_entry_v1\"); }\n\
        void *statevec_runtime_plugin_entry_v1(void) __attribute__((ifunc(\"resolve\")));\n";
    let needs = ["-Wl,--no-as-needed", dependency.to_str().unwrap()];
    let path = compile(source, folder.path(), "plugin.so", &needs);
    for error in [open(&path).unwrap_err(), pinned(&path).unwrap_err(), open(&path).unwrap_err()] {
        assert!(matches!(error, LoadError::AnotherFile { .. }), "{error:?}");
    }
}

/// Maps a library without the loader, as another part of a program may do.
fn map_by_other_means(path: &Path) {
    // SAFETY: the library keeps the contract, and is never unmapped (rule 6).
    let library = unsafe { Foreign::open(Some(path), RTLD_NOW | RTLD_LOCAL) };
    std::mem::forget(library.unwrap());
}

#[test]
fn a3_file_that_was_replaced_while_foreign_code_had_it_mapped() {
    let folder = TempDir::new().unwrap();
    let path = named("old").build(folder.path(), "plugin.so");
    map_by_other_means(&path);
    let new = named("new").build(folder.path(), "new.so");
    fs::rename(new, &path).unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, LoadError::Changed { .. }), "{error:?}");
    assert_eq!(pinned(&path).unwrap().name(), "new", "a pin names the bytes");
}

/// The same with a library that the dynamic linker mapped as a dependency.
#[test]
fn a3_file_that_was_replaced_while_a_library_needed_it() {
    let folder = TempDir::new().unwrap();
    let path = named("old").build(folder.path(), "dependency.so");
    let needs = ["-Wl,--no-as-needed", path.to_str().unwrap()];
    let user = named("user").link(folder.path(), "user.so", &needs);
    assert_eq!(open(user).unwrap().name(), "user");
    let new = named("new").build(folder.path(), "new.so");
    fs::rename(new, &path).unwrap();
    assert!(matches!(open(&path), Err(LoadError::Changed { .. })));
}

#[test]
fn a3_file_that_was_moved_away_while_foreign_code_had_it_mapped() {
    let folder = TempDir::new().unwrap();
    let path = named("old").build(folder.path(), "plugin.so");
    map_by_other_means(&path);
    fs::rename(&path, folder.path().join("moved.so")).unwrap();
    named("new").build(folder.path(), "plugin.so");
    assert_eq!(open(&path).unwrap().name(), "new");
}

#[test]
fn a3_file_that_foreign_code_has_mapped_unchanged_is_loaded() {
    let folder = TempDir::new().unwrap();
    let path = named("shared").build(folder.path(), "plugin.so");
    map_by_other_means(&path);
    assert_eq!(open(&path).unwrap().name(), "shared");
}

/// Two files are exchanged all the time, and every third is not whole. Each load gives one of the
/// two plugins with the bytes that belong to it, or an error.
#[test]
fn a5_file_that_is_exchanged_while_it_is_loaded() {
    let folder = TempDir::new().unwrap();
    let [first, second] = ["first", "second"].map(|name| {
        let path = named(name).build(folder.path(), &format!("{name}.so"));
        (name, fs::read(path).unwrap())
    });
    let torn = &first.1[..first.1.len() / 2];
    let paths: Vec<_> = (0..30).map(|at| folder.path().join(format!("{at}.so"))).collect();
    let put = |path: &Path, bytes: &[u8]| {
        let new = path.with_extension("new");
        fs::write(&new, bytes).unwrap();
        fs::rename(&new, path).unwrap();
    };
    let (current, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    paths.iter().for_each(|path| put(path, &first.1));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let path = &paths[current.load(Ordering::Relaxed)];
                [torn, &second.1, torn, &first.1].into_iter().for_each(|bytes| put(path, bytes));
            }
        });
        let mut loaded = 0;
        for (at, path) in paths.iter().enumerate() {
            current.store(at, Ordering::Relaxed);
            for _ in 0..40 {
                match open(path) {
                    Ok(plugin) => {
                        let (_, bytes) = [&first, &second]
                            .into_iter()
                            .find(|(name, _)| *name == plugin.name())
                            .unwrap();
                        assert!(plugin.file_bytes().unwrap().as_ref() == Some(bytes));
                        loaded += 1;
                        break;
                    }
                    Err(LoadError::Damaged { .. } | LoadError::Changed { .. }) => {}
                    Err(error) => panic!("{}", chain(&error)),
                }
            }
        }
        stop.store(true, Ordering::Relaxed);
        assert!(loaded > 0, "no file was ever whole");
    });
}

#[test]
fn a5_bytes_of_the_file_are_those_of_its_successor() {
    let folder = TempDir::new().unwrap();
    let path = named("kept").build(folder.path(), "plugin.so");
    let bytes = fs::read(&path).unwrap();
    let [unpinned, sealed] = [open(&path).unwrap(), pinned(&path).unwrap()];
    named("new").build(folder.path(), "new.so");
    fs::rename(folder.path().join("new.so"), &path).unwrap();
    for plugin in [&unpinned, &sealed] {
        assert_eq!(plugin.file_bytes().unwrap(), Some(bytes.clone()));
        assert_eq!(plugin.file_bytes().unwrap(), Some(bytes.clone()), "read twice");
        assert_eq!(plugin.file_sha256().unwrap(), Some(Sha256::of(&*bytes).unwrap()));
    }
}

#[test]
fn c7_sparse_file_of_terabytes_is_refused_at_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plugin.so");
    fs::copy(named("sparse").build(folder.path(), "library.so"), &path).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_len(2 << 40).unwrap();
    let zeros = LoadOptions::new().sha256(Sha256::from_bytes([0; 32]));
    for error in [open(&path).unwrap_err(), open_with(&zeros, &path).unwrap_err()] {
        assert!(matches!(error, LoadError::TooLarge { .. }), "{error:?}");
        assert!(error.to_string().contains("2199023255552 bytes"), "{error}");
    }
}
