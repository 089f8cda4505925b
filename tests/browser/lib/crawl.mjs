// Follows every internal link from a start page, as one person, a few steps deep: none may be dead.
const LINK = /<a\s[^>]*href="([^"]+)"/g;
const decode = (text) => text.replace(/&amp;/g, "&").replace(/&quot;/g, "\"").replace(/&#x27;|&#39;/g, "'").replace(/&#38;/g, "&");

/** Addresses that mean the same kind of page are visited a few times only: /orgs/A and /orgs/B. */
const kind = (url) => url.pathname.replace(/\/[0-9A-Z]{18}(?=\/|$)/g, "/{code}").replace(/\/[0-9A-HJKMNP-TV-Z]{26}(?=\/|$)/g, "/{id}").replace(/\/\d[\w.-]*(?=\/|$)/g, "/{number}") + "?" + [...url.searchParams.keys()].sort();

/** { seen, dead: [{ path, status, from }] }. `cookies` is a Cookie header. */
export async function crawl(base, start, cookies, { most = 120, each = 2 } = {}) {
  const queue = [{ path: start, from: "" }], known = new Set([start]), kinds = new Map(), dead = [];
  let seen = 0;
  while (queue.length && seen < most) {
    const batch = queue.splice(0, 4);
    const pages = await Promise.all(batch.map(async ({ path, from }) => {
      const answer = await fetch(base + path, { headers: cookies ? { cookie: cookies } : {}, redirect: "follow" });
      const text = answer.headers.get("content-type")?.startsWith("text/html") ? await answer.text() : (await answer.body?.cancel(), "");
      return { path, from, status: answer.status, text };
    }));
    for (const { path, from, status, text } of pages) {
      seen++;
      if (status === 404 || status >= 500) dead.push({ path, from, status });
      for (const [, href] of text.matchAll(LINK)) {
        const url = new URL(decode(href), base + path);
        if (url.origin !== new URL(base).origin || url.pathname === "/logout" || url.pathname.startsWith("/prefs/")) continue;
        const next = url.pathname + url.search, name = kind(url);
        if (known.has(next) || (kinds.get(name) ?? 0) >= each) continue;
        known.add(next);
        kinds.set(name, (kinds.get(name) ?? 0) + 1);
        queue.push({ path: next, from: path });
      }
    }
  }
  return { seen, dead };
}
