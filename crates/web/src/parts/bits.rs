//! Small parts: banner, inset, search box, tabs, steps, QR box, print header.
use std::fmt::Write as _;

use askama::Template;
use askama::filters::HtmlSafe;
use fast_qr::{ECL, QRBuilder};

use crate::page::Link;

/// Something that just happened, or that everybody on the page must know (提示横幅).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/banner.html")]
pub struct Banner {
    /// 已提交, 请注意
    pub title: String,
    /// One or two sentences.
    pub text: String,
    /// What next.
    pub ways: Vec<Link>,
    /// It went well: green; otherwise blue.
    pub success: bool,
}

/// A paragraph set apart: an article, a condition, what a word means (说明).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/inset.html")]
pub struct Inset {
    /// The text.
    pub text: String,
    /// Where it is written: 《社会团体登记管理条例》第十条; empty if nowhere.
    pub source: String,
    /// Where to read on.
    pub more: Option<Link>,
}

/// A search box that is a GET form (搜索框).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/search_box.html")]
pub struct SearchBox {
    /// Id of the input; differs where a page has two.
    pub id: String,
    /// Where it searches.
    pub action: String,
    /// Name of the parameter.
    pub name: String,
    /// What to type.
    pub label: String,
    /// What was typed.
    pub value: String,
    /// What the button says.
    pub button: String,
    /// Help below; empty if none.
    pub hint: String,
    /// Other conditions to keep: (name, value).
    pub keep: Vec<(String, String)>,
    /// Large, for a front page.
    pub large: bool,
}

/// One tab: an address of its own.
#[derive(Debug, Clone)]
pub struct Tab {
    /// What and where.
    pub link: Link,
    /// How many things are there.
    pub count: Option<u64>,
    /// It is the one shown.
    pub here: bool,
}

/// Tabs are links, so they work without JavaScript and can be shared (页签).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/tabs.html")]
pub struct Tabs {
    /// What the tabs divide, for screen readers.
    pub label: String,
    /// The tabs.
    pub tabs: Vec<Tab>,
}

/// Where one is in a sequence (步骤条).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/steps.html")]
pub struct Steps {
    /// What it leads to, for screen readers.
    pub label: String,
    /// Names in order; with an address where one may go back.
    pub steps: Vec<(String, Option<String>)>,
    /// The current one, from 0.
    pub current: usize,
}

/// A QR code with its address in words (二维码).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/qr_box.html")]
pub struct QrBox {
    /// What it opens.
    pub url: String,
    /// 扫码核验
    pub caption: String,
}

impl QrBox {
    /// The code as one SVG path in a square of `side` modules, quiet zone of four included; none if the address is too long.
    pub(crate) fn path(&self) -> Option<(usize, String)> {
        let code = QRBuilder::new(self.url.as_str()).ecl(ECL::M).build().ok()?;
        let mut path = String::new();
        for y in 0..code.size {
            let mut x = 0;
            while x < code.size {
                // Dark modules side by side are one rectangle, which keeps the page small.
                let run = (x..code.size).take_while(|at| code[y][*at].value()).count();
                if run > 0 {
                    let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + 4, y + 4);
                }
                x += run + 1;
            }
        }
        Some((code.size + 8, path))
    }
}

/// The head of a printed page (打印页眉): hidden on screen.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/print_header.html")]
pub struct PrintHeader {
    /// Authority that issues it.
    pub host: String,
    /// Name of the document.
    pub title: String,
    /// 文号 or case number; empty if none.
    pub number: String,
    /// Address to check it.
    pub qr: QrBox,
}

impl HtmlSafe for Banner {}
impl HtmlSafe for Inset {}
impl HtmlSafe for SearchBox {}
impl HtmlSafe for Tabs {}
impl HtmlSafe for Steps {}
impl HtmlSafe for QrBox {}
impl HtmlSafe for PrintHeader {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drawn_squares_are_the_dark_modules() {
        let qr = QrBox { url: "https://yishe.example/c/7K3M9Q".to_owned(), caption: String::new() };
        let (side, path) = qr.path().unwrap();
        let code = QRBuilder::new(qr.url.as_str()).ecl(ECL::M).build().unwrap();
        let dark = (0..code.size)
            .flat_map(|y| (0..code.size).map(move |x| (x, y)))
            .filter(|(x, y)| code[*y][*x].value())
            .count();
        let drawn: usize =
            path.split('h').skip(1).filter_map(|part| part.split('v').next()?.parse::<usize>().ok()).sum();
        assert_eq!((side, drawn), (code.size + 8, dark));
        assert!(QrBox { url: "x".repeat(5000), caption: String::new() }.path().is_none(), "too long for a code");
    }
}
