//! Name and schema: the same bytes in every call and in every process.

use crate::check::{field_values::Flavour, run::Run};

pub(in crate::check) fn declarations(run: &Run<'_>) {
    run.step("two calls", || compare(run, "in the second call"));
    run.step("another process", || {
        let expected = (&*run.job.name, &*run.job.schema);
        if (run.plugin.name(), run.plugin.schema_json()) != expected {
            run.fail("name or schema are others than in the process before; return constants");
        }
    });
    run.step("after commands", || {
        let Some(generator) = run.generator(Flavour::Plain) else { return };
        let Some(mut session) = run.session() else { return };
        session.run_all(&generator.script(0));
        compare(run, "after commands");
        drop(session);
        compare(run, "after an instance was destroyed");
    });
}

/// Asks for both texts again.
fn compare(run: &Run<'_>, when: &str) {
    let api = run.plugin.api();
    if api.plugin_name().ok() != Some(run.plugin.name().as_bytes()) {
        run.fail(format!("the name is another one {when}; return a constant"));
    }
    if api.schema_bytes().ok() != Some(run.plugin.schema_json().as_bytes()) {
        run.fail(format!("the schema is another one {when}; return a constant"));
    }
}
