//! The whole state as bytes.

use statevec_abi_alloc::schema::PkLayout;

use super::{Store, table::RecordTable};

impl Store {
    /// The whole state as bytes. Two stores of one schema have the same image exactly when no
    /// transaction can tell them apart.
    ///
    /// For each record kind, ascending: kind (1 byte), next number (8), data size, key length and
    /// number of records (8 each). Then for each record, ascending: its number (8), primary key and
    /// data. Integers are little-endian. The image is for comparisons; its form may change between
    /// versions.
    #[must_use]
    pub fn image(&self) -> Vec<u8> {
        let mut image = Vec::new();
        for table in self.tables.iter() {
            table.write_image(&mut image);
        }
        image
    }
}

impl RecordTable {
    fn write_image(&self, image: &mut Vec<u8>) {
        let pk_len = self.layout().pk().map_or(0, PkLayout::pk_len);
        image.push(self.layout().kind());
        image.extend_from_slice(&self.next_id().to_le_bytes());
        for number in [self.layout().data_size(), pk_len, self.len()] {
            image.extend_from_slice(&(number as u64).to_le_bytes());
        }
        for slot in self.slots() {
            let record = self.record(slot);
            image.extend_from_slice(&record.sys_id.to_le_bytes());
            image.extend_from_slice(self.key(slot));
            image.extend_from_slice(record.data);
        }
    }
}
