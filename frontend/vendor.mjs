// Copies the third-party files of the page design out of node_modules and lists them in VENDORED.md.
// A developer runs it after changing a version: npm ci && npm run vendor, and commits what it wrote.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const modules = join(here, "node_modules");

const FONT = "@fontsource/roboto";
const SUBSETS = ["latin", "latin-ext", "cyrillic"];
const WEIGHTS = [400, 500, 700];

const SYMBOLS = "@material-symbols/svg-400";
// Name in our templates, and the symbol's own name where it differs.
const ICONS = `add arrow_back arrow_forward assignment bar_chart block calendar_month call check
  check_circle chevron_left chevron_right close cloud delete description download edit error event
  event_busy expand_more=keyboard_arrow_down family_restroom flag folder groups help history home
  info link location_on lock login logout mail menu menu_book notifications person person_add print
  public schedule school search send settings star support_agent task_alt undo upload verified
  videocam visibility warning work`;

const rows = [];

function version(name) {
  return JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;
}

function record(path, name, licence) {
  const sha = createHash("sha256").update(readFileSync(join(root, path))).digest("hex");
  rows.push(`| \`${path}\` | ${name} | ${version(name)} | ${licence} | \`${sha}\` |`);
}

function copy(name, from, to, licence) {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  copyFileSync(join(modules, name, from), join(root, to));
  record(to, name, licence);
}

for (const subset of SUBSETS) {
  for (const weight of WEIGHTS) {
    const file = `roboto-${subset}-${weight}-normal.woff2`;
    copy(FONT, `files/${file}`, `static/vendor/roboto/${file}`, "OFL-1.1");
  }
}
copy(FONT, "LICENSE", "static/vendor/roboto/LICENSE", "OFL-1.1");

const symbols = ICONS.split(/\s+/).map((entry) => {
  const [name, source = name] = entry.split("=");
  const svg = readFileSync(join(modules, SYMBOLS, "outlined", `${source}.svg`), "utf8");
  const inner = svg.replace(/^<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
  return `<symbol id="${name}" viewBox="0 -960 960 960">${inner}</symbol>`;
});
writeFileSync(
  join(root, "static/app/icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`,
);
record("static/app/icons.svg", SYMBOLS, "Apache-2.0");
copy(SYMBOLS, "LICENSE", "static/vendor/material-symbols/LICENSE", "Apache-2.0");

writeFileSync(
  join(root, "VENDORED.md"),
  `# Third-party files in this repository

Written by \`frontend/vendor.mjs\`; a test compares the checksums. To renew: change the version in
\`frontend/package.json\`, then \`npm install && npm run vendor\` in \`frontend/\`, and commit what changed.
\`static/app/icons.svg\` is a sprite put together from the single symbols. htmx is not here: it comes
with the Python package django-htmx. Colours and sizes of TEDI: see \`NOTICE\`.

| file | package | version | licence | sha256 |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
`,
);
