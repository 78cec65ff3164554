//! Parameters in the query of a URL.

use std::{fmt::Display, str::FromStr};

use axum::http::StatusCode;

use super::problem::Problem;

/// The parameters of a request. Each may come once, and each must be known.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Checks the names of the parameters.
    pub(super) fn new(parameters: Vec<(String, String)>, known: &[&str]) -> Result<Self, Problem> {
        for (place, (name, _)) in parameters.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let known = known.join(", ");
                return Err(wrong(format!("unknown parameter {name:?}; known are: {known}")));
            }
            if parameters.iter().skip(place + 1).any(|(other, _)| other == name) {
                return Err(wrong(format!("parameter {name:?} stands there twice")));
            }
        }
        Ok(Self(parameters))
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A number, if the parameter is there.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        // `u64::from_str` takes a plus sign, which a form would have meant as a blank.
        let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| u64::from_str(text));
        match number {
            Some(Ok(number)) => Ok(Some(number)),
            _ => Err(wrong(format!("{name} must be a whole number, and is {text:?}"))),
        }
    }

    /// A value that is written as a text, if the parameter is there.
    pub(super) fn parsed<T: FromStr<Err: Display>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|error| wrong(format!("{name}: {error}")))
    }

    /// The number of items that a page may have: `limit`, or 100.
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        match self.number("limit")? {
            None => Ok(100),
            Some(limit @ 1..=1000) => Ok(limit as usize),
            Some(other) => Err(wrong(format!("limit must be from 1 to 1000, and is {other}"))),
        }
    }
}

/// A parameter that cannot be used.
pub(super) fn wrong(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, detail)
}

#[cfg(test)]
mod tests {
    use super::Query;

    fn query(list: &[(&str, &str)]) -> Option<Query> {
        let list = list.iter().map(|&(name, value)| (name.into(), value.into())).collect();
        Query::new(list, &["from", "limit"]).ok()
    }

    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        assert!(query(&[("form", "1")]).is_none());
        assert!(query(&[("from", "1"), ("from", "1")]).is_none());
        assert!(query(&[("from", "1"), ("limit", "2")]).is_some());
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        for text in ["", "-1", "+1", " 1", "1.0", "0x1", "18446744073709551616"] {
            assert!(query(&[("from", text)]).unwrap().number("from").is_err(), "{text:?}");
        }
        let most = query(&[("from", "18446744073709551615")]).unwrap();
        assert_eq!(most.number("from").unwrap(), Some(u64::MAX));
        for text in ["0", "1001"] {
            assert!(query(&[("limit", text)]).unwrap().limit().is_err(), "{text}");
        }
    }
}
