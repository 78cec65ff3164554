//! Line charts with a logarithmic axis, for the README.

use std::{error::Error, path::Path};

use plotters::prelude::*;

/// A chart: one line per series, over places with names.
#[derive(Debug)]
pub struct Chart<'c> {
    /// The text above it.
    pub title: &'c str,
    /// The names of the places, left to right.
    pub places: Vec<String>,
    /// The lines. The first ones are ours.
    pub series: Vec<Series>,
    /// How many of the series are ours.
    pub ours: usize,
    /// Writes a value of the axis.
    pub label: fn(f64) -> String,
}

/// One line.
#[derive(Debug)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Its values; `None` where there is none.
    pub values: Vec<Option<f64>>,
}

const SIZE: (i32, i32) = (820, 420);
const TOP: i32 = 48;
const BOTTOM: i32 = 380;
const LEFT: i32 = 70;
const RIGHT: i32 = 560;

const INK: RGBColor = RGBColor(0x22, 0x26, 0x2b);
const GRID: RGBColor = RGBColor(0xdd, 0xe0, 0xe4);
const OURS: [RGBColor; 2] = [RGBColor(0x1b, 0x6e, 0xc2), RGBColor(0x5d, 0xa5, 0xe8)];
const OTHERS: [RGBColor; 6] = [
    RGBColor(0xd9, 0x6c, 0x2c),
    RGBColor(0x4f, 0x9d, 0x5c),
    RGBColor(0x8d, 0x5f, 0xb0),
    RGBColor(0x55, 0x5b, 0x66),
    RGBColor(0xb0, 0x8a, 0x2e),
    RGBColor(0xb4, 0xb9, 0xc1),
];

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

impl Chart<'_> {
    /// Draws the chart into a file.
    ///
    /// # Errors
    ///
    /// There are no values above 0, or the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let values = self.series.iter().flat_map(|series| series.values.iter().flatten());
        let decades = values.filter(|value| **value > 0.0).map(|value| value.log10());
        let (low, high) = decades.fold((f64::MAX, f64::MIN), |(low, high), decade| {
            (low.min(decade.floor()), high.max(decade.ceil()))
        });
        if low > high {
            return Err(format!("{}: a chart without values", path.display()).into());
        }
        let axis = Axis { low, high: high.max(low + 1.0), places: self.places.len() };
        let root = SVGBackend::new(path, (SIZE.0 as u32, SIZE.1 as u32)).into_drawing_area();
        root.fill(&WHITE)?;
        let text = ("sans-serif", 17).into_font().color(&INK);
        root.draw_text(self.title, &text, (LEFT, 14))?;
        self.draw_axes(&root, &axis)?;
        self.draw_series(&root, &axis)?;
        root.present()?;
        Ok(())
    }

    fn draw_axes(&self, root: &Area<'_>, axis: &Axis) -> Result<(), Box<dyn Error>> {
        let text = ("sans-serif", 12).into_font().color(&INK);
        for decade in axis.low as i32..=axis.high as i32 {
            let y = axis.y(f64::from(decade));
            root.draw(&PathElement::new(vec![(LEFT, y), (RIGHT, y)], GRID))?;
            root.draw_text(&(self.label)(10_f64.powi(decade)), &text, (8, y - 6))?;
        }
        for (place, name) in self.places.iter().enumerate() {
            let x = axis.x(place);
            root.draw_text(name, &text, (x - 3 * name.len() as i32, BOTTOM + 10))?;
        }
        Ok(())
    }

    fn draw_series(&self, root: &Area<'_>, axis: &Axis) -> Result<(), Box<dyn Error>> {
        let text = ("sans-serif", 12).into_font().color(&INK);
        for (number, series) in self.series.iter().enumerate() {
            let colour = match number.checked_sub(self.ours) {
                None => OURS[number % OURS.len()],
                Some(other) => OTHERS[other % OTHERS.len()],
            };
            let places = series.values.iter().enumerate();
            let points: Vec<_> = places
                .filter_map(|(place, value)| Some((axis.x(place), axis.y((*value)?.log10()))))
                .collect();
            for point in &points {
                root.draw(&Circle::new(*point, 3, colour.filled()))?;
            }
            root.draw(&PathElement::new(points, colour.stroke_width(2)))?;
            let y = TOP + 20 * number as i32;
            root.draw(&Circle::new((RIGHT + 24, y + 6), 5, colour.filled()))?;
            root.draw_text(&series.name, &text, (RIGHT + 36, y))?;
        }
        Ok(())
    }
}

/// Where values and places lie.
struct Axis {
    low: f64,
    high: f64,
    places: usize,
}

impl Axis {
    fn x(&self, place: usize) -> i32 {
        let last = self.places.saturating_sub(1).max(1);
        LEFT + 20 + (RIGHT - LEFT - 40) * place as i32 / last as i32
    }

    fn y(&self, decade: f64) -> i32 {
        let part = (decade - self.low) / (self.high - self.low);
        BOTTOM - (part * f64::from(BOTTOM - TOP)) as i32
    }
}
