//! One check in its child process: its steps, its generated scripts, and its findings.

use std::cell::{Cell, RefCell};

use statevec_abi_alloc::schema::SchemaRegistry;

use super::{
    compare::first_difference,
    field_values::Flavour,
    generate::{Generator, shrink},
    job::{Job, Task},
    journal::{Journal, Line},
    report::{Finding, Status},
    script::{ScriptCommand, lines},
    session::{Seen, Session},
    steps::process::State,
};
use crate::{LoadedPlugin, json::parse_command};

/// A check that is running.
pub(super) struct Run<'r> {
    /// The plugin behind the watching table.
    pub(super) plugin: LoadedPlugin,
    /// The process before the plugin was loaded.
    pub(super) before: State,
    pub(super) job: &'r Job,
    journal: &'r Journal,
    examples: Vec<ScriptCommand>,
    /// Steps below this one have been made by another process.
    from_step: usize,
    /// The one step that runs with a given script.
    replay: Option<(usize, &'r [ScriptCommand])>,
    steps: Cell<usize>,
    step: RefCell<String>,
}

/// The reason why a script fails a check.
pub(super) struct Fault {
    pub(super) status: Status,
    pub(super) why: String,
}

impl Fault {
    pub(super) fn fail(why: impl Into<String>) -> Self {
        Self { status: Status::Fail, why: why.into() }
    }

    pub(super) fn warn(why: impl Into<String>) -> Self {
        Self { status: Status::Warn, why: why.into() }
    }
}

/// How many scripts are run to find a shorter one.
const SHRINK_RUNS: u32 = 2_000;

impl<'r> Run<'r> {
    pub(super) fn new(
        plugin: LoadedPlugin,
        before: State,
        job: &'r Job,
        journal: &'r Journal,
    ) -> Self {
        let (from_step, replay) = match &job.task {
            Task::Check { from_step, .. } => (*from_step, None),
            Task::Replay { step, script, .. } => (*step, Some((*step, script.as_slice()))),
            Task::Describe | Task::Transcribe { .. } => (0, None),
        };
        let examples = examples(plugin.schema(), &job.examples);
        let (steps, step) = (Cell::new(0), RefCell::default());
        Self { plugin, before, job, journal, examples, from_step, replay, steps, step }
    }

    /// Makes a step, unless another process has made it or ended in it.
    pub(super) fn step(&self, name: &str, body: impl FnOnce()) {
        let number = self.steps.replace(self.steps.get() + 1);
        let is_left_out = match self.replay {
            Some((step, _)) => number != step,
            None => number < self.from_step,
        };
        if is_left_out {
            return;
        }
        *self.step.borrow_mut() = name.to_owned();
        self.journal.write(&Line::Step { number, name: name.to_owned() });
        body();
    }

    pub(super) fn fail(&self, why: impl Into<String>) {
        self.find(Status::Fail, why.into(), &[]);
    }

    pub(super) fn warn(&self, why: impl Into<String>) {
        self.find(Status::Warn, why.into(), &[]);
    }

    pub(super) fn skip(&self, why: impl Into<String>) {
        self.find(Status::Skip, why.into(), &[]);
    }

    pub(super) fn find(&self, status: Status, why: String, script: &[ScriptCommand]) {
        let commands = lines(self.plugin.schema(), script);
        let step = self.step.borrow().clone();
        self.journal.write(&Line::Finding(Finding { status, step, why, commands }));
    }

    pub(super) fn write(&self, line: &Line) {
        self.journal.write(line);
    }

    /// The scripts of a flavour; `None`, with a finding, if the schema declares no command.
    pub(super) fn generator(&self, flavour: Flavour) -> Option<Generator> {
        let schema = self.plugin.schema();
        let generator = Generator::new(schema, &self.examples, flavour, self.job.seed);
        if generator.is_none() {
            self.skip("the schema declares no command, so none can be generated");
        }
        generator
    }

    /// Runs a test over generated scripts until one fails, and reports the shortest that does.
    pub(super) fn search(
        &self,
        flavour: Flavour,
        test: impl Fn(&[ScriptCommand]) -> Option<Fault>,
    ) {
        self.search_some(flavour, self.job.cases, test);
    }

    /// As [`search`](Self::search), over fewer scripts, for tests that run each many times.
    pub(super) fn search_some(
        &self,
        flavour: Flavour,
        cases: u32,
        test: impl Fn(&[ScriptCommand]) -> Option<Fault>,
    ) {
        if let Some((_, script)) = self.replay {
            if let Some(fault) = test(script) {
                self.find(fault.status, fault.why, script);
            }
            return;
        }
        let Some(generator) = self.generator(flavour) else { return };
        for number in 0..cases {
            self.journal.write(&Line::Case { generator: generator.flavour(), number });
            let whole = generator.script(number);
            let Some(fault) = test(&whole) else { continue };
            let Some(tree) = generator.tree(number) else { continue };
            let (script, fault) = shrink(tree, fault, SHRINK_RUNS, &test);
            self.find(fault.status, fault.why, &script);
            if script == whole && script.len() > 1 {
                self.journal.write(&Line::NotShrunk { generator: generator.flavour(), number });
            }
            return;
        }
    }

    /// A new instance with no records; `None`, with a finding, if the plugin makes none.
    pub(super) fn session(&self) -> Option<Session> {
        match Session::create(&self.plugin, &self.job.config) {
            Ok(session) => Some(session),
            Err(error) => {
                let error = std::error::Error::source(&error)
                    .map_or(error.to_string(), |source| format!("{error}: {source}"));
                self.skip(format!("no instance can be made: {error}"));
                None
            }
        }
    }

    /// The first difference between two runs of a script.
    pub(super) fn difference(&self, first: &[Seen], second: &[Seen]) -> Option<String> {
        first_difference(self.plugin.schema(), first, second)
    }
}

/// The user's commands. The parent has checked the lines with the same schema.
pub(super) fn examples(schema: &SchemaRegistry, lines: &[String]) -> Vec<ScriptCommand> {
    let command = |line: &String| {
        let mut payload = Vec::new();
        let parsed = parse_command(schema, line.as_bytes(), &mut payload).ok()?;
        Some(ScriptCommand { kind: parsed.kind, payload, gap_us: 1 })
    };
    lines.iter().filter_map(command).collect()
}
