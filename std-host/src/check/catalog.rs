//! The list of checks, with their explanations.

use super::{
    job::Variation,
    run::Run,
    steps::{
        contract, coverage, create, declarations, determinism, host_failures, life, null_pointers,
        outcomes, payloads, process, schema, written,
    },
};

/// One check.
#[derive(Clone, Copy)]
pub struct Check {
    /// Its name, as `--only` takes it.
    pub name: &'static str,
    /// The part of the contract that it looks at.
    pub area: Area,
    /// Its work, the faults that it finds, and the remedy.
    pub explanation: &'static str,
    pub(super) way: Way,
}

/// The areas of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// The binary contract.
    Contract,
    /// The same commands give the same results.
    Determinism,
    /// Outcomes, events and records.
    Behaviour,
    /// Memory, threads, files and output.
    Process,
}

impl Area {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Determinism => "determinism",
            Self::Behaviour => "behaviour",
            Self::Process => "process",
        }
    }
}

/// How a check is made.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// The parent process loads the plugin in a child, and needs no more.
    Load,
    /// A child process makes the steps.
    Steps(fn(&Run<'_>)),
    /// Two child processes run the same scripts, and the parent compares.
    Processes(Variation),
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Check").field("name", &self.name).field("area", &self.area).finish()
    }
}

/// The check of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

const fn steps(
    name: &'static str,
    area: Area,
    steps: fn(&Run<'_>),
    explanation: &'static str,
) -> Check {
    Check { name, area, explanation, way: Way::Steps(steps) }
}

const fn processes(name: &'static str, variation: Variation, explanation: &'static str) -> Check {
    Check { name, area: Area::Determinism, explanation, way: Way::Processes(variation) }
}

/// All checks, in the order of a report.
pub const CHECKS: &[Check] = &[
    Check {
        name: "load",
        area: Area::Contract,
        explanation: "Loads the library: its format, its symbols, the version and the entries of its \
            table, its name, and its schema.",
        way: Way::Load,
    },
    steps(
        "declarations",
        Area::Contract,
        declarations::declarations,
        "Asks for name and schema again: in a second call, in another process, after commands. Both \
         must be constants.",
    ),
    steps(
        "schema",
        Area::Contract,
        schema::schema,
        "Looks for parts of the schema that make work for its users: no commands, enums that are not \
         listed, records without a key, a text that is not in the contract's form.",
    ),
    steps(
        "create",
        Area::Contract,
        create::create,
        "Creates instances with an empty, an invalid and a huge configuration, and with bytes that \
         are not UTF-8. The plugin must take each or refuse it with CONFIG_ERROR, always alike.",
    ),
    steps(
        "null-pointers",
        Area::Contract,
        null_pointers::null_pointers,
        "Passes null handles, contexts, bytes and out parameters. The plugin must fail, and an error \
         buffer that is null must be left alone.",
    ),
    steps(
        "answers",
        Area::Contract,
        contract::answers,
        "Reads status and error buffer of each call: status 0 or 1, the right phase, a defined kind, \
         a text of at most 512 bytes in UTF-8, a handle if there is an instance.",
    ),
    steps(
        "host-calls",
        Area::Contract,
        contract::host_calls,
        "Reads the host's answers to the plugin's calls. A refused call is a mistake of the plugin: a \
         null pointer, a key of a wrong length, an undeclared kind, a write inside a visitor, a \
         context that is used too late or on another thread, a change of a key or of an immutable \
         field.",
    ),
    steps(
        "panics",
        Area::Contract,
        contract::panics,
        "Asks the library whether it catches panics, and looks for commands that make it panic. A \
         panic that is not caught ends the process.",
    ),
    steps(
        "commands",
        Area::Behaviour,
        outcomes::commands,
        "Runs scripts of valid commands. Each must be committed or rejected. A declared command must \
         not have the answer of an unknown one.",
    ),
    steps(
        "boundary-values",
        Area::Behaviour,
        outcomes::boundary_values,
        "As commands, with the smallest and the largest values of each field.",
    ),
    steps(
        "malformed-payloads",
        Area::Behaviour,
        payloads::malformed_payloads,
        "Runs commands with payloads that are cut off, too long, random, or have values that no field \
         can have. Each must be rejected.",
    ),
    steps(
        "unknown-commands",
        Area::Behaviour,
        payloads::unknown_commands,
        "Runs commands of every kind that the schema does not declare. Each must be rejected.",
    ),
    steps(
        "events",
        Area::Behaviour,
        written::events,
        "Reads each event: its kind must be declared, its bytes must fit its fields, its enums must \
         have listed values.",
    ),
    steps(
        "records",
        Area::Behaviour,
        written::records,
        "Reads each record: its kind must be declared, its values must be such as its fields can \
         have, bytes of no field must be zero.",
    ),
    steps(
        "invariants",
        Area::Behaviour,
        outcomes::invariants,
        "Asks the plugin for its invariants after each command of many scripts.",
    ),
    steps(
        "rejection-trace",
        Area::Behaviour,
        outcomes::rejection_trace,
        "Runs a script again without the commands that were rejected. The others must have the same \
         results: a rejected command leaves no trace, in records or in the instance.",
    ),
    steps(
        "host-failures",
        Area::Behaviour,
        host_failures::host_failures,
        "Lets each host call of each command of a script fail in turn. The command must not be \
         committed as if nothing had happened, and must leave no trace in the plugin.",
    ),
    steps(
        "two-instances",
        Area::Determinism,
        determinism::two_instances,
        "Runs the same script in two instances of one process: outcomes, texts, events and records \
         must be the same. Finds hash order, random numbers, clocks and counters in statics.",
    ),
    steps(
        "new-instance",
        Area::Determinism,
        determinism::new_instance,
        "Makes the instance anew between commands, as a restart does. Finds state that the plugin \
         keeps outside of records.",
    ),
    steps(
        "other-thread",
        Area::Determinism,
        determinism::other_thread,
        "Moves an instance to another thread in the middle of a script. Finds thread-local state.",
    ),
    steps(
        "side-by-side",
        Area::Determinism,
        determinism::side_by_side,
        "Runs three instances in turn, and compares with one alone. Finds state that instances share.",
    ),
    processes(
        "two-processes",
        Variation::Same,
        "Runs the same scripts in two processes, which have other addresses and other random numbers.",
    ),
    processes(
        "addresses",
        Variation::Addresses,
        "As two-processes, with memory in another order. Finds results that depend on addresses.",
    ),
    processes(
        "environment",
        Variation::Environment,
        "As two-processes, with other environment variables, locale, time zone and working folder.",
    ),
    processes(
        "clock",
        Variation::Clock,
        "As two-processes, more than a second later; and a year later if libfaketime is installed. \
         The time of a command is its ref_ext_time_us.",
    ),
    steps(
        "create-destroy",
        Area::Process,
        life::create_destroy,
        "Creates and destroys thousands of instances: memory and open files must not grow (where the \
         system has /proc).",
    ),
    steps(
        "unload",
        Area::Process,
        life::unload,
        "Calls on_unload and destroys the instance, before and after commands.",
    ),
    steps(
        "process-state",
        Area::Process,
        process::process_state,
        "Compares the process before and after: working folder, environment variables, files, \
         threads, processes, signals.",
    ),
    steps(
        "output",
        Area::Process,
        process::output,
        "Looks for text that the plugin prints. A host may have no place for it: use the debug log.",
    ),
    steps(
        "coverage",
        Area::Behaviour,
        coverage::coverage,
        "Counts the commands that were committed and rejected, the events and the reasons that the \
         generated scripts reach. A part that is never reached was not checked.",
    ),
];
