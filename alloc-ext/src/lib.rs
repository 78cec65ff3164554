#![no_std]
//! x
extern crate alloc;

pub mod schema;
