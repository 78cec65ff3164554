//! Declarations that a macro by example makes: its fragments arrive in invisible groups.

use statevec_abi::prelude::*;

macro_rules! side {
    ($($variant:ident = $value:literal),*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, EnumU8)]
        #[repr(u8)]
        pub(crate) enum Side { $($variant = $value),* }
    };
}
side!(Buy = 1, Sell = 2);

macro_rules! event {
    ($name:ident, $kind:literal, $max_len:literal, $lifetime:lifetime, $text:ty) => {
        #[derive(Debug, PartialEq, Eq, Event)]
        #[event(kind = $kind, max_len = $max_len)]
        pub(crate) struct $name<$lifetime> {
            pub(crate) id: u64,
            pub(crate) text: &$lifetime $text,
        }
    };
}
event!(Noted, 3, 64, 'a, [u8]);

macro_rules! record {
    ($name:ident, $kind:literal, $len:literal, $key:ident, $id:ty, $code:ty) => {
        #[derive(Debug, PartialEq, Eq, Record)]
        #[record(kind = $kind, len = $len, pk($key))]
        pub(crate) struct $name {
            #[field(immutable)]
            pub(crate) $key: $id,
            pub(crate) code: $code,
            pub(crate) side: Side,
        }
    };
}
record!(Order, 5, 64, id, u64, FixedBytes<4>);

#[test]
fn values_types_and_lifetimes_of_a_macro_are_seen() {
    assert_eq!(Side::try_from(2), Ok(Side::Sell));
    let mut bytes = [0; 64];
    let len = Noted { id: 7, text: b"hi" }.encode(&mut bytes).unwrap();
    assert_eq!(Noted::decode(&bytes[..len]).unwrap(), Noted { id: 7, text: b"hi" });
    assert_eq!(Noted::KIND, 3);
    assert_eq!(Order::pk(1).as_bytes(), [0, 0, 0, 0, 0, 0, 0, 1]);
    assert_eq!(Order::DATA_SIZE, 48);
}

mod renamed {
    //! The crate under another path, as a facade crate would have it.

    pub(crate) use statevec_abi as facade;

    #[derive(Debug, Clone, Copy, PartialEq, Eq, facade::typed::EnumU8)]
    #[enum_u8(crate = "crate::macro_groups::renamed::facade")]
    #[repr(u8)]
    pub(crate) enum Level {
        Low = 1,
    }

    #[derive(facade::typed::Record)]
    #[record(kind = 1, len = 64, pk(id), crate = "crate::macro_groups::renamed::facade")]
    pub(crate) struct Kept {
        #[field(immutable)]
        pub(crate) id: u64,
        pub(crate) level: Level,
    }

    #[derive(facade::typed::Command)]
    #[command(kind = 1, crate = crate::macro_groups::renamed::facade)]
    pub(crate) struct Keep {
        pub(crate) id: u64,
    }

    #[derive(facade::typed::Event)]
    #[event(kind = 1, crate = "crate::macro_groups::renamed::facade")]
    pub(crate) struct Done {
        pub(crate) id: u64,
    }

    facade::schema! {
        crate = crate::macro_groups::renamed::facade,
        pub(crate) const SCHEMA = {
            version: "1.0",
            records: [Kept],
            commands: [Keep],
            events: [Done],
            types: [Level],
        };
    }
}

#[test]
fn declarations_work_under_another_path_of_the_crate() {
    let kept = renamed::Kept { id: 3, level: renamed::Level::Low };
    assert_eq!(renamed::Kept::view(&kept.to_bytes()).unwrap().id(), 3);
    assert_eq!(renamed::Keep { id: 1 }.id + renamed::Done { id: 1 }.id, 2);
    assert!(renamed::SCHEMA.json.contains("\"Level\""));
    assert_eq!(<renamed::Keep as Payload>::KIND, 1);
}
