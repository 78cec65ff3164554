//! The parent process: starts a child for each check, and makes the report.

use std::{
    fs::File,
    io,
    num::NonZero,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use statevec_abi_alloc::schema::SchemaRegistry;

use super::{
    CHECKS, Check,
    catalog::Way,
    crash,
    differences::Differences,
    job::{Job, Task},
    journal::Line,
    process::{ChildProgram, Children, Ended},
    report::{CheckResult, Coverage, Finding, Report, Status},
};
use crate::{
    Sha256,
    json::{CommandError, parse_command},
};

/// Everything that a run of checks can be told.
#[derive(Debug, Clone)]
pub struct CheckOptions {
    /// The plugin's file.
    pub plugin: PathBuf,
    /// The plugin as the user named it, for texts.
    pub shown: String,
    /// Loads the file only if it has this digest.
    pub sha256: Option<Sha256>,
    /// Loads the file even if every user may change it.
    pub allow_world_writable: bool,
    /// The plugin's configuration.
    pub config: String,
    /// Commands that are mixed into the generated ones, as `statevec-host run` reads them.
    pub examples: Vec<String>,
    /// The seed of all generated commands.
    pub seed: u64,
    /// Generated scripts per step.
    pub cases: u32,
    /// The checks to make; empty for all.
    pub only: Vec<&'static Check>,
    /// The most seconds that one child process may take.
    pub seconds: u64,
    /// The most memory of one child process, in MiB.
    pub memory_mib: u64,
    /// Options of the command line that reproduce the run, each with a space before it.
    pub arguments: String,
}

/// The reason why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The plugin's file cannot be read.
    #[error("cannot read the plugin {}", path.display())]
    File {
        /// The path as given.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// The child processes cannot be started.
    #[error("cannot start a process for a check")]
    Start {
        /// The operating system's error.
        #[from]
        source: io::Error,
    },
    /// An example is no command of the plugin.
    #[error("example {number} is not a command of this plugin")]
    Example {
        /// The number of the example, from 1.
        number: usize,
        /// The fault.
        source: CommandError,
    },
    /// The checks were stopped before their end.
    #[error("the checks were stopped before their end")]
    Stopped,
}

/// Checks a plugin, each check in a process of its own.
///
/// `is_stopped` is asked again and again. Once it returns true, the processes are ended, and there
/// is no report.
///
/// # Errors
///
/// The file cannot be read, no process can be started, an example is no command of the plugin, or
/// the checks were stopped. Everything that is wrong with the plugin is in the report.
pub fn run(
    options: &CheckOptions,
    program: &ChildProgram,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<Report, CheckError> {
    let report = report(options, program, is_stopped);
    if is_stopped() { Err(CheckError::Stopped) } else { report }
}

fn report(
    options: &CheckOptions,
    program: &ChildProgram,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Result<Report, CheckError> {
    let path = &options.plugin;
    let file = |source| CheckError::File { path: path.clone(), source };
    let sha256 = File::open(path).and_then(Sha256::of).map_err(file)?;
    let folder = tempfile::tempdir()?;
    let mut children = Children::new(program, folder.path(), job(options), is_stopped);
    let described = children.run(Task::Describe)?;
    let plugin = Described::of(described);
    if let Ok(plugin) = &plugin {
        check_examples(&options.examples, &plugin.schema)?;
        children.job.name.clone_from(&plugin.name);
        children.job.schema.clone_from(&plugin.schema_json);
        children.job.catches_panics = plugin.catches_panics;
    }
    let checks: Vec<&'static Check> = if options.only.is_empty() {
        CHECKS.iter().collect()
    } else {
        CHECKS
            .iter()
            .filter(|check| options.only.iter().any(|one| one.name == check.name))
            .collect()
    };
    let coverage = Mutex::new(Coverage::default());
    let results = make_all(&checks, |check| {
        let findings = match &plugin {
            Err(finding) => Ok(vec![without_plugin(check, finding)]),
            Ok(plugin) => make(&children, check, plugin, &coverage),
        };
        Ok(result(options, check, findings?))
    })?;
    Ok(Report {
        plugin: plugin.ok().map(|plugin| plugin.name),
        file: options.shown.clone(),
        sha256: sha256.to_string(),
        seed: options.seed,
        checks: results,
        coverage: coverage.into_inner().unwrap_or_else(PoisonError::into_inner),
    })
}

fn job(options: &CheckOptions) -> Job {
    Job {
        parent: std::process::id(),
        plugin: options.plugin.clone(),
        sha256: options.sha256.map(|digest| digest.to_string()),
        allow_world_writable: options.allow_world_writable,
        config: options.config.clone(),
        examples: options.examples.clone(),
        seed: options.seed,
        cases: options.cases,
        memory_mib: options.memory_mib,
        seconds: options.seconds,
        name: String::new(),
        schema: String::new(),
        catches_panics: None,
        task: Task::Describe,
    }
}

/// The plugin's own texts.
pub(super) struct Described {
    name: String,
    schema_json: String,
    pub(super) schema: SchemaRegistry,
    catches_panics: Option<bool>,
}

impl Described {
    /// The texts that a child noted, or the reason why it could not load the plugin.
    fn of(ended: Ended) -> Result<Self, Finding> {
        let mut finding = None;
        for line in ended.lines {
            match line {
                Line::Described { name, schema: schema_json, catches_panics } => {
                    if let Ok(schema) = SchemaRegistry::from_idl_json(&schema_json) {
                        return Ok(Self { name, schema_json, schema, catches_panics });
                    }
                }
                Line::Finding(found) => finding = Some(found),
                _ => {}
            }
        }
        Err(finding.unwrap_or_else(|| Finding {
            status: Status::Fail,
            step: "the library".into(),
            why: ended.fault.unwrap_or_else(|| "the library has no schema".into()),
            commands: Vec::new(),
        }))
    }
}

fn check_examples(examples: &[String], schema: &SchemaRegistry) -> Result<(), CheckError> {
    for (number, line) in (1..).zip(examples) {
        parse_command(schema, line.as_bytes(), &mut Vec::new())
            .map_err(|source| CheckError::Example { number, source })?;
    }
    Ok(())
}

/// Makes checks on all processors, and returns the results in order.
fn make_all(
    checks: &[&'static Check],
    make: impl Fn(&'static Check) -> Result<CheckResult, CheckError> + Sync,
) -> Result<Vec<CheckResult>, CheckError> {
    let next = AtomicUsize::new(0);
    let results: Vec<_> = checks.iter().map(|_| Mutex::new(None)).collect();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get).min(4) {
            scope.spawn(|| {
                while let Some((check, result)) = {
                    let place = next.fetch_add(1, Relaxed);
                    checks.get(place).zip(results.get(place))
                } {
                    *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(make(check));
                }
            });
        }
    });
    let taken = results
        .into_iter()
        .filter_map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner));
    taken.collect()
}

fn make(
    children: &Children<'_>,
    check: &'static Check,
    plugin: &Described,
    coverage: &Mutex<Coverage>,
) -> Result<Vec<Finding>, CheckError> {
    match check.way {
        Way::Load => Ok(Vec::new()),
        Way::Processes(variation) => {
            Ok(Differences { children, schema: &plugin.schema }.find(variation)?)
        }
        Way::Steps(_) => {
            let (findings, found) = crash::make_steps(children, check, &plugin.schema)?;
            if let Some(found) = found {
                *coverage.lock().unwrap_or_else(PoisonError::into_inner) = found;
            }
            Ok(findings)
        }
    }
}

/// The finding of a check when the plugin cannot be loaded.
fn without_plugin(check: &Check, finding: &Finding) -> Finding {
    match check.way {
        Way::Load => finding.clone(),
        _ => Finding {
            status: Status::Skip,
            step: "the library".into(),
            why: "the plugin cannot be loaded".into(),
            commands: Vec::new(),
        },
    }
}

fn result(
    options: &CheckOptions,
    check: &'static Check,
    mut findings: Vec<Finding>,
) -> CheckResult {
    findings.dedup();
    let status = findings.iter().map(|finding| finding.status).max().unwrap_or(Status::Pass);
    let CheckOptions { shown, seed, arguments, .. } = options;
    let name = check.name;
    let reproduce = format!("statevec-host check {shown} --only {name} --seed {seed}{arguments}");
    CheckResult { check: name, status, findings, reproduce }
}
