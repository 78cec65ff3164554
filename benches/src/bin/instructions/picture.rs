//! The picture beside the tables: one panel per operation, one bar per peer.

use std::{error::Error, path::Path};

use plotters::prelude::*;
use statevec_benches::Operation;

use crate::callgrind::Costs;

const SHOWN: [Operation; 6] = [
    Operation::Noop,
    Operation::ReadById10,
    Operation::ReadByPk10,
    Operation::Deposit,
    Operation::RejectText,
    Operation::HostError,
];

const PANEL: (i32, i32) = (420, 270);
/// The left end of bars, below the text of their peer.
const LEFT: i32 = 16;
const TOP: i32 = 40;

const OURS: RGBColor = RGBColor(0x1b, 0x6e, 0xc2);
const OTHERS: RGBColor = RGBColor(0xb4, 0xb9, 0xc1);
const FLOOR: RGBColor = RGBColor(0x55, 0x5b, 0x66);
const INK: RGBColor = RGBColor(0x22, 0x26, 0x2b);

/// Draws the picture.
pub(crate) fn write(path: &Path, costs: &[Costs]) -> Result<(), Box<dyn Error>> {
    let size = (3 * PANEL.0 as u32, 2 * PANEL.1 as u32);
    let root = SVGBackend::new(path, size).into_drawing_area();
    root.fill(&WHITE)?;
    for (panel, operation) in root.split_evenly((2, 3)).iter().zip(SHOWN) {
        draw(panel, operation, costs)?;
    }
    root.present()?;
    Ok(())
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn draw(panel: &Area<'_>, operation: Operation, costs: &[Costs]) -> Result<(), Box<dyn Error>> {
    let title = format!("{}: instructions", operation.name());
    panel.draw_text(&title, &("sans-serif", 17).into_font().color(&INK), (LEFT, 12))?;
    let bars: Vec<(&str, f64)> =
        costs.iter().filter_map(|costs| Some((costs.peer, costs.of(operation)?))).collect();
    let most = bars.iter().map(|bar| bar.1).fold(1.0, f64::max);
    let step = (PANEL.1 - TOP - 8) / bars.len().max(1) as i32;
    let text = ("sans-serif", 12).into_font().color(&INK);
    for ((peer, cost), top) in bars.iter().zip((TOP..).step_by(step as usize)) {
        let width = (cost / most * f64::from(PANEL.0 - 2 * LEFT - 44)) as i32;
        let colour = if peer.starts_with("core SDK, .so") {
            OURS
        } else if peer.starts_with("hand-written C ABI") {
            FLOOR
        } else {
            OTHERS
        };
        panel.draw_text(peer, &text, (LEFT, top))?;
        let bar = [(LEFT, top + 13), (LEFT + width.max(1), top + step - 4)];
        panel.draw(&Rectangle::new(bar, colour.filled()))?;
        let middle = top + (9 + step) / 2;
        panel.draw_text(&format!("{cost:.0}"), &text, (LEFT + width + 4, middle - 5))?;
    }
    Ok(())
}
