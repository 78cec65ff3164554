//! All compared peers do the same work.

use std::error::Error;

use statevec_benches::{
    Peer,
    peers::{PeerVisitor, each, each_half},
    verify::{expected_checksum, verify},
};

#[derive(Default)]
struct Checksums(Vec<(&'static str, u64)>);

impl PeerVisitor for Checksums {
    fn visit<P: Peer>(&mut self) -> Result<(), Box<dyn Error>> {
        let mut peer = P::load()?;
        self.0.push((P::NAME, verify(&mut peer)?));
        Ok(())
    }
}

#[test]
fn every_peer_leaves_the_same_store() -> Result<(), Box<dyn Error>> {
    let mut checksums = Checksums::default();
    each(&mut checksums)?;
    each_half(&mut checksums)?;
    assert!(checksums.0.len() >= 7, "only {:?}", checksums.0);
    for (peer, checksum) in checksums.0 {
        println!("{checksum:016x}  {peer}");
        assert_eq!(checksum, expected_checksum(), "{peer}");
    }
    Ok(())
}
