// Makes assets/vendor/tabler.css: the part of Tabler's published stylesheet that Yishe uses.
//
// The published file is 79 kB compressed, more than a whole first view may weigh here (100 kB). This keeps whole rules, by class
// name, and changes nothing else but colours: literal oklch() becomes #rrggbb, because many government desktops still run browsers
// from before 2023; light-dark() keeps its light half for the same reason. Use:  npm pack @tabler/core@1.6.1 && tar xzf *.tgz && node subset.mjs package/dist/css/tabler.min.css OUT
import { readFileSync, writeFileSync } from "node:fs";

const KEEP = new RegExp("^(" + [
  "container(-fluid|-narrow|-tight|-xl)?", "row(-cards|-deck)?", "row-cols-.*", "col(-(sm|md|lg|xl))?(-(auto|\\d+))?", "offset(-md|-lg)?-\\d+", "[gm][xytbse]?(-(sm|md|lg))?-(auto|\\d)",
  "p[xytbse]?(-(md|lg))?-\\d", "gap(-\\d)?", "d(-(sm|md|lg|print))?-(none|block|inline|inline-block|flex|inline-flex|grid|table-cell)", "flex-(row|column|wrap|nowrap|fill|grow-\\d|shrink-\\d)", "flex-md-(row|column)",
  "(justify-content|align-items|align-self)-(start|end|center|between|around|baseline|stretch)", "w-(auto|\\d+)", "h-(auto|100)", "text-(start|end|center|muted|secondary|primary|danger|success|warning|body|nowrap|wrap|break|truncate|reset|decoration-none)",
  "fw-.*", "fs-[1-6]", "h[1-6]", "small", "lead", "border(-(top|bottom|start|end|0))?", "rounded(-\\d)?", "bg-(white|body|light)", "position-(relative|absolute|sticky)", "visually-hidden(-focusable)?", "lh-.*", "float-(start|end)", "ms-auto", "list-(unstyled|inline|inline-item)", "overflow-(auto|hidden)", "order-(md-)?\\d",
  "card(-(header|title|subtitle|body|footer|actions|table|link|sm|md|lg|options|borderless))?", "btn(-(primary|secondary|outline-(primary|secondary|danger)|danger|success|warning|link|ghost-(primary|secondary)|list|sm|lg|icon|group))?", "active", "disabled", "show",
  "form-(label|control(-sm|-lg|-plaintext)?|select(-sm|-lg)?|check(-input|-label|-inline)?|switch|text|hint|fieldset|help)", "col-form-label", "input-group(-text|-flat|-sm|-lg)?", "is-(invalid|valid)", "(in)?valid-feedback", "required",
  "table(-(sm|hover|striped|bordered|borderless|responsive|vcenter|nowrap|group-divider|active))?", "thead-light", "badge(-(outline|pill))?", "alert(-(title|link|heading|important|info|success|warning|danger|description))?",
  "list-group(-(item(-action)?|flush|hoverable|numbered))?", "page(-(item|link|wrapper|body|header|title|pretitle|subtitle|center|tight))?", "pagination(-sm)?", "breadcrumb(-item)?", "nav(-(item|link|tabs|pills|link-title))?", "card-header-tabs",
  "datagrid(-.*)?", "empty(-.*)?", "steps(-.*)?", "step-item", "hr(-text)?", "subheader", "blockquote", "figure.*", "img-fluid", "divide-y", "space-y(-\\d)?", "status-dot", "vstack", "hstack", "vr", "ratio", "sticky-top", "caption-top",
].join("|") + ")$");

const oklch = /oklch\(([\d.]+)%\s+([\d.]+)\s+([\d.]+)(?:deg)?\s*\)/g;
function hex(_, l, c, h) {
  const L = l / 100, a = c * Math.cos((h * Math.PI) / 180), b = c * Math.sin((h * Math.PI) / 180);
  const [x, y, z] = [L + 0.3963377774 * a + 0.2158037573 * b, L - 0.1055613458 * a - 0.0638541728 * b, L - 0.0894841775 * a - 1.291485548 * b].map((v) => v ** 3);
  const linear = [4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z, -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z, -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z];
  return "#" + linear.map((v) => Math.round(255 * Math.min(1, Math.max(0, v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055)))).map((v) => v.toString(16).padStart(2, "0")).join("");
}

/** Splits a block's text into [prelude, body | null] pairs; strings and brackets respected. */
function* rules(text) {
  let start = 0, depth = 0, open = -1, quote = "", round = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quote) { if (c === "\\") i++; else if (c === quote) quote = ""; continue; }
    if (c === '"' || c === "'") quote = c;
    else if (c === "(") round++;
    else if (c === ")") round--;
    else if (round) continue;
    else if (c === "{") { if (depth++ === 0) open = i; }
    else if (c === "}") { if (--depth === 0) { yield [text.slice(start, open), text.slice(open + 1, i)]; start = i + 1; } }
    else if (c === ";" && depth === 0) { yield [text.slice(start, i), null]; start = i + 1; }
  }
}
/** Splits at top-level commas. */
function split(text) {
  const out = []; let round = 0, from = 0;
  for (let i = 0; i < text.length; i++) {
    if ("([".includes(text[i])) round++;
    else if (")]".includes(text[i])) round--;
    else if (text[i] === "," && !round) { out.push(text.slice(from, i)); from = i + 1; }
  }
  return [...out, text.slice(from)];
}
const wanted = (selector) => {
  if (/theme=dark|\[dir|data-bs-theme-|layout-|::-webkit-datetime|data-bs-popper/.test(selector)) return false;
  const plain = selector.replace(/:not\([^)]*\)/g, "").replace(/\\./g, "_");
  const classes = plain.match(/\.[A-Za-z][\w-]*/g) ?? [];
  return classes.every((name) => KEEP.test(name.slice(1)));
};
function keep(text) {
  let out = "";
  for (const [prelude, body] of rules(text)) {
    const head = prelude.replace(/\/\*[\s\S]*?\*\//g, "").trim();
    if (body === null) { if (head.startsWith("@import")) out += head + ";"; continue; }
    if (/^@(media|supports|layer)/.test(head)) {
      if (/xxl|min-width:1400px|prefers-color-scheme/.test(head)) continue;
      const inner = keep(body); if (inner) out += `${head}{${inner}}`;
    } else if (head.startsWith("@keyframes")) { if (/progress|pulse/.test(head)) continue; }
    else if (head.startsWith("@")) continue;
    else { const kept = split(head).filter(wanted); if (kept.length && body.trim()) out += `${kept.join(",")}{${body}}`; }
  }
  return out;
}
const [, , source, target] = process.argv;
const text = readFileSync(source, "utf8");
// Variables nothing kept refers to are dropped, to a fixed point.
let css = keep(text).replace(oklch, hex);
// light-dark(light, dark) becomes its light half: one theme, and browsers from before 2024 read it.
for (let at; (at = css.indexOf("light-dark(")) >= 0; ) {
  let end = at + 11;
  for (let depth = 1; depth; end++) depth += css[end] === "(" ? 1 : css[end] === ")" ? -1 : 0;
  css = css.slice(0, at) + split(css.slice(at + 11, end - 1))[0] + css.slice(end);
}
for (let before = -1; before !== css.length; ) {
  before = css.length;
  const used = new Set(css.match(/var\(\s*--[\w-]+/g)?.map((v) => v.slice(4).trim()));
  css = css.replace(/(--[\w-]+):(?:[^;{}"']|"[^"]*"|'[^']*')*(;|(?=\}))/g, (all, name) => (used.has(name) ? all : ""));
}
const licence = "/*! Tabler v1.6.1 (https://tabler.io), MIT, Copyright 2018-2026 The Tabler Authors. A subset made by vendoring/subset.mjs; see LICENSE-tabler. */\n";
writeFileSync(target, licence + css + "\n");
