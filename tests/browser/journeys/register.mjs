// The register as anybody uses it: fragments, facets, a day in the past, exports, the dossier, the difference of two days, watching, feeds.
const path = (tab) => new URL(tab.url()).pathname;
const press = (tab, what) => Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.locator(what).first().click()]);
const total = async (tab) => Number((await tab.locator(".y-total b").innerText()).replace(/\D/g, ""));

async function search({ base, check }, tab) {
  await tab.goto(`${base}/`, { waitUntil: "load" });
  await tab.fill("#q", "助学");
  await press(tab, ".y-hero form button");
  check(path(tab) === "/orgs" && (await tab.locator("ol.y-list mark").count()) > 0, "register: the fragment is marked in the names found");
  const all = await total(tab);
  const shown = await tab.locator("ol.y-list h2 a").allInnerTexts();
  check(all > 0 && shown.every((name) => name.includes("助学")), `register: every hit bears the fragment: ${shown.slice(0, 3)}`);
  const facet = tab.locator(".y-facets a").first(), label = await facet.innerText(), promised = Number(label.match(/(\d[\d,]*)\s*$/)[1].replace(/,/g, ""));
  await press(tab, ".y-facets a");
  check((await total(tab)) === promised, `register: the facet holds what it promises: ${label.replace(/\s+/g, " ")}, ${await total(tab)}`);
  check((await tab.locator(".y-chosen a").count()) > 0, "register: what was chosen can be taken off again");
  await press(tab, ".y-chosen a");
  check((await total(tab)) === all, "register: taking it off gives the same as before");
  await tab.goto(`${base}/orgs?q=zxj`, { waitUntil: "load" });
  check(path(tab) === "/orgs" && (await tab.locator("h1").count()) === 1, "register: initials are a search too");
  await tab.goto(`${base}/orgs?q=${encodeURIComponent("助学")}&as_of=2001-01-01`, { waitUntil: "load" });
  check(/2001-01-01 的登记情况/.test(await tab.locator("main").innerText()) || (await tab.locator(".y-empty").count()) === 1, "register: a day in the past says that it is one");
  check((await tab.locator(".y-total b").count()) === 0 || (await total(tab)) <= all, "register: no more then than now");
  return all;
}

async function exports({ base, check }, tab, all) {
  const get = (url) => tab.context().request.get(base + url);
  await tab.goto(`${base}/orgs?q=${encodeURIComponent("助学")}`, { waitUntil: "load" });
  const links = await tab.locator(".y-hits-head .y-exports a[download]").evaluateAll((list) => list.map((one) => one.getAttribute("href")));
  check(links.length === 4, `register: four exports: ${links}`);
  for (const href of links) {
    const answer = await get(href), bytes = await answer.body();
    check(answer.ok() && bytes.length > 50, `register: export ${href}: ${answer.status()}`);
    if (href.includes(".csv")) check(bytes.toString().trim().split(/\r?\n/).length >= all + 1, `register: the CSV has all ${all}`);
    if (href.includes(".json?")) JSON.parse(bytes.toString());
    if (href.includes(".jsonl")) check(bytes.toString().trim().split("\n").map((line) => JSON.parse(line)).length >= all, `register: the JSON Lines have all ${all}`);
    if (href.includes(".xlsx")) check(bytes.subarray(0, 2).toString() === "PK", "register: the workbook is one");
  }
}

async function dossier(stage, tab) {
  const { base, check } = stage;
  await tab.goto(`${base}/orgs?q=${encodeURIComponent("助学")}`, { waitUntil: "load" });
  const name = (await tab.locator("ol.y-list h2 a").first().innerText()).trim();
  await press(tab, "ol.y-list h2 a");
  const here = path(tab);
  check((await tab.locator("h1").innerText()).includes(name), "register: the dossier opens");
  for (const id of ["basics", "officers", "papers", "history", "versions", "cases"]) check((await tab.locator(`#${id}`).count()) === 1, `register: the dossier has its section ${id}`);
  check((await tab.locator(".y-side .y-qr svg").count()) === 1, "register: the dossier bears its own code");
  check((await tab.locator(".y-chips .y-chip").count()) === 3, "register: three states, three chips");
  const first = (await tab.locator("#versions ~ * a[href*='as_of=']").last().innerText()).trim();
  await tab.fill("#as-of", first);
  await press(tab, "form.y-then button");
  check(/的登记情况/.test(await tab.locator(".y-inset").first().innerText()), "register: the dossier of a day says so");
  await tab.goto(`${base}${here}?as_of=1950-01-01`, { waitUntil: "load" });
  check(/还没有登记信息/.test(await tab.locator("main").innerText()), "register: before its first day there is nothing, said in words");
  await tab.goto(base + here, { waitUntil: "load" });
  await tab.fill("#diff-from", first);
  await press(tab, "form.y-compare button");
  check(path(tab).endsWith("/diff"), "register: two days can be compared");
  await stage.look(tab, "difference of two days");
  return here;
}

async function watch(stage, here) {
  const { base, check, people } = stage;
  const context = await people.context("jumin"), tab = await context.newPage();
  await tab.goto(base + here, { waitUntil: "load" });
  const name = (await tab.locator("h1").innerText()).split("\n")[0].trim();
  await press(tab, '.y-dossier-head a:has-text("关注")');
  if (await tab.locator("main form button.btn-primary").count()) await press(tab, "main form button.btn-primary");
  await tab.goto(`${base}/my/watches`, { waitUntil: "load" });
  const mine = tab.locator(".y-watches li", { hasText: name.slice(0, 8) });
  check((await mine.count()) === 1, `register: ${name} is watched`);
  const feed = await tab.locator("#feed ~ p a.y-code").getAttribute("href"), anyone = await stage.browser.newContext();
  const answer = await anyone.request.get(feed.startsWith("http") ? feed.replace(/^https?:\/\/[^/]+/, base) : base + feed);
  check(answer.ok() && (await answer.text()).includes("<feed"), `register: the feed of one's own needs no sign-in (${answer.status()})`);
  for (const address of ["/feeds/changes.atom", "/feeds/notices.atom"]) check((await (await anyone.request.get(base + address)).text()).includes("<feed"), `register: ${address} is a feed`);
  await anyone.close();
  await Promise.all([tab.waitForNavigation({ waitUntil: "load" }), mine.locator("button").click()]);
  check((await tab.locator(".y-watches li", { hasText: name.slice(0, 8) }).count()) === 0, "register: watching ends when asked");
  await context.close();
}

export default async function (stage) {
  const context = await stage.browser.newContext({ locale: "zh-CN", viewport: { width: 1440, height: 900 } }), tab = await context.newPage();
  const all = await search(stage, tab);
  await exports(stage, tab, all);
  const here = await dossier(stage, tab);
  await context.close();
  await watch(stage, here);
}
