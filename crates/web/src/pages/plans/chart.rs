//! Trends drawn as SVG on the server (趋势图): no script, no inline style; every number also stands in words beside it.
use std::fmt::Write as _;

use base::Date;
use catalogue::Unit;
use catalogue::plans::{Fraction, Part};
use office::plans::course::Course;
use office::plans::lines::Point;
use planning::figure::plain;

/// A small trend beside a value.
#[derive(Debug, Clone)]
pub(crate) struct Spark {
    /// The line.
    pub line: String,
    /// Its last point.
    pub dot: (String, String),
    /// What is asked for, as a height; none where it lies outside.
    pub wanted: Option<String>,
    /// In words.
    pub text: String,
}

/// Width and height of a small trend.
pub(crate) const SPARK: (f64, f64) = (96.0, 30.0);

/// A number for the eye; drawing needs no more.
fn rough(number: Fraction) -> f64 {
    number.num() as f64 / number.den() as f64
}

fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    (low <= high).then_some((low, high))
}

fn day_number(day: Date) -> f64 {
    f64::from(catalogue::condition::days_since_epoch(day))
}

/// Where a value lies between two ends, from `top` to `bottom`.
fn height(value: f64, (low, high): (f64, f64), (top, bottom): (f64, f64)) -> f64 {
    if high <= low { f64::midpoint(top, bottom) } else { bottom - (value - low) / (high - low) * (bottom - top) }
}

fn points(list: &[(f64, f64)]) -> String {
    let mut out = String::new();
    for (x, y) in list {
        let _ = write!(out, "{}{x:.1},{y:.1}", if out.is_empty() { "" } else { " " });
    }
    out
}

/// A small trend of two or more known values; none of fewer.
pub(crate) fn spark(course: &[Point], wanted: Option<Fraction>, part: &Part) -> Option<Spark> {
    let known: Vec<(Date, Fraction)> = course.iter().filter_map(|(day, value)| Some((*day, (*value)?))).collect();
    let ((first, start), (last, end)) = (known.first()?, known.last()?);
    if known.len() < 2 {
        return None;
    }
    let values = known.iter().map(|(_, value)| rough(*value)).chain(wanted.map(rough));
    let span = ends(values)?;
    let days = (day_number(*first), day_number(*last));
    let edge = 4.0;
    let place = |day: Date, value: f64| {
        let x = edge + (day_number(day) - days.0) / (days.1 - days.0).max(1.0) * (SPARK.0 - 2.0 * edge);
        (x, height(value, span, (edge, SPARK.1 - edge)))
    };
    let line: Vec<(f64, f64)> = known.iter().map(|(day, value)| place(*day, rough(*value))).collect();
    let dot = *line.last()?;
    let text = format!("{first} 为 {}，{last} 为 {}", plain(*start, part), plain(*end, part));
    Some(Spark {
        line: points(&line),
        dot: (format!("{:.1}", dot.0), format!("{:.1}", dot.1)),
        wanted: wanted.map(|wanted| format!("{:.1}", height(rough(wanted), span, (edge, SPARK.1 - edge)))),
        text,
    })
}

/// A point of a chart with its words.
#[derive(Debug, Clone)]
pub(crate) struct Dot {
    pub x: String,
    pub y: String,
    pub text: String,
    pub class: &'static str,
}

/// A label on an axis.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub at: String,
    pub text: String,
    pub anchor: &'static str,
}

/// A course with its glide path and what is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Chart {
    pub line: String,
    pub path: String,
    pub dots: Vec<Dot>,
    /// Targets: a mark on the day they are due.
    pub aims: Vec<Dot>,
    pub days: Vec<Label>,
    pub values: Vec<Label>,
    pub text: String,
}

/// Width and height of a chart, and the edges left for words.
pub(crate) const SIZE: (f64, f64) = (720.0, 280.0);
const LEFT: f64 = 84.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 44.0;

/// The chart of a course; none if there is nothing to draw.
pub(crate) fn chart(course: &Course) -> Option<Chart> {
    let part = &course.part;
    let known: Vec<_> = course.points.iter().filter_map(|point| Some((point, rough(point.value?)))).collect();
    let mut paths: Vec<(Date, f64)> =
        course.points.iter().filter_map(|point| Some((point.day, rough(point.path?)))).collect();
    // The path begins where the plan does.
    if let (Some((day, start)), Some((first, _))) = (course.start, paths.first().copied())
        && day < first
    {
        paths.insert(0, (day, rough(start)));
    }
    let aims: Vec<(Date, f64)> = course.aims.iter().map(|(day, value)| (*day, rough(*value))).collect();
    let all = known.iter().map(|(_, v)| *v).chain(paths.iter().map(|(_, v)| *v)).chain(aims.iter().map(|(_, v)| *v));
    let (low, high) = ends(all)?;
    if known.is_empty() {
        return None;
    }
    // Room above and below, and shares start at nothing.
    let room = ((high - low) * 0.12).max(if high > 0.0 { high * 0.05 } else { 1.0 });
    // A share of a whole never passes it.
    let top = if part.unit == Unit::Percent && high <= 1.0 { (high + room).min(1.0) } else { high + room };
    let span = (if low >= 0.0 { (low - room).max(0.0) } else { low - room }, top);
    let mut days: Vec<Date> = course.points.iter().map(|point| point.day).collect();
    days.extend(aims.iter().map(|(day, _)| *day));
    days.sort();
    days.dedup();
    let (first, last) = (day_number(*days.first()?), day_number(*days.last()?));
    let x = |day: Date| LEFT + (day_number(day) - first) / (last - first).max(1.0) * (SIZE.0 - LEFT - RIGHT);
    let y = |value: f64| height(value, span, (TOP, SIZE.1 - BOTTOM));
    let place = |day: Date, value: f64| (x(day), y(value));
    let dot = |day: Date, value: f64, text: String, class: &'static str| {
        let (x, y) = place(day, value);
        Dot { x: format!("{x:.1}"), y: format!("{y:.1}"), text, class }
    };
    let line: Vec<(f64, f64)> = known.iter().map(|(point, value)| place(point.day, *value)).collect();
    let mut path: Vec<(f64, f64)> = paths.iter().map(|(day, value)| place(*day, *value)).collect();
    // On to the aim it leads to.
    if let Some((day, _)) = paths.last()
        && let Some((by, wanted)) = aims.iter().find(|(by, _)| by > day)
    {
        path.push(place(*by, *wanted));
    }
    let said = known.iter().map(|(point, _)| format!("{} {}", point.day, point.text)).collect::<Vec<_>>().join("，");
    let said_aims =
        course.aims.iter().map(|(day, value)| format!("{day} {}", plain(*value, part))).collect::<Vec<_>>().join("，");
    Some(Chart {
        line: points(&line),
        path: points(&path),
        dots: known
            .iter()
            .map(|(point, value)| {
                let class = point.status.map_or("grey", |status| super::tone(status).class());
                dot(point.day, *value, format!("{} {}：{}", point.day, point.name, point.text), class)
            })
            .collect(),
        aims: course
            .aims
            .iter()
            .map(|(day, value)| dot(*day, rough(*value), format!("目标：{day} {}", plain(*value, part)), "aim"))
            .collect(),
        days: labels(&days, &x),
        values: (0..=4)
            .map(|step| span.0 + (span.1 - span.0) * f64::from(step) / 4.0)
            .map(|value| Label { at: format!("{:.1}", y(value)), text: scale(value, part), anchor: "end" })
            .collect(),
        text: format!("{said}。{}", if said_aims.is_empty() { String::new() } else { format!("目标：{said_aims}。") }),
    })
}

/// Days along the bottom, those too near to the one before left out; the last stays.
fn labels(days: &[Date], x: &dyn Fn(Date) -> f64) -> Vec<Label> {
    let mut out: Vec<(f64, Label)> = Vec::new();
    for (at, day) in days.iter().enumerate() {
        let (here, last) = (x(*day), at + 1 == days.len());
        if out.last().is_some_and(|(before, _)| here - before < 84.0) {
            if !last {
                continue;
            }
            out.pop();
        }
        let anchor = if last && days.len() > 1 {
            "end"
        } else if at == 0 {
            "start"
        } else {
            "middle"
        };
        out.push((here, Label { at: format!("{here:.1}"), text: day.to_string(), anchor }));
    }
    out.into_iter().map(|(_, label)| label).collect()
}

/// A number of the axis in the unit of the part.
fn scale(value: f64, part: &Part) -> String {
    let thousandths = (value * 1_000_000.0).round() as i128;
    let Some(number) = Fraction::new(thousandths, 1_000_000) else { return String::new() };
    let text = plain(number, part);
    // The axis needs no more than one place.
    match text.split_once('.') {
        Some((whole, rest)) => {
            let tail: String = rest.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned();
            let digit: String = rest.chars().take(1).filter(char::is_ascii_digit).collect();
            if digit == "0" { format!("{whole}{tail}") } else { format!("{whole}.{digit}{tail}") }
        }
        None => text,
    }
}
