//! Libraries that look for others in their own folder, `$ORIGIN`.

use std::{fs, os::unix::fs::symlink};

use tempfile::TempDir;

use crate::{
    library::{Library, compile, named},
    open,
};

/// A plugin that needs `libneeded.so` of its own folder.
fn needy(name: &str) -> Library {
    Library { rest: "int needed(void);\nint uses(void) { return needed(); }".into(), ..named(name) }
}

/// The linker arguments of such a plugin, with the folder where the other library is now.
fn arguments(folder: &str) -> [String; 3] {
    [format!("-L{folder}"), "-lneeded".into(), "-Wl,-rpath,$ORIGIN".into()]
}

#[test]
fn a8_folder_of_the_path_as_given_is_not_searched() {
    let folder = TempDir::new().unwrap();
    let [store, plugins] = ["store", "plugins"].map(|name| folder.path().join(name));
    fs::create_dir(&store).unwrap();
    fs::create_dir(&plugins).unwrap();
    let soname = ["-Wl,-soname,libneeded.so"];
    compile("int needed(void) { return 1; }", &plugins, "libneeded.so", &soname);
    let arguments = arguments(plugins.to_str().unwrap());
    let arguments = arguments.each_ref().map(String::as_str);
    let target = needy("needy").link(&store, "plugin.so", &arguments);

    let link = plugins.join("plugin.so");
    symlink("../store/plugin.so", &link).unwrap();
    let error = crate::chain(&open(&target).unwrap_err());
    assert!(
        error.contains("libneeded.so"),
        "it is not in the folder of the link's target: {error}"
    );
    assert_eq!(open(&link).unwrap().name(), "needy", "it is in the folder of the link");
}

/// The paths of such libraries are known to the linker, so a file in the place of another is an
/// error.
#[test]
fn a8_replaced_library_with_origin_is_answered_with_the_old_code() {
    let folder = TempDir::new().unwrap();
    let path = named("old").link(folder.path(), "plugin.so", &["-Wl,-rpath,$ORIGIN"]);
    assert_eq!(open(&path).unwrap().name(), "old");
    let new = named("new").link(folder.path(), "new.so", &["-Wl,-rpath,${ORIGIN}/lib"]);
    fs::rename(new, &path).unwrap();
    assert!(matches!(open(&path), Err(statevec_host::LoadError::Changed { .. })));
}
