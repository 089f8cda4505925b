//! Feeds: Atom (RFC 4287), written by hand: five elements, each escaped; and JSON Feed 1.1.
use std::fmt::Write as _;

use base::Instant;

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Never changes.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where it leads.
    pub link: String,
    /// When.
    pub at: Instant,
    /// A line or two.
    pub text: String,
}

/// A feed, newest first.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Never changes.
    pub id: String,
    /// Where it is read.
    pub own: String,
    /// Its title.
    pub title: String,
    /// The page it belongs to.
    pub home: String,
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// Text between tags or quotes; characters that XML does not know are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

impl Feed {
    /// The document. An empty feed was updated at `now`.
    pub fn text(&self, now: Instant) -> String {
        let updated = self.entries.iter().map(|entry| entry.at).max().unwrap_or(now);
        let mut out = String::from(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">\n",
        );
        let (id, title, home) = (escaped(&self.id), escaped(&self.title), escaped(&self.home));
        let own = escaped(&self.own);
        let _ = writeln!(
            out,
            "<id>{id}</id><title>{title}</title><link rel=\"self\" href=\"{own}\"/><link href=\"{home}\"/><updated>{updated}</updated><author><name>一社</name></author>"
        );
        for Entry { id, title, link, at, text } in &self.entries {
            let (id, title, link, text) = (escaped(id), escaped(title), escaped(link), escaped(text));
            let _ = writeln!(
                out,
                "<entry><id>{id}</id><title>{title}</title><link href=\"{link}\"/><updated>{at}</updated><summary>{text}</summary></entry>"
            );
        }
        out.push_str("</feed>\n");
        out
    }

    /// The same as a JSON Feed.
    pub fn json(&self) -> serde_json::Value {
        let item = |entry: &Entry| {
            serde_json::json!({
                "id": entry.id, "url": entry.link, "title": entry.title, "content_text": entry.text,
                "date_published": entry.at.to_string(),
            })
        };
        serde_json::json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.title,
            "home_page_url": self.home,
            "feed_url": self.own,
            "language": "zh-CN",
            "authors": [{ "name": "一社" }],
            "items": self.entries.iter().map(item).collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_becomes_markup() {
        let entry =
            Entry { id: "1".into(), title: "<b>\u{1}&".into(), link: "\"".into(), at: Instant(0), text: "]]>".into() };
        let text = Feed { id: "f".into(), own: "/f".into(), title: "t".into(), home: "/".into(), entries: vec![entry] }
            .text(Instant(1));
        assert!(
            text.contains("&lt;b&gt;&amp;")
                && text.contains("&quot;")
                && text.contains("]]&gt;")
                && !text.contains('\u{1}')
        );
    }
}
