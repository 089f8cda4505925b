//! Reading typed values (serde) out of a [`Node`], with the file and line of the first thing that does not fit.
use serde::de::{DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::problem::{Place, Problems};
use crate::tree::{Data, Node};

/// What did not fit, and where.
#[derive(Debug)]
struct Misfit {
    message: String,
    at: Option<Place>,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Misfit {}

impl serde::de::Error for Misfit {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), at: None }
    }
}

impl Misfit {
    /// The innermost place wins: it is set first, while the error travels outwards.
    fn at(mut self, place: &Place) -> Self {
        self.at.get_or_insert_with(|| place.clone());
        self
    }
}

impl Node {
    /// This value as a typed one. What does not fit is reported at its line, and nothing is returned.
    pub fn to_typed<T: DeserializeOwned>(&self, problems: &Problems) -> Option<T> {
        match T::deserialize(De(self)) {
            Ok(value) => Some(value),
            Err(misfit) => {
                let at = misfit.at.as_ref().unwrap_or(&self.at);
                problems.error(at, format!("这里读不出来：{}", misfit.message), "请对照 docs/catalogue.md 的写法修改");
                None
            }
        }
    }

    /// Follows keys, and in lists the `id` of an item or its number: `["steps", "decide", "limit"]`.
    pub fn follow(&self, path: &[&str]) -> Option<&Self> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        let next = match &self.data {
            Data::Table(_) => self.find(first)?,
            Data::List(items) => {
                let by_id = items.iter().find(|item| item.find("id").and_then(Self::as_text) == Some(*first));
                by_id.or_else(|| items.get(first.parse::<usize>().ok()?))?
            }
            _ => return None,
        };
        next.follow(rest)
    }

    /// The same, to change it.
    pub fn follow_mut(&mut self, path: &[&str]) -> Option<&mut Self> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        let next = match &mut self.data {
            Data::Table(entries) => entries.iter_mut().find(|(key, _)| key.value == **first).map(|(_, node)| node)?,
            Data::List(items) => {
                let id = |item: &Self| item.find("id").and_then(Self::as_text) == Some(*first);
                let index = items.iter().position(id).or_else(|| first.parse().ok())?;
                items.get_mut(index)?
            }
            _ => return None,
        };
        next.follow_mut(rest)
    }

    /// The line of the deepest part of `path` that exists: where to report a problem about it.
    pub fn place_of(&self, path: &[&str]) -> &Place {
        let deepest = (0..=path.len()).rev().find_map(|length| self.follow(&path[..length]));
        deepest.map_or(&self.at, |node| &node.at)
    }
}

struct De<'n>(&'n Node);

impl<'de> serde::Deserializer<'de> for De<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let node = self.0;
        let result = match &node.data {
            Data::Text(text) => visitor.visit_str(text),
            Data::Int(number) => visitor.visit_i64(*number),
            Data::Bool(truth) => visitor.visit_bool(*truth),
            Data::Date(date) => visitor.visit_string(date.to_string()),
            Data::List(items) => visitor.visit_seq(Items(items.iter())),
            Data::Table(entries) => visitor.visit_map(Entries { entries: entries.iter(), value: None }),
        };
        result.map_err(|misfit: Misfit| misfit.at(&node.at))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let node = self.0;
        let result = match &node.data {
            Data::Text(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Data::Table(entries) => {
                let access = Entries { entries: entries.iter(), value: None };
                visitor.visit_enum(serde::de::value::MapAccessDeserializer::new(access))
            }
            other => Err(serde::de::Error::custom(format!("应当是一个词或一个表，却是{}", other.name()))),
        };
        result.map_err(|misfit: Misfit| misfit.at(&node.at))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

struct Items<'n>(std::slice::Iter<'n, Node>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Misfit;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        self.0.next().map(|node| seed.deserialize(De(node)).map_err(|misfit| misfit.at(&node.at))).transpose()
    }
}

struct Entries<'n> {
    entries: std::slice::Iter<'n, (crate::Located<String>, Node)>,
    value: Option<&'n Node>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Misfit;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let Some((key, node)) = self.entries.next() else { return Ok(None) };
        self.value = Some(node);
        let read: Result<_, Misfit> = seed.deserialize(key.value.as_str().into_deserializer());
        read.map(Some).map_err(|misfit| misfit.at(&key.at))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let Some(node) = self.value.take() else { return Err(serde::de::Error::custom("没有值")) };
        seed.deserialize(De(node)).map_err(|misfit| misfit.at(&node.at))
    }
}
