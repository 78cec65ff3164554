use statevec_abi::EnumU8;

#[derive(Clone, Copy, PartialEq, Eq, EnumU8)]
struct Side(u8);

fn main() {}
