//! Places of panics, and their payloads: `update visitor bomb`.

use std::{cell::Cell, panic::panic_any};

/// The payload of a panic.
#[derive(Clone, Copy)]
pub(super) enum Thrown {
    Text,
    Bomb,
}

/// A payload whose destructor panics, with another of its kind.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic_any(Self);
    }
}

/// A value that a visitor holds and whose destructor panics.
pub(super) struct Grenade(pub(super) Thrown);

impl Drop for Grenade {
    fn drop(&mut self) {
        throw("destructor of what a visitor holds", self.0);
    }
}

thread_local! {
    static NAME: Cell<Option<Thrown>> = const { Cell::new(None) };
    static SCHEMA_TEXT: Cell<Option<Thrown>> = const { Cell::new(None) };
    static PANICS: Cell<u32> = const { Cell::new(0) };
}

pub(crate) fn forget() {
    NAME.set(None);
    SCHEMA_TEXT.set(None);
    PANICS.set(0);
}

/// Number of panics on this thread since the last reset.
pub(crate) fn panics() -> u32 {
    PANICS.get()
}

pub(crate) fn panic_before_there_is_an_instance(how: &str) -> Option<()> {
    match parse(how)? {
        ("name", thrown) => NAME.set(Some(thrown)),
        ("schema", thrown) => SCHEMA_TEXT.set(Some(thrown)),
        _ => return None,
    }
    Some(())
}

/// Panics in `name` or `schema`, if it was set to.
pub(super) fn throw_if_told(place: &str) {
    let told = if place == "name" { NAME.get() } else { SCHEMA_TEXT.get() };
    if let Some(thrown) = told {
        throw(place, thrown);
    }
}

/// `PLACE text` or `PLACE bomb`.
pub(super) fn parse(how: &str) -> Option<(&str, Thrown)> {
    let (place, thrown) = how.rsplit_once(' ')?;
    match thrown {
        "text" => Some((place, Thrown::Text)),
        "bomb" => Some((place, Thrown::Bomb)),
        _ => None,
    }
}

pub(super) fn throw(place: &str, thrown: Thrown) -> ! {
    PANICS.set(panics() + 1);
    match thrown {
        Thrown::Text => panic!("on purpose, in {place}"),
        Thrown::Bomb => panic_any(Bomb),
    }
}

/// A function that holds the grenade until its closure returns.
pub(super) fn drop_at_the_end(_: &Grenade) {}
