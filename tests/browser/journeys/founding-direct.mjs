// Direct registration (四类直接登记): the four classes are filed without a business supervisor; the first goes to its certificate. On the
// way the house refuses, each time with what is wrong, why (article) and what to do: a word that may not be used, a name that is taken,
// too little capital; and a refusal by the desk reaches the founder with its article and the ways against it.
import { agree, faultsOn, openCase, takesEffect } from "../lib/desk.mjs";
import { directOf, fillDraft, register } from "../lib/founder.mjs";

const press = (tab, what) => Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.locator(what).first().click()]);
const path = (tab) => new URL(tab.url()).pathname;
const ARTICLE = /第[一二三四五六七八九十百]+条|办法|条例|法》/;

async function draft(stage, tab) {
  await tab.goto(`${stage.base}/matters/found-association?area=2101`, { waitUntil: "load" });
  await press(tab, "aside.y-start form button.btn-primary");
}

async function send(tab) {
  await tab.check("#f-agree");
  await press(tab, "section.y-send form button.btn-primary");
  return path(tab).startsWith("/my/cases/") ? path(tab).split("/")[3] : null;
}

/** Names that may not be: said at the name itself, with the article. */
async function names({ base, check }, tab) {
  const register = await (await fetch(`${base}/api/v1/organizations?area=2101&kind=association&status=registered&limit=1`)).json();
  const taken = register.items[0].name;
  for (const [name, what] of [["中国烘焙协会", "a word only national organizations use"], [taken, `a name that is taken (${taken})`]]) {
    await tab.fill("[name=name]", name);
    await press(tab, 'button[value="name:name:check"]');
    const said = (await tab.locator(".y-verdict.no").allInnerTexts()).join(" ");
    check(said.length > 0 && ARTICLE.test(said), `direct: ${what} is refused with its article: ${said.slice(0, 160)}`);
  }
}

/** Too little capital: refused where it is typed, with what to do; the rest of the page is kept. */
async function capital({ check }, tab) {
  await tab.fill('[name="capital"]', "1000");
  await press(tab, "main form p.y-buttons button.btn-primary");
  const said = (await faultsOn(tab)).join(" ");
  check(/少于.*不少于/.test(said), `direct: too little capital is refused with what to do: ${said}`);
  check((await tab.inputValue('[name="capital"]')) === "1000", "direct: what was typed is kept");
}

async function first(stage, tab) {
  const { check } = stage;
  await draft(stage, tab);
  const answers = directOf(200, "association_chamber", "沈阳市烘焙行业协会"), tried = new Set();
  const once = async (what, there, act) => { if (!tried.has(what) && (await tab.locator(there).count())) { tried.add(what); await act(stage, tab); } };
  const seen = async () => { await once("name", 'button[value="name:name:check"]', names); await once("capital", 'main form [name="capital"]', capital); };
  await fillDraft(tab, answers, { seen });
  check(tried.size === 2, "direct: both refusals were met");
  check((await faultsOn(tab)).length === 0, `direct: ready, but: ${(await faultsOn(tab)).join("; ")}`);
  return send(tab);
}

async function step(stage, login, number, what) {
  const { context, tab, status } = await openCase(stage, login, number, { viewport: { width: 1440, height: 900 } });
  stage.check(status === 200, `direct: ${login} opens the case (${status})`);
  await agree(tab, { reason: what });
  stage.check((await faultsOn(tab)).length === 0, `direct: ${login}: ${(await faultsOn(tab)).join("; ")}`);
  stage.check(await takesEffect(tab), `direct: the act of ${login} took effect`);
  const text = await tab.locator("main").innerText();
  await context.close();
  return text;
}

/** 不予受理: grounds are asked for; the founder reads which article, and what can be done. */
async function refused(stage, founder, number) {
  const { base, check } = stage;
  const { context, tab } = await openCase(stage, "shouli", number, { viewport: { width: 1440, height: 900 } });
  const fold = tab.locator("details.y-more:has(button.btn-danger)").first();
  await fold.locator("summary").click();
  await Promise.all([tab.waitForNavigation({ waitUntil: "load" }), fold.locator("button.btn-danger").click()]);
  check((await faultsOn(tab)).length > 0, "direct: a refusal without grounds is not taken");
  const again = tab.locator("details.y-more:has(button.btn-danger)").first();
  if ((await again.getAttribute("open")) === null) await again.locator("summary").click();
  await again.locator("input[type=checkbox]").first().check();
  await again.locator("input[name=article]").fill("《行政许可法》第三十二条第一项");
  await tab.locator("form.y-act textarea[name=reason]").first().fill("所申请的事项依法不需要取得登记许可。");
  await Promise.all([tab.waitForNavigation({ waitUntil: "load" }), again.locator("button.btn-danger").click()]);
  check((await tab.locator(".y-pending").count()) === 1, `direct: the refusal waits: ${(await faultsOn(tab)).join("; ")}`);
  check(await takesEffect(tab), "direct: the refusal took effect");
  await context.close();
  await founder.goto(`${base}/my/cases/${number}`, { waitUntil: "load" });
  const letter = founder.locator("aside .y-plain-links a", { hasText: "不予" }).first();
  check((await letter.count()) === 1, "direct: the founder has the decision as a letter");
  await press(founder, 'aside .y-plain-links a:has-text("不予")');
  const text = await founder.locator("main").innerText();
  check(/第三十二条/.test(text), "direct: the letter names the article");
  check(/复议/.test(text) && /诉讼/.test(text), `direct: the letter says what can be done against it: ${text.slice(0, 400)}`);
}

export default async function (stage) {
  const { check, base } = stage;
  const context = await stage.browser.newContext({ locale: "zh-CN", viewport: { width: 1440, height: 900 } }), founder = await context.newPage();
  await register(stage, founder, "hongbei", "麦穗");
  const number = await first(stage, founder);
  check(number, "direct: 行业协会商会 is filed without a supervisor");
  const file = async ([shift, kind, name]) => {
    const tab = await context.newPage();
    await draft(stage, tab);
    await fillDraft(tab, directOf(shift, kind, name));
    const wrong = await faultsOn(tab), no = wrong.length ? null : await send(tab);
    check(no, `direct: ${name} (${kind}) is filed: ${wrong.join("; ")} ${await faultsOn(tab)}`);
    await tab.close();
    return no;
  };
  await Promise.all([
    (async () => {
      await step(stage, "shouli", number, "材料齐全，符合规定。");
      const asked = await openCase(stage, "zhuguan", number);
      check([403, 404].includes(asked.status), `direct: no business supervisor is asked (${asked.status})`);
      await asked.context.close();
      await Promise.all(["hangye", "dangjian"].map((login) => step(stage, login, number, "同意。")));
      await step(stage, "shencha", number, "必要可行，同意。");
      await step(stage, "jueding", number, "准予登记。");
      const tab = await context.newPage();
      await tab.goto(`${base}/my/cases/${number}/certificate`, { waitUntil: "load" });
      check(/无（直接登记）/.test(await tab.locator(".y-cert").innerText()), "direct: the certificate says that there is no supervisor");
      await tab.close();
    })(),
    (async () => {
      const science = await file([240, "science", "沈阳市菌物学会"]);
      if (science) await refused(stage, founder, science);
      await file([260, "charity", "沈阳市助残志愿协会"]);
      await file([280, "community", "沈阳市邻里互助协会"]);
    })(),
  ]);
  await context.close();
}
