//! HTTP: connections, checks of each request, and the routes.

mod answer;
mod app;
mod body;
mod commands;
mod connections;
mod entries;
mod guard;
mod health;
mod key_range;
mod metrics;
mod page;
mod plugin;
mod problem;
mod query;
mod record_json;
mod record_page;
mod records;
mod reflected;
mod replicas;
mod router;
mod stalled;
mod status;
mod token;

pub(crate) use app::App;
pub(crate) use connections::serve;
pub(crate) use token::Token;
