//! The report of a measurement.

use std::{
    fmt::{self, Display, Formatter},
    time::Duration,
};

use serde::Serialize;
use statevec_host::{
    bench::{Comparison, Counted, Measured},
    foreign_text::Escaped,
};

use super::instructions::Instructions;

/// The measurements of one build.
pub(super) struct Build {
    pub(super) file: String,
    pub(super) counted: Counted,
    pub(super) measured: Measured,
    /// The reason if there are none.
    pub(super) instructions: Result<Instructions, String>,
}

/// Everything that is printed.
#[derive(Serialize)]
pub(super) struct Report<'b> {
    plugin: &'b str,
    commands: usize,
    #[serde(flatten)]
    first: Figures<'b>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<Compared<'b>>,
}

#[derive(Serialize)]
struct Compared<'b> {
    #[serde(flatten)]
    figures: Figures<'b>,
    /// Its time as a multiple of the first plugin's.
    time_ratio: f64,
    confidence_95: [f64; 2],
    pairs: usize,
}

/// The figures of one build, per command where nothing else is said.
#[derive(Serialize)]
struct Figures<'b> {
    file: &'b str,
    committed: u64,
    rejected: u64,
    failed: u64,
    commands_per_second: f64,
    commands_per_second_range: [f64; 2],
    rounds: usize,
    latency_ns: Latency,
    host_calls: f64,
    reads: f64,
    creates: f64,
    updates: f64,
    deletes: f64,
    events: f64,
    scans: f64,
    bytes_read: f64,
    bytes_written: f64,
    instructions: Option<f64>,
    allocations: Option<f64>,
    /// The program that counted them.
    counter: Option<&'b str>,
    /// The reason why instructions were not counted.
    not_counted: Option<&'b str>,
}

#[derive(Serialize)]
struct Latency {
    p50: u64,
    p90: u64,
    p99: u64,
    p999: u64,
    max: u64,
}

impl<'b> Report<'b> {
    pub(super) fn new(
        plugin: &'b str,
        commands: usize,
        first: &'b Build,
        compared: Option<&'b (Build, Comparison)>,
    ) -> Self {
        let compared = compared.map(|(build, comparison)| Compared {
            figures: Figures::of(build, commands),
            time_ratio: comparison.ratio,
            confidence_95: comparison.confidence,
            pairs: comparison.pairs,
        });
        Self { plugin, commands, first: Figures::of(first, commands), compared }
    }
}

impl<'b> Figures<'b> {
    fn of(build: &'b Build, commands: usize) -> Self {
        let Build { file, counted, measured, instructions } = build;
        let calls = &counted.host_calls;
        let each = |count: u64| count as f64 / commands.max(1) as f64;
        let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let at = |percent| nanoseconds(measured.latency(percent));
        let counts = instructions.as_ref().ok();
        Self {
            file,
            committed: counted.committed,
            rejected: counted.rejected,
            failed: counted.failed,
            commands_per_second: measured.commands_per_second(),
            commands_per_second_range: measured.range(),
            rounds: measured.rounds(),
            latency_ns: Latency {
                p50: at(50.0),
                p90: at(90.0),
                p99: at(99.0),
                p999: at(99.9),
                max: nanoseconds(measured.longest()),
            },
            host_calls: each(calls.host_calls()),
            reads: each(calls.reads),
            creates: each(calls.creates),
            updates: each(calls.updates),
            deletes: each(calls.deletes),
            events: each(calls.events),
            scans: each(calls.scans),
            bytes_read: each(calls.bytes_read),
            bytes_written: each(calls.bytes_written),
            instructions: counts.map(|counts| counts.each),
            allocations: counts.and_then(|counts| counts.allocations),
            counter: counts.map(|counts| counts.counter),
            not_counted: instructions.as_ref().err().map(String::as_str),
        }
    }
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { plugin, commands, first, compared } = self;
        writeln!(f, "plugin        {}", Escaped(plugin))?;
        writeln!(f, "commands      {commands} in each round")?;
        write!(f, "{first}")?;
        let Some(Compared { figures, time_ratio, confidence_95: [low, high], pairs }) = compared
        else {
            return Ok(());
        };
        write!(f, "\ncompared with\n{figures}")?;
        let percent = |ratio: f64| (ratio - 1.0) * 100.0;
        write!(
            f,
            "difference    {:+.1} % time, with 95 % confidence {:+.1} % to {:+.1} %, from {pairs} pairs of rounds: ",
            percent(*time_ratio),
            percent(*low),
            percent(*high)
        )?;
        let is_significant = *low > 1.0 || *high < 1.0;
        f.write_str(match is_significant {
            false => "no difference is shown\n",
            true if *time_ratio < 1.0 => "the other is faster\n",
            true => "the other is slower\n",
        })
    }
}

impl Display for Figures<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "file          {}", Escaped(self.file))?;
        writeln!(
            f,
            "outcomes      {} committed, {} rejected, {} failed",
            self.committed, self.rejected, self.failed
        )?;
        let Self { host_calls, reads, creates, updates, deletes, events, scans, .. } = self;
        writeln!(
            f,
            "host calls    {host_calls:.2} per command: {reads:.2} reads, {creates:.2} creates, {updates:.2} updates, \
             {deletes:.2} deletes, {events:.2} events, {scans:.2} scans"
        )?;
        let Self { bytes_read, bytes_written, .. } = self;
        writeln!(
            f,
            "bytes         {bytes_read:.1} read and {bytes_written:.1} written per command"
        )?;
        let [slowest, fastest] = self.commands_per_second_range;
        writeln!(
            f,
            "throughput    {:.0} commands per second, {slowest:.0} to {fastest:.0} in {} rounds",
            self.commands_per_second, self.rounds
        )?;
        let Latency { p50, p90, p99, p999, max } = self.latency_ns;
        writeln!(
            f,
            "latency       50 % {p50} ns, 90 % {p90} ns, 99 % {p99} ns, 99.9 % {p999} ns, longest {max} ns"
        )?;
        match (self.instructions, self.counter) {
            (Some(count), Some(counter)) => {
                writeln!(f, "instructions  {count:.0} per command, host included ({counter})")?;
            }
            _ => {
                let reason = Escaped(self.not_counted.unwrap_or_default());
                writeln!(f, "instructions  not counted: {reason}")?;
            }
        }
        match self.allocations {
            Some(allocations) => {
                writeln!(f, "allocations   {allocations:.2} of the plugin per command")
            }
            None => writeln!(f, "allocations   not counted"),
        }
    }
}
