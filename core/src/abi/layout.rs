//! Layout assertions. They stand beside their types.
//!
//! A `repr(C)` layout depends on two numbers of the target: the width of a pointer and the
//! alignment of `u64`. The three combinations that exist are the columns of every table: 64-bit,
//! 32-bit (ARM, RISC-V, wasm32), and 32-bit with `u64` aligned to 4 (i686).

/// The column of this target.
pub(crate) const COLUMN: usize = match (size_of::<usize>(), align_of::<u64>()) {
    (8, 8) => 0,
    (4, 8) => 1,
    (4, 4) => 2,
    _ => panic!("no layout is defined for this target's pointer width and u64 alignment"),
};

/// Asserts size, alignment and every field offset of a `repr(C)` type, one array of columns each.
macro_rules! assert_layout {
    ($ty:ty { size: $size:expr, align: $align:expr $(, $field:ident: $offset:expr)* $(,)? }) => {
        static_assertions::const_assert_eq!(size_of::<$ty>(), $size[crate::abi::layout::COLUMN]);
        static_assertions::const_assert_eq!(align_of::<$ty>(), $align[crate::abi::layout::COLUMN]);
        $(static_assertions::const_assert_eq!(core::mem::offset_of!($ty, $field), $offset[crate::abi::layout::COLUMN]);)*
    };
}
pub(crate) use assert_layout;
