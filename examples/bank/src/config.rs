//! The bank's configuration: lines of `key = value`; `#` begins a comment.

use core::fmt;

/// The bank's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    max_amount: i64,
}

/// The reason to refuse a configuration text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigError<'t> {
    /// A line that is not `key = value`.
    NotASetting {
        /// The number of the line, counted from 1.
        line: usize,
    },
    /// A key that the bank does not have.
    UnknownKey {
        /// The number of the line, counted from 1.
        line: usize,
        /// The key.
        key: &'t str,
    },
    /// A value out of its range.
    BadAmount {
        /// The number of the line, counted from 1.
        line: usize,
        /// The value.
        value: &'t str,
    },
}

impl Default for Config {
    fn default() -> Self {
        Self { max_amount: 1_000_000_000_000_000_000 }
    }
}

impl Config {
    /// Reads a configuration text. What it does not set keeps its default.
    ///
    /// ```
    /// use statevec_bank::Config;
    /// let config = Config::parse("max_amount = 5000  # what one command may move")?;
    /// assert_eq!(config.max_amount(), 5000);
    /// # Ok::<(), statevec_bank::ConfigError<'static>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first line that cannot be used.
    pub fn parse(text: &str) -> Result<Self, ConfigError<'_>> {
        let mut config = Self::default();
        for (line, setting) in (1..).zip(text.lines()) {
            let setting = setting.split('#').next().unwrap_or_default().trim();
            if setting.is_empty() {
                continue;
            }
            let (key, value) = setting.split_once('=').ok_or(ConfigError::NotASetting { line })?;
            match (key.trim(), value.trim()) {
                ("max_amount", value) => config.max_amount = amount(line, value)?,
                (key, _) => return Err(ConfigError::UnknownKey { line, key }),
            }
        }
        Ok(config)
    }

    /// `max_amount`: the most that one command may move; 10^18 unless set.
    #[must_use]
    pub const fn max_amount(&self) -> i64 {
        self.max_amount
    }
}

fn amount(line: usize, value: &str) -> Result<i64, ConfigError<'_>> {
    let amount = value.parse().ok().filter(|&amount| amount > 0);
    amount.ok_or(ConfigError::BadAmount { line, value })
}

impl fmt::Display for ConfigError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotASetting { line } => write!(f, "line {line}: expected `key = value`"),
            Self::UnknownKey { line, key } => {
                write!(f, "line {line}: unknown key `{key}`; the bank has `max_amount`")
            }
            Self::BadAmount { line, value } => {
                write!(
                    f,
                    "line {line}: max_amount is `{value}`; expected a whole number from 1 to {}",
                    i64::MAX
                )
            }
        }
    }
}

impl core::error::Error for ConfigError<'_> {}
