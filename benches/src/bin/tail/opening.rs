//! Commands at fixed times, and how long each took.

use std::{
    error::Error,
    fmt,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use statevec_abi::{boundary::RuntimeCommandRef, typed::Payload as _};
use statevec_bank::Transfer;
use statevec_benches::{
    ledger::{EngineLedger, Ledger},
    processor::processor_time,
};
use statevec_host::Outcome;

/// The percentiles of the picture.
pub(crate) const PERCENTILES: [f64; 8] = [50.0, 90.0, 99.0, 99.9, 99.99, 99.999, 99.9999, 100.0];

/// The times of many commands.
pub(crate) struct Opening {
    name: String,
    opens: bool,
    interval: Duration,
    /// From when a command was due until its end.
    due: Histogram<u64>,
    processor: Histogram<u64>,
}

/// Commands are run so many times, each time on an empty ledger.
pub(crate) const RUNS: usize = 2;

impl Opening {
    /// Opens accounts in an order all over the place, one every `micros` microseconds, in ledgers
    /// that `make` makes. Returns the last ledger, too.
    pub(crate) fn measure<L: Ledger>(
        mut make: impl FnMut() -> Result<L, Box<dyn Error>>,
        accounts: u64,
        micros: u64,
    ) -> Result<(Self, L), Box<dyn Error>> {
        let mut ledger = make()?;
        let mut opening = Self::new(ledger.name(), true, micros)?;
        let mut least = Least::default();
        for run in 1..=RUNS {
            opening
                .run(&mut least, accounts, |number| ledger.deposit(scattered(number, accounts)))?;
            if run < RUNS {
                drop(ledger);
                ledger = make()?;
            }
        }
        opening.finish(&least)?;
        Ok((opening, ledger))
    }

    pub(crate) fn new(name: String, opens: bool, micros: u64) -> Result<Self, Box<dyn Error>> {
        let interval = Duration::from_micros(micros);
        Ok(Self { name, opens, interval, due: Histogram::new(3)?, processor: Histogram::new(3)? })
    }

    /// Runs commands at fixed times.
    pub(crate) fn run(
        &mut self,
        least: &mut Least,
        commands: u64,
        mut run: impl FnMut(u64) -> Result<(), Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        let began = Instant::now();
        for number in 0..commands {
            let due = self.interval * number as u32;
            while began.elapsed() < due {
                std::hint::spin_loop();
            }
            let before = processor_time();
            run(number)?;
            least.note(number as usize, processor_time() - before);
            self.due.record(nanos(began.elapsed().saturating_sub(due)))?;
        }
        Ok(())
    }

    /// Counts the least times.
    pub(crate) fn finish(&mut self, least: &Least) -> Result<(), Box<dyn Error>> {
        for nanos in &least.nanos {
            self.processor.record(u64::from(*nanos).max(1))?;
        }
        eprintln!("{}: measured", self.name);
        Ok(())
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// True if accounts were opened.
    pub(crate) fn opens(&self) -> bool {
        self.opens
    }

    /// The processor's nanoseconds at [`PERCENTILES`].
    pub(crate) fn percentiles(&self) -> [f64; 8] {
        PERCENTILES.map(|percentile| self.processor.value_at_percentile(percentile) as f64)
    }
}

/// The least processor time of each command over several runs. Growth comes at the same command in
/// every run; interrupts and faults of the machine do not.
#[derive(Default)]
pub(crate) struct Least {
    nanos: Vec<u32>,
}

impl Least {
    fn note(&mut self, number: usize, time: Duration) {
        let nanos = u32::try_from(time.as_nanos()).unwrap_or(u32::MAX);
        match self.nanos.get_mut(number) {
            Some(least) => *least = nanos.min(*least),
            None => self.nanos.push(nanos),
        }
    }
}

/// Numbers from 1 to `count`, each once, all over the place.
pub(crate) fn scattered(number: u64, count: u64) -> u64 {
    // A prime that does not divide the counts in use.
    number * 7_919 % count + 1
}

/// Transfers to an account that does not exist: each changes one account, is refused, and undone.
pub(crate) fn rollbacks(
    ledger: &mut EngineLedger,
    commands: u64,
) -> Result<Opening, Box<dyn Error>> {
    let accounts = ledger.engine().store().len(1) as u64 - 1;
    let mut opening = Opening::new("engine, rolled back".into(), false, 2)?;
    let mut least = Least::default();
    for _ in 0..RUNS {
        opening.run(&mut least, commands, |number| {
            let mut payload = [0; 24];
            let transfer = Transfer { from: scattered(number, accounts), to: u64::MAX, amount: 1 };
            transfer.encode(&mut payload)?;
            let seq = ledger.engine().position().next_ext_seq().unwrap_or(u64::MAX);
            match ledger.engine().run(&RuntimeCommandRef::new(3, seq, seq, &payload)) {
                Outcome::Rejected(_) => Ok(()),
                other => Err(format!("{other:?}").into()),
            }
        })?;
    }
    opening.finish(&least)?;
    Ok(opening)
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1)
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = |nanos: u64| nanos as f64 / 1e3;
        let at = |times: &Histogram<u64>, percentile| micros(times.value_at_percentile(percentile));
        let Self { name, interval, due, processor, .. } = self;
        write!(f, "| {name} | {} | {} µs ", processor.len(), interval.as_micros())?;
        write!(f, "| {:.1} | {:.1} ", at(processor, 99.99), at(processor, 99.9999))?;
        write!(f, "| {:.1} ", micros(processor.max()))?;
        write!(f, "| {:.1} | {:.1} ", at(due, 50.0), at(due, 99.99))?;
        writeln!(f, "| {:.1} |", micros(due.max()))
    }
}
