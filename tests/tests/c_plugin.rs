//! The C plugin of the examples gives the same results under our host as the same plugin in Rust.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use statevec_abi::abi::{RuntimeErrorPhase, runtime_error_kind};
use statevec_host::{Engine, EngineError, LoadedPlugin, PluginFailure};
use statevec_tests::{
    beside,
    c::{C11, Compiler},
    inventory::{self, Sent},
    scenario::{self, Seen},
    skipped,
};

const SHARED: &[&str] = &["-fPIC", "-fvisibility=hidden", "-shared"];
/// Names the library in the process that runs with the sanitizers preloaded.
const SANITIZED: &str = "STATEVEC_TESTS_SANITIZED";

#[test]
fn an_optimised_c_plugin_differs_from_the_rust_one() {
    behaves_as_in_rust(&["-O2"]);
}

#[test]
fn a_c_plugin_with_short_enums_and_traps_for_undefined_behaviour_differs_or_dies() {
    behaves_as_in_rust(&[
        "-O1",
        "-fshort-enums",
        "-fsanitize=undefined",
        "-fsanitize-undefined-trap-on-error",
    ]);
}

/// A library with AddressSanitizer needs its runtime at the start of the process. So the test runs
/// itself again, with the runtime preloaded.
#[test]
fn a_c_plugin_leaks_or_touches_memory_that_is_not_its_own() {
    const THIS_TEST: &str = "a_c_plugin_leaks_or_touches_memory_that_is_not_its_own";
    const FLAGS: &[&str] =
        &["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    if let Some(library) = env::var_os(SANITIZED) {
        return compare(Path::new(&library));
    }
    let Some(compiler) = Compiler::c("the C plugin with AddressSanitizer") else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some(library) = compiled(compiler, FLAGS, folder.path()) else { return };
    let runtimes = ["libasan.so", "libubsan.so"].map(|name| compiler.file(name));
    let [Some(asan), Some(ubsan)] = runtimes else {
        skipped(THIS_TEST, "the C compiler has no sanitizer runtime to preload");
        return;
    };
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", THIS_TEST])
        .env(SANITIZED, library)
        .env("LD_PRELOAD", env::join_paths([asan, ubsan]).unwrap())
        .output()
        .unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{err}\n{out}");
}

fn behaves_as_in_rust(flags: &[&str]) {
    let Some(compiler) = Compiler::c("the C plugin") else { return };
    let folder = tempfile::tempdir().unwrap();
    if let Some(library) = compiled(compiler, flags, folder.path()) {
        compare(&library);
    }
}

/// The plugin's library; none if nothing can be compiled with such flags here.
fn compiled(compiler: Compiler, flags: &[&str], folder: &Path) -> Option<PathBuf> {
    if !compiler.can(flags, folder) {
        skipped("the C plugin", &format!("programs made with {flags:?} do not run here"));
        return None;
    }
    let library = folder.join("libinventory.so");
    let source = beside::source("examples/c-plugin/inventory.c");
    compiler.compile(&[C11, SHARED, flags].concat(), &[&source], &library);
    Some(library)
}

fn compare(library: &Path) {
    // SAFETY: the inventory in C keeps the contract (rule 6).
    let c = unsafe { LoadedPlugin::open(library) }.unwrap();
    let rust = LoadedPlugin::from_static(&inventory::PLUGIN).unwrap();
    assert_eq!(c.name(), rust.name());
    assert_eq!(c.schema().to_idl_json(), rust.schema_json());

    for config in ["max_on_hand=100", "", "max_on_hand=0"] {
        let [mut c, mut rust] = [&c, &rust]
            .map(|plugin| scenario::play(plugin, config, &inventory::commands()).unwrap());
        forget_texts_of_malformed_commands(&mut c.outcomes);
        forget_texts_of_malformed_commands(&mut rust.outcomes);
        assert_eq!(c, rust, "max_on_hand: {config}");
    }
    for config in ["max_on_hand", "max_on_hand=", "max_on_hand=-1", "max_on_hand=4294967296"] {
        assert_eq!(refusal(&c, config), refusal(&rust, config), "{config}");
    }
    assert_eq!(broken_invariant(&c), broken_invariant(&rust));
}

/// Removes the texts of malformed commands, because each plugin has its own. The kind stays.
fn forget_texts_of_malformed_commands(outcomes: &mut [Seen]) {
    for outcome in outcomes {
        if let Seen::Rejected(failure) = outcome
            && failure.kind == runtime_error_kind::INVALID_COMMAND
        {
            failure.message.clear();
        }
    }
}

fn refusal(plugin: &LoadedPlugin, config: &str) -> PluginFailure {
    match Engine::create(plugin, config) {
        Err(EngineError::Create { source, .. }) => source,
        other => panic!("{config}: {other:?}"),
    }
}

/// Records that an instance with a high limit has made, judged by one with a low limit.
fn broken_invariant(plugin: &LoadedPlugin) -> PluginFailure {
    let sku = inventory::Sku::from(b"BOLT-M8");
    let mut generous = Engine::create(plugin, "max_on_hand=50").unwrap();
    for (ext_seq, sent) in (1..).zip([
        Sent::of(&inventory::Register { sku }),
        Sent::of(&inventory::Receive { sku, quantity: 50 }),
    ]) {
        assert!(generous.run(&sent.command(ext_seq)).is_committed());
    }
    generous.validate().unwrap();
    let mut strict = Engine::with_store(plugin, "max_on_hand=49", generous.into_store()).unwrap();
    let failure = PluginFailure::from(strict.validate().unwrap_err());
    assert_eq!(failure.phase, RuntimeErrorPhase::ValidateBizInvariants);
    assert_eq!(failure.message, "BOLT-M8 has 50, above the limit of 49");
    failure
}
