// What every page keeps (DESIGN, ux.md): nothing scrolls sideways, one h1, no console error, axe finds nothing, 长者版 is large enough,
// the first view is light, and without JavaScript it is the same page.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..");
const axe = readFileSync(join(folder, "vendor/axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Watches a tab for script errors; give the list to `look`. */
export function listen(tab) {
  const errors = [];
  tab.on("console", (message) => { if (message.type() === "error" && !/status of (4|5)\d\d/.test(message.text())) errors.push(message.text()); });
  tab.on("pageerror", (error) => errors.push(String(error)));
  return errors;
}

/** Faults of the page in the tab, as sentences. `deep` runs axe as well. */
export async function look(tab, { elder = false, deep = true } = {}) {
  const faults = [];
  const found = await tab.evaluate(() => {
    const wide = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".visually-hidden, thead")).slice(0, 3).map((e) => `${e.tagName}.${e.className}`);
    return { overflow: document.documentElement.scrollWidth - innerWidth, wide, h1: document.querySelectorAll("h1").length };
  });
  if (found.overflow > 0) faults.push(`scrolls sideways by ${found.overflow}px (${found.wide})`);
  if (found.h1 !== 1) faults.push(`${found.h1} h1`);
  if (elder) faults.push(...await tooSmall(tab));
  if (deep) faults.push(...await ask(tab));
  return faults;
}

async function ask(tab) {
  await tab.evaluate(axe);
  const result = await tab.evaluate((runOnly) => window.axe.run(document, { runOnly, resultTypes: ["violations"] }), RULES);
  return result.violations.map((violation) => `axe ${violation.id}: ${violation.nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
}

// 长者版: text at least 18 px, lines at least 1.3, targets at least 44 px (links inside running text excepted, as WCAG 2.5.8 does).
async function tooSmall(tab) {
  const small = await tab.evaluate(() => {
    const out = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); ) {
      const e = node.parentElement, style = getComputedStyle(e);
      if (!node.data.trim() || !e.checkVisibility() || e.closest(".visually-hidden, svg, option")) continue;
      if (parseFloat(style.fontSize) < 18) out.add(`${e.tagName}.${e.className} ${style.fontSize}`);
      else if (parseFloat(style.lineHeight) / parseFloat(style.fontSize) < 1.3) out.add(`${e.tagName}.${e.className} line ${style.lineHeight}`);
    }
    const low = [...document.querySelectorAll("a, button, input:not([type=hidden],[type=radio],[type=checkbox]), select, summary")].filter((e) => e.checkVisibility() && !e.closest(".visually-hidden, .y-skip, p, li > ul span, dd, td, th") && e.getBoundingClientRect().height < 43.5);
    return [...out, ...low.map((e) => `${e.tagName}.${e.className} only ${e.getBoundingClientRect().height}px high: ${e.textContent.trim().slice(0, 12)}`)];
  });
  return small.length ? [`长者版 too small: ${small.slice(0, 6).join("; ")}`] : [];
}

/** Heading, links and forms of the page: the same with and without JavaScript. */
export const outline = (tab) => tab.evaluate(() => ({ h1: document.querySelector("h1")?.textContent, links: document.querySelectorAll("main a[href]").length, forms: document.forms.length }));

/** Bytes on the wire of a first view with an empty cache, and the tab that shows it. */
export async function weigh(context, address) {
  const tab = await context.newPage(), session = await context.newCDPSession(tab);
  let bytes = 0;
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  session.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; });
  await tab.goto(address, { waitUntil: "load" });
  return { bytes, tab };
}
