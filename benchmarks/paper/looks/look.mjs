// Look at every kind of page of the sites that sites.py made, in a real browser.
//
//   node look.mjs FOLDER [shots|check|print] [site ...]
//
// shots: FOLDER/shots/SITE-KIND-WIDTH-SCHEME.png of every page, 390 and 1440 wide, light and dark.
// check: axe-core on the same, layout shift, sideways scrolling, small targets and bytes; exit 1 if anything is wrong.
// print: FOLDER/shots/SITE-KIND.pdf.
// Wants `npm install puppeteer-core axe-core` in a folder that NODE_MODULES names, and chromium.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";

const require = createRequire(join(process.env.NODE_MODULES || process.cwd(), "x.js"));
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf-8");

const [folder, task = "check", ...wanted] = process.argv.slice(2);
const only = (process.env.KINDS || "").split(" ").filter(Boolean);
const listed = JSON.parse(readFileSync(join(folder, "pages.json"), "utf-8"));
const kinds = { ...listed };
const HEAVIEST = 60_000;
const TYPES = { ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".webp": "image/webp", ".json": "application/json" };

let site = "";
const server = createServer((request, response) => {
  let path = decodeURIComponent(new URL(request.url, "http://x").pathname);
  if (path.endsWith("/")) path += "index.html";
  try {
    let data = readFileSync(join(folder, site, path));
    // a signpost is looked at, and not followed
    if (path.endsWith(".html")) data = data.toString().replace(/<meta http-equiv="refresh"[^>]*>/, "");
    response.writeHead(200, { "Content-Type": TYPES[extname(path)] || "text/html; charset=utf-8" });
    response.end(data);
  } catch {
    response.writeHead(404);
    response.end();
  }
}).listen(0, "127.0.0.1");
await new Promise((done) => server.once("listening", done));
const home = `http://127.0.0.1:${server.address().port}/`;

const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
mkdirSync(join(folder, "shots"), { recursive: true });
let faults = 0;
const fault = (what) => {
  faults += 1;
  console.log(what);
};

// whatever picture is elsewhere is one of those that sites.py drew; nothing else is asked for
const drawn = join(folder, "pictures");
async function answered(request) {
  if (request.url().startsWith(home) || request.url().startsWith("data:")) return request.continue();
  if (request.resourceType() !== "image") return request.abort();
  const name = new URL(request.url()).pathname.slice(1);
  const file = [name, "p0.webp"].map((one) => join(drawn, one)).find((one) => existsSync(one));
  if (!file) return request.abort();
  return request.respond({ contentType: "image/webp", body: readFileSync(file) });
}

async function opened(path, width, scheme) {
  const page = await browser.newPage();
  await page.setRequestInterception(true);
  page.on("request", answered);
  await page.setBypassCSP(task === "check");
  await page.setViewport({ width, height: width < 600 ? 844 : 900, deviceScaleFactor: 1 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.evaluateOnNewDocument(() => {
    window.shifted = 0;
    new PerformanceObserver((list) => {
      // what has no node is within a browser's own control: an audio's bar finds its width by itself
      const ours = (one) => !document.querySelector("audio") || one.sources.some((source) => source.node);
      for (const one of list.getEntries().filter(ours)) window.shifted += one.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(home + path, { waitUntil: "load", timeout: 30000 });
  if (path.includes("?")) await page.waitForNetworkIdle({ idleTime: 300 }); // what is found
  if (task !== "check") await shown(page);
  return page;
}

// a shot is taller than a window: pictures far below come, too
async function shown(page) {
  await page.evaluate(async () => {
    const pictures = [...document.images];
    for (const one of pictures) one.loading = "eager";
    await Promise.allSettled(pictures.map((one) => one.decode()));
  });
}

async function checked(page, where) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run(document, { iframes: false, rules: { "target-size": { enabled: true } } }));
  for (const one of found.violations) {
    fault(`${where}: axe ${one.id} ${one.nodes.length}x ${one.nodes[0].target} ${one.nodes[0].failureSummary.split("\n")[1] || ""}`);
  }
  const seen = await page.evaluate(() => ({
    shifted: window.shifted,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  if (seen.shifted > 0) fault(`${where}: layout shift ${seen.shifted}`);
  if (seen.wide > 0) fault(`${where}: ${seen.wide} pixels too wide`);
}

let looks = 0;
for (const name of wanted.length ? wanted : Object.keys(kinds)) {
  site = name;
  const pages = { ...kinds[name] };
  if (pages.search !== undefined) {
    pages["search-found"] = `${pages.search}?q=a`;
    pages["search-none"] = `${pages.search}?q=zzzzqq`;
  }
  for (const [kind, path] of Object.entries(pages)) {
    if (only.length && !only.includes(kind)) continue;
    const file = join(folder, name, path.replace(/\?.*/, "").replace(/(^|\/)$/, "$1index.html"));
    const bytes = statSync(file).size;
    if (task === "check" && bytes > HEAVIEST) fault(`${name} ${kind}: ${bytes} bytes: ${path}`);
    if (task === "print") {
      const page = await opened(path, 1440, "light");
      await page.pdf({ path: join(folder, "shots", `${name}-${kind}.pdf`), format: "A4" });
      await page.close();
      continue;
    }
    for (const width of [390, 1440]) {
      for (const scheme of ["light", "dark"]) {
        const page = await opened(path, width, scheme);
        looks += 1;
        if (task === "check") await checked(page, `${name} ${kind} ${width} ${scheme}`);
        else await page.screenshot({ path: join(folder, "shots", `${name}-${kind}-${width}-${scheme}.png`), clip: { x: 0, y: 0, width, height: Math.min(2600, await page.evaluate(() => document.documentElement.scrollHeight)) }, captureBeyondViewport: true });
        await page.close();
      }
    }
  }
}
await browser.close();
server.close();
console.log(`${looks} looks, ${faults} faults`);
process.exit(faults ? 1 : 0);
