//! `create_runtime` with configurations of every sort.

use std::{error::Error as _, ptr};

use statevec_abi::abi::{
    RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorBuf,
    runtime_error_kind::{CONFIG_ERROR, PLUGIN_REJECTED},
};

use crate::{
    EngineError,
    check::{run::Run, session::Session, watch},
};

pub(in crate::check) fn create(run: &Run<'_>) {
    run.step("the given configuration", || {
        if let Err(error) = Session::create(&run.plugin, &run.job.config) {
            let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
            run.fail(format!(
                "{error}{source}; give a configuration that the plugin takes (--config, --config-file)"
            ));
        }
    });
    run.step("an empty configuration", || refuses_cleanly(run, "an empty configuration", ""));
    run.step("an invalid configuration", || {
        for text in ["\u{1}]=[ not a configuration", "a=b\n=\n[[", "{\"a\":", "\0"] {
            refuses_cleanly(run, "an invalid configuration", text);
        }
    });
    run.step("a huge configuration", || {
        refuses_cleanly(run, "a configuration of 1 MiB", &"x".repeat(1 << 20));
        refuses_cleanly(run, "a configuration of 100,000 lines", &"a = 1\n".repeat(100_000));
    });
    run.step("a configuration that is not UTF-8", || not_utf8(run));
}

/// The plugin must make an instance or say that the configuration is wrong, twice the same.
fn refuses_cleanly(run: &Run<'_>, what: &str, config: &str) {
    let answer = || match Session::create(&run.plugin, config) {
        Ok(_) => None,
        Err(EngineError::Create { source, .. }) => Some((source.kind, source.message)),
        Err(error) => Some((CONFIG_ERROR, error.to_string())),
    };
    let (first, second) = (answer(), answer());
    if first != second {
        run.fail(format!("{what} has one answer the first time and another the second time"));
    }
    if let Some((kind, message)) = first
        && kind != CONFIG_ERROR
        && kind != PLUGIN_REJECTED
    {
        let shown: String = message.chars().take(120).collect();
        run.fail(format!(
            "{what} fails with kind {} and the text {shown:?}; refuse it with CONFIG_ERROR (1002)",
            kind.0
        ));
    }
}

fn not_utf8(run: &Run<'_>) {
    let functions = watch::table().map(|table| (table.create_runtime, table.destroy_runtime));
    let Some((Some(create), Some(destroy))) = functions else {
        return;
    };
    let config = RuntimeBytesRef::from_slice(b"a = \xff\xfe");
    let (mut runtime, mut error) = (ptr::null_mut(), RuntimeErrorBuf::RESET);
    // SAFETY: the bytes and both places are live for the call (rules 9 and 10).
    let status = unsafe { create(config, &raw mut runtime, &raw mut error) };
    if status != RuntimeCallStatus::Success {
        return;
    }
    run.warn("bytes that are not UTF-8 are taken as a configuration; refuse them (1002)");
    if !runtime.is_null() {
        // SAFETY: the call before made this instance, and it is not used again (rule 10).
        unsafe { destroy(runtime) };
    }
}
