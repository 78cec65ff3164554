//! Payloads that are no command, and kinds that nobody declared.

use statevec_abi_alloc::schema::{FieldType, PayloadDefinition};

use crate::check::{
    field_values::Flavour,
    report::Status,
    run::Run,
    script::ScriptCommand,
    session::{End, Seen, Session},
};

pub(in crate::check) fn malformed_payloads(run: &Run<'_>) {
    for def in run.plugin.schema().command_defs() {
        let name = &def.name;
        run.step(&format!("{name}, cut off"), || {
            let cut = |payload: &[u8]| {
                (0..payload.len()).map(|len| payload[..len].to_vec()).take(80).collect()
            };
            vary(run, def, Status::Fail, "a payload that is cut off", cut);
        });
        run.step(&format!("{name}, too long"), || {
            let longer = |payload: &[u8]| {
                [1, 2, 8, 255, 4096, 65_536]
                    .map(|more| [payload, &vec![0x55; more]].concat())
                    .to_vec()
            };
            vary(run, def, Status::Warn, "a payload with more bytes than its fields", longer);
        });
        run.step(&format!("{name}, values that no field has"), || {
            vary(run, def, Status::Warn, "a value that its field cannot have", |payload| {
                invalid_values(run, def, payload)
            });
        });
    }
    run.step("random bytes", || {
        run.search(Flavour::Any, |script| super::outcomes::fails(run, script));
    });
}

/// Changes the payload of each command of this kind in a script, and expects a rejection.
fn vary(
    run: &Run<'_>,
    def: &PayloadDefinition,
    if_committed: Status,
    what: &str,
    variants: impl Fn(&[u8]) -> Vec<Vec<u8>>,
) {
    let Some(generator) = run.generator(Flavour::Plain) else { return };
    for case in 0..run.job.cases.min(8) {
        let Some(mut session) = run.session() else { return };
        for command in generator.script(case) {
            if command.kind == def.kind {
                for payload in variants(&command.payload) {
                    let varied = ScriptCommand { payload, ..command.clone() };
                    if !expect_rejection(run, &mut session, &varied, if_committed, what) {
                        return;
                    }
                }
            }
            session.run(&command);
        }
    }
}

/// Runs a command that must be rejected; false if it was not.
fn expect_rejection(
    run: &Run<'_>,
    session: &mut Session,
    command: &ScriptCommand,
    if_committed: Status,
    what: &str,
) -> bool {
    let Seen { end, kind, text, .. } = session.run(command);
    match end {
        End::Rejected => return true,
        End::Committed => {
            let why = format!("{what} is committed; refuse it with INVALID_COMMAND (2002)");
            run.find(if_committed, why, std::slice::from_ref(command));
        }
        End::Failed => {
            let why =
                format!("{what} fails ({kind}): {text}; refuse it with INVALID_COMMAND (2002)");
            run.find(Status::Fail, why, std::slice::from_ref(command));
        }
    }
    false
}

/// The payload with one field at a time set to bytes that are no value of its type.
fn invalid_values(run: &Run<'_>, def: &PayloadDefinition, payload: &[u8]) -> Vec<Vec<u8>> {
    let mut variants = Vec::new();
    let mut at = 0;
    for field in def.fields.iter() {
        let len = match field.fixed_size {
            Some(size) => size as usize,
            None => payload
                .get(at..at + 2)
                .map_or(2, |len| 2 + usize::from(u16::from_le_bytes([len[0], len[1]]))),
        };
        let mut with = |at: usize, bytes: &[u8]| {
            let mut changed = payload.to_vec();
            if let Some(place) = changed.get_mut(at..at + bytes.len()) {
                place.copy_from_slice(bytes);
                variants.push(changed);
            }
        };
        match field.ty {
            FieldType::EnumU8 => {
                let name = field.enum_type_name.as_deref().unwrap_or_default();
                let listed = run.plugin.schema().try_get_enum(name);
                let free = listed.and_then(|listed| {
                    (0..=u8::MAX).rev().find(|&value| listed.variant_by_value(value).is_none())
                });
                if let Some(value) = free {
                    with(at, &[value]);
                }
            }
            FieldType::FixedBytes | FieldType::VarBytes => with(at, &[0xff, 0xff]),
            _ => {}
        }
        at += len;
    }
    variants
}

pub(in crate::check) fn unknown_commands(run: &Run<'_>) {
    let schema = run.plugin.schema();
    run.step("every undeclared kind", || {
        let Some(mut session) = run.session() else { return };
        for kind in (0..=u8::MAX).filter(|&kind| schema.try_get_command(kind).is_none()) {
            for payload in [Vec::new(), vec![0; 8], vec![0xff; 64]] {
                let command = ScriptCommand { kind, payload, gap_us: 0 };
                let what = "a command of a kind that the schema does not declare";
                if !expect_rejection(run, &mut session, &command, Status::Fail, what) {
                    return;
                }
            }
        }
    });
}
