//! The schema: parts that hosts accept and that make work for their users.

use statevec_abi_alloc::schema::FieldType;

use crate::check::run::Run;

pub(in crate::check) fn schema(run: &Run<'_>) {
    let schema = run.plugin.schema();
    run.step("commands", || {
        if schema.command_defs().len() == 0 {
            run.warn(
                "the schema declares no command, so no tool can send one by name; declare them",
            );
        }
    });
    run.step("enums", || {
        let payloads = schema.command_defs().chain(schema.event_defs());
        let of_payloads = payloads.flat_map(|def| {
            def.fields.iter().map(|field| (&def.name, field.ty, &field.enum_type_name))
        });
        let of_records = schema.record_defs().flat_map(|def| {
            def.fields.iter().map(|field| (&def.name, field.ty, &field.enum_type_name))
        });
        for (owner, ty, name) in of_payloads.chain(of_records) {
            let Some(name) = name.as_deref().filter(|_| ty == FieldType::EnumU8) else { continue };
            if schema.try_get_enum(name).is_none() {
                run.warn(format!(
                    "{owner} has a field of enum {name}, which the schema does not list: its values \
                     are shown as numbers; list the enum in types"
                ));
            }
        }
    });
    run.step("text", || {
        if schema.to_idl_json() != run.plugin.schema_json() {
            run.warn(
                "the schema's text is not in the form of ABI.md section 5 byte for byte; a tool that \
                 compares texts finds a difference",
            );
        }
    });
    run.step("keys", || {
        for def in schema.record_defs().filter(|def| def.pk_fields.is_empty()) {
            run.warn(format!(
                "records of {} have no primary key, so that they can neither be updated nor deleted",
                def.name
            ));
        }
    });
}
